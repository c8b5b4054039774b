"""What CareCloud's statuses mean; only Pending is documented for certain, the rest an admin can explain (3.4)."""

import re
from collections.abc import Mapping
from functools import lru_cache

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connectors.carecloud.payloads import CancellationPart, StatusPart
from visitsync.connectors.carecloud.values import optional_id, text
from visitsync.domain.appointment import AppointmentStatus

STATUS = {
    "p": AppointmentStatus.BOOKED,  # pending: booked, and nothing has happened yet
    "r": AppointmentStatus.PROPOSED,  # a patient's request, not yet booked
    "ci": AppointmentStatus.ARRIVED,  # checking in
    "i": AppointmentStatus.CHECKED_IN,
    "pr": AppointmentStatus.ARRIVED,  # in progress, in the room
    "ph": AppointmentStatus.ARRIVED,  # in progress, out of the room
    "co": AppointmentStatus.FULFILLED,  # checking out
    "o": AppointmentStatus.FULFILLED,  # checked out
    "b": AppointmentStatus.FULFILLED,  # billed
    "m": AppointmentStatus.FULFILLED,  # billed by hand
    "c": AppointmentStatus.CANCELLED,
}
"""By the vendor's code, case-folded."""

NAMES = {
    "pending": AppointmentStatus.BOOKED,
    "requested": AppointmentStatus.PROPOSED,
    "checking in": AppointmentStatus.ARRIVED,
    "checked in": AppointmentStatus.CHECKED_IN,
    "in progress": AppointmentStatus.ARRIVED,
    "checking out": AppointmentStatus.FULFILLED,
    "checked out": AppointmentStatus.FULFILLED,
    "billed": AppointmentStatus.FULFILLED,
    "manually billed": AppointmentStatus.FULFILLED,
    "cancelled": AppointmentStatus.CANCELLED,
    "canceled": AppointmentStatus.CANCELLED,
    "no show": AppointmentStatus.NO_SHOW,
}
"""By its name, for a status without a code."""

_SAYS_NO_SHOW = re.compile(r"\bno[ _-]*shows?\b|\bdid (?:not|n't) (?:show|come|attend)", re.IGNORECASE)


def status_of(
    part: StatusPart | None, details: CancellationPart | None, reason_id: int | str | None, context: TranslationContext
) -> tuple[AppointmentStatus | None, str]:
    """The meaning (None: nobody knows it) and the EMR's own word."""
    if part is None:
        return None, ""
    settings = context.settings
    listed = settings.get("no_show_reasons", "")
    status, word = _status_of(part, details, reason_id, settings.get("status_codes", ""), listed)
    mapped = context.status_meanings
    chosen = mapped.get(word.casefold()) or mapped.get(text(part.code).casefold()) if mapped else None
    return chosen or status, word


def says_no_show(name: str) -> bool:
    """Whether the name of a cancellation reason says that the patient did not come."""
    return bool(_SAYS_NO_SHOW.search(name))


def known_meaning(code: str, name: str, status_codes: str) -> AppointmentStatus | None:
    """What a status means by the setting of that name, by its code, or by its name where it has no code."""
    chosen = meanings(status_codes)
    for word in (code.casefold(), name.casefold()):
        if word and word in chosen:
            return chosen[word]
    return STATUS.get(code.casefold()) if code else NAMES.get(name.casefold())


@lru_cache(maxsize=256)
def meanings(setting: str) -> Mapping[str, AppointmentStatus]:
    """The setting `T=booked, X=cancelled`, by code or name; what is no status of ours is passed over."""
    pairs = (pair.partition("=") for pair in setting.split(","))
    known = {each.value: each for each in AppointmentStatus}
    return {word.strip().casefold(): known[told.strip()] for word, _, told in pairs if told.strip() in known}


@lru_cache(maxsize=4096)
def _status_of(
    part: StatusPart, details: CancellationPart | None, reason_id: int | str | None, status_codes: str, no_shows: str
) -> tuple[AppointmentStatus | None, str]:
    """Cached, because a practice has few statuses and reasons."""
    code, name = text(part.code), text(part.name)
    status = known_meaning(code, name, status_codes)
    if status is AppointmentStatus.CANCELLED and _is_no_show(details, reason_id, no_shows):
        status = AppointmentStatus.NO_SHOW
    return status, name or code or text(part.id)


def _is_no_show(details: CancellationPart | None, reason_id: int | str | None, no_shows: str) -> bool:
    """By the setting's ids or names, else by what the reason's name says."""
    told = optional_id(reason_id) or optional_id(details.id if details else None) or ""
    name = text(details.detail) if details else ""
    listed = _listed(no_shows)
    return says_no_show(name) or told in listed or (bool(name) and name.casefold() in listed)


@lru_cache(maxsize=256)
def _listed(setting: str) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in setting.split(",") if word.strip())
