"""What the words for the state of a visit mean; every site has its own, so that many are known to its admin alone."""

from collections.abc import Mapping
from functools import lru_cache

from visitsync.domain.appointment import AppointmentStatus

STATUS = {
    "scheduled": AppointmentStatus.BOOKED,
    "booked": AppointmentStatus.BOOKED,
    "open": AppointmentStatus.BOOKED,
    "confirmed": AppointmentStatus.BOOKED,
    "not confirmed": AppointmentStatus.BOOKED,  # nobody has answered the reminder; the booking stands
    "unconfirmed": AppointmentStatus.BOOKED,
    "reminder sent": AppointmentStatus.BOOKED,
    "tentative": AppointmentStatus.PENDING,
    "pending": AppointmentStatus.PENDING,
    "requested": AppointmentStatus.PROPOSED,
    "wait list": AppointmentStatus.WAITLIST,
    "waitlist": AppointmentStatus.WAITLIST,
    "checked in": AppointmentStatus.CHECKED_IN,
    "check in": AppointmentStatus.CHECKED_IN,
    "checked in online": AppointmentStatus.CHECKED_IN,
    "arrived": AppointmentStatus.ARRIVED,
    "in room": AppointmentStatus.ARRIVED,
    "in session": AppointmentStatus.ARRIVED,
    "with provider": AppointmentStatus.ARRIVED,
    "checked out": AppointmentStatus.FULFILLED,
    "check out": AppointmentStatus.FULFILLED,
    "complete": AppointmentStatus.FULFILLED,
    "completed": AppointmentStatus.FULFILLED,
    "no show": AppointmentStatus.NO_SHOW,
    "noshow": AppointmentStatus.NO_SHOW,
    "ns": AppointmentStatus.NO_SHOW,
    "needs reschedule": AppointmentStatus.CANCELLED,
    "bumped": AppointmentStatus.CANCELLED,  # the practice took the time away; a new booking holds the new one
    "entered in error": AppointmentStatus.ENTERED_IN_ERROR,
}
"""Case-folded, hyphens as spaces. All of them are inferred (greenway reference, section 4.7)."""

BEGINNINGS = {
    "cancel": AppointmentStatus.CANCELLED,
    "resched": AppointmentStatus.CANCELLED,
    "no show": AppointmentStatus.NO_SHOW,
}
"""What a word begins with: "Cancelled by patient", "Rescheduled"."""

_MOST_TELLING = (
    AppointmentStatus.ENTERED_IN_ERROR,
    AppointmentStatus.CANCELLED,
    AppointmentStatus.NO_SHOW,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.CHECKED_IN,
    AppointmentStatus.PROPOSED,
    AppointmentStatus.PENDING,
    AppointmentStatus.WAITLIST,
    AppointmentStatus.BOOKED,
)
_SAYS_HOW_IT_ENDED = frozenset(_MOST_TELLING[:4])


def status_of(
    words: tuple[str, ...], *, has_arrived: bool, is_checked_out: bool, meanings: Mapping[str, AppointmentStatus]
) -> tuple[AppointmentStatus | None, str]:
    """The status, and the word that told it; None with the first word that nobody knows.

    `meanings`: what an admin said about words, case-folded; they win. An end that any word or flag tells wins over
    words that nobody knows. No word at all is the usual booking.
    """
    told = [(meanings.get(word.strip().casefold()) or meaning_of(word), word) for word in words]
    if is_checked_out:
        told.append((AppointmentStatus.FULFILLED, "checked out"))
    if has_arrived:
        told.append((AppointmentStatus.ARRIVED, "arrived"))
    best = min(
        ((status, word) for status, word in told if status is not None),
        key=lambda one: _MOST_TELLING.index(one[0]),
        default=(AppointmentStatus.BOOKED, ""),
    )
    unknown = next((word for status, word in told if status is None), None)
    if unknown is not None and best[0] not in _SAYS_HOW_IT_ENDED:
        return None, unknown
    return best


@lru_cache(maxsize=4096)
def meaning_of(word: str) -> AppointmentStatus | None:
    """What a word means at most sites; None where only its own site knows."""
    plain = " ".join(word.replace("-", " ").replace("_", " ").split()).casefold()
    known = STATUS.get(plain)
    if known is not None:
        return known
    return next((status for beginning, status in BEGINNINGS.items() if plain.startswith(beginning)), None)
