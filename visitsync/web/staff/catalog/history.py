"""The practice's changes of settings, in words: who did what, what came of it, whether it can be taken back."""

from collections.abc import Mapping
from datetime import date

import msgspec

from visitsync.domain.time_words import in_words
from visitsync.storage import effects, setting_touches
from visitsync.storage.database import Transaction
from visitsync.storage.setting_touches import NoSuchChange, SettingChange
from visitsync.sync.admin.in_words import effects_in_words
from visitsync.sync.office import Office
from visitsync.web.staff.catalog.asks_about_marks import MEANINGS

AT_MOST = 100
_LONGEST = 300


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change."""

    change_id: int
    says: str
    by: str
    at: str
    is_undone: bool
    can_be_undone: bool
    is_taking_back: bool


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A change that has just been made, and what it did."""

    change: Change
    effect: str


def latest(transaction: Transaction, office: Office) -> list[Change]:
    """The newest first; one query for the changes and one for what was taken back."""
    names = _names(office)
    return [_change(one, office, names) for one in setting_touches.latest(transaction, at_most=AT_MOST)]


def done(transaction: Transaction, office: Office, number: str) -> Done | None:
    """The change of that number, with its effect as it is known so far. None: there is none."""
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    try:
        found = setting_touches.find_change(transaction, int(number))
    except NoSuchChange:
        return None
    caused = [
        one
        for identity in office.desks
        for one in effects.of_cause(transaction, identity, "setting changed", str(found.change_id))
    ]
    return Done(change=_change(found, office, _names(office)), effect=effects_in_words(caused))


def _change(one: SettingChange, office: Office, names: Mapping[str, str]) -> Change:
    return Change(
        change_id=one.change_id,
        says=_says(one, names)[:_LONGEST],
        by=one.changed_by,
        at=in_words(one.changed_at, office.zone, office.now),
        is_undone=one.is_undone,
        can_be_undone=one.can_be_undone,
        is_taking_back=one.undoes is not None,
    )


def _says(one: SettingChange, names: Mapping[str, str]) -> str:
    if one.undoes is not None:  # what it takes back is kept the other way round
        original = msgspec.structs.replace(one, undoes=None, before=one.after, after=one.before)
        return f"Took back: {_says(original, names)}"
    what, before, after = one.what, one.before or "", one.after or ""
    subject = names.get(after, after) or names.get(before, before)
    first = what.partition(" ")[0]
    if what in _SAYS:
        return _SAYS[what].format(it=subject, before=before, after=after)
    if first in ("approve", "withdraw"):
        return (
            f"{'Connected' if first == 'approve' else 'Disconnected'} “{names.get(after or before, after or before)}”"
        )
    if what.startswith("zone of "):
        place = names.get(what.split(" ", 3)[-1], "a location")
        return f"Set the time zone of “{place}” to {after}" if after else f"Let the EMR say the time zone of “{place}”"
    return _other(what, before, after)


def _other(what: str, before: str, after: str) -> str:
    if what == "status meaning":
        return f"“{before}” means “{MEANINGS.get(after, after)}”" if after else f"Forgot what “{_word(before)}” means"
    if what == "closures":
        return f"Closed on {_days(after)}" if after else f"Open on {_days(before)} after all"
    if what == "settings":
        return f"Changed a setting: {_settings(after) or 'back to what is usual'}" + _was(before)
    return f"{what[:1].upper()}{what[1:]} {after or before}".strip()


_SAYS: Mapping[str, str] = {
    "practitioner on": "Enabled {it}",
    "practitioner off": "Disabled {it}",
    "practitioner linked": "Linked {it} to a staff member",
    "practitioner unlinked": "Unlinked {it}",
    "location on": "Connected “{it}”",
    "location off": "Disconnected “{it}”",
    "name confirmed": "Confirmed that “{after}” is the same as “{before}”",
    "practice": "The practice is {after}, was {before}",
    "staff added": "Added a staff member",
    "staff on": "Let a staff member sign in again",
    "staff off": "Switched a staff member off",
    "link household": "Linked patients as one household",
    "unlink household": "Took patients out of their household",
    "test visit": "Declared a visit a test",
    "no test visit": "Declared a visit no test after all",
    "connect": "Signed in to {it}",
    "set up": "Began or ended setting up {it}",
    "pause": "Paused reading {it}",
    "resume": "Resumed reading {it}",
    "peer add": "Let {after} send messages",
    "peer remove": "No longer lets {before} send messages",
}


def _names(office: Office) -> dict[str, str]:
    """Id in any of the EMRs' lists, or the code of an EMR → name."""
    return {desk.manifest.emr: desk.manifest.name for desk in office.desks.values()} | {
        entry.id: entry.name
        for desk in office.desks.values()
        for entries in (desk.practice.appointment_types, desk.practice.locations, desk.practice.practitioners)
        for entry in entries.values()
    }


def _word(before: str) -> str:
    """The status of "status: meaning"."""
    return before.rpartition(": ")[0] or before


def _days(text: str) -> str:
    days = [date.fromisoformat(one) for one in text.split(", ") if one]
    first, last = min(days), max(days)
    named = f"{first:%b} {first.day}, {first.year}"
    return named if len(days) == 1 else f"{len(days)} days from {named} to {last:%b} {last.day}, {last.year}"


def _settings(text: str) -> str:
    return text.replace("_", " ").replace("=", ": ")


def _was(before: str) -> str:
    return f" (was {_settings(before)})" if before else ""
