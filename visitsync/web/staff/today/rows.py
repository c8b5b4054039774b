"""What a row of Today says about one appointment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Severity
from visitsync.domain.time_words import time_in_words, zone_letters
from visitsync.sync.lines import Line, is_of_connection

SOON_MINUTES = 60
SAYS_ENOUGH = frozenset({Outcome.OVER, Outcome.CANCELLED})
"""Outcomes whose word says all that is to be said of them on a list."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment, ready to be shown."""

    line: Line
    key: str
    """Names the row on the page, so that who stands on it stays there when the list is drawn anew."""
    time: str
    """By the practice's clocks."""
    there: str
    """By the clocks of its location, where they differ: "11:00 AM CST"."""
    unnamed: str
    """What is said instead of a name."""
    haste: str
    """How near it is, for what needs somebody; changes only once or twice, so that nobody is told every minute."""
    says: str
    """The reason in a few words; "" where the outcome says enough."""
    fix: str
    """What to do about it, or what happens by itself."""
    is_after_now: bool = False
    """It is the first that has not begun."""


def rows(lines: Sequence[Line], zone: str, now: datetime, *, shows_now: bool) -> list[Row]:
    """All of them in their order; `shows_now` marks where the day stands."""
    coming = next((line for line in lines if line.start > now), None) if shows_now else None
    return [
        msgspec.structs.replace(row(line, zone), is_after_now=coming is not None and line.key == coming.key)
        for line in lines
    ]


def row(line: Line, zone: str) -> Row:
    """One of them."""
    return Row(
        line=line,
        key=sha256(f"{line.connection_id} {line.appointment_id}".encode("utf-8", "surrogatepass")).hexdigest()[:12],
        time=time_in_words(line.start, zone),
        there=f"{line.start_text} {zone_letters(line.start, line.other_zone)}" if line.other_zone else "",
        unnamed=_unnamed(line),
        haste=_haste(line),
        says=_says(line),
        fix=_fix(line),
    )


def _unnamed(line: Line) -> str:
    if not line.patient_id:
        return "Nobody is booked"
    if line.is_near_miss:
        return "Name is read once it is telemedicine"
    return _NOT_READ.get(line.outcome, "Name is being read")


_NOT_READ = {
    Outcome.OVER: "Not read: it was over already",
    Outcome.CANCELLED: "Not read: it was cancelled already",
}


def _haste(line: Line) -> str:
    if not line.needs_somebody or timedelta(minutes=line.minutes_to_start) > timedelta(minutes=SOON_MINUTES):
        return ""
    return "Has begun" if line.minutes_to_start < 0 else "Within the hour"


def _says(line: Line) -> str:
    if line.reason is None or line.outcome in SAYS_ENOUGH or is_of_connection(line.reason.code):
        return ""
    if line.outcome is Outcome.READY and line.reason.severity is not Severity.WARNS:
        return ""
    return line.reason.title


def _fix(line: Line) -> str:
    if line.needs_somebody:
        return line.reason.fix if line.reason else ""
    return f"Expected by {line.expected_by_text}" if line.expected_by_text else ""
