"""The words Kareo has for the state and kind of an appointment: one vocabulary for one, several for lists.

Source: kareo reference, sections 5.1 and 5.2; how lists spell a status differs between clients' reports.
"""

from __future__ import annotations

from visitsync.simulator_kit import records

_STATUS = {
    records.SCHEDULED: "Scheduled",
    records.TENTATIVE: "Tentative",
    records.CONFIRMED: "Confirmed",
    records.UNCONFIRMED: "Scheduled",
    records.REMINDED: "ReminderSent",
    records.CHECKED_IN_ONLINE: "CheckedIn",
    records.ARRIVED: "CheckedIn",
    records.CHECKED_IN: "CheckedIn",
    records.IN_ROOM: "Roomed",
    records.IN_SESSION: "Roomed",
    records.COMPLETED: "CheckedOut",
    records.NEEDS_RESCHEDULE: "NeedsReschedule",
    records.RESCHEDULED: "Rescheduled",
    records.CANCELLED: "Cancelled",
    records.NO_SHOW: "NoShow",
}
_CLINIC_STATUS = {"CheckedIn": records.CHECKED_IN, "Roomed": records.IN_ROOM, "ReadyToBeSeen": records.IN_ROOM} | {
    kareo: clinic for clinic, kareo in reversed(_STATUS.items()) if kareo not in {"CheckedIn", "Roomed"}
}

_SPACED = {
    "ReminderSent": "Reminder Sent",
    "CheckedIn": "Checked In",
    "CheckedOut": "Checked Out",
    "NeedsReschedule": "Needs Reschedule",
    "ReadyToBeSeen": "Ready To Be Seen",
    "NoShow": "No Show",
}
_DOCUMENTED = _SPACED | {"CheckedIn": "Check-in", "CheckedOut": "Check-out", "NoShow": "No-show"}
_SPELLINGS: dict[str, dict[str, str]] = {"documented": _DOCUMENTED, "spaced": _SPACED, "joined": {}}
STATUS_WORDS = tuple(_SPELLINGS)
"""The ways in which lists may spell statuses."""

TYPE_WORDS = {"P": "Patient", "O": "Other", "U": "Unknown"}


def status_of(clinic_status: str) -> str:
    """The single operations' word; what the enumeration lacks is Unknown."""
    return _STATUS.get(clinic_status, "Unknown")


def listed_status(clinic_status: str, spelling: str) -> str:
    """A list's word, in one of STATUS_WORDS; what Kareo has no word for is shown as the clinic wrote it."""
    word = _STATUS.get(clinic_status)
    return clinic_status if word is None else _SPELLINGS[spelling].get(word, word)


def is_status(clinic_status: str, wanted: str) -> bool:
    """Does a filter's word, in any spelling, choose this status?"""
    word = status_of(clinic_status)
    return _plain(wanted) in {_plain(word), *(_plain(words.get(word, word)) for words in _SPELLINGS.values())}


def clinic_status_of(kareo_status: str) -> str:
    """What the clinic says for a status that a client writes back."""
    return _CLINIC_STATUS.get(kareo_status, records.SCHEDULED)


def _plain(word: str) -> str:
    return word.replace("-", "").replace(" ", "").casefold()
