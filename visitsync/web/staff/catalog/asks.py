"""Every wish that these pages know, by its name in an address."""

from collections.abc import Callable, Mapping

from visitsync.web.staff.catalog import asks_about_entries, asks_about_marks, asks_about_settings
from visitsync.web.staff.catalog.asked import Asked, CannotBeAsked, Proposal

ASKS: Mapping[str, Callable[[Asked], Proposal]] = {
    "approve": asks_about_marks.approve,
    "withdraw": asks_about_marks.withdraw,
    "accept": asks_about_marks.accept,
    "status": asks_about_marks.status,
    "enable": asks_about_entries.enable,
    "disable": asks_about_entries.disable,
    "link": asks_about_entries.link,
    "location": asks_about_entries.location,
    "zone": asks_about_entries.zone,
    "confirm": asks_about_entries.confirm,
    "demographics": asks_about_settings.demographics,
    "window": asks_about_settings.window,
    "agreement": asks_about_settings.agreement,
    "hours": asks_about_settings.hours,
    "excluded": asks_about_settings.excluded,
    "duration": asks_about_settings.duration,
    "of-emr": asks_about_settings.of_emr,
    "close": asks_about_settings.close,
    "open": asks_about_settings.open_again,
    "practice": asks_about_settings.practice,
    "undo": asks_about_settings.undo,
}


def proposal_of(asked: Asked) -> Proposal:
    """What is wished. Raises CannotBeAsked."""
    make = ASKS.get(asked.text("act"))
    if make is None:
        raise CannotBeAsked("We do not know this wish. Begin again from the list.")
    return make(asked)
