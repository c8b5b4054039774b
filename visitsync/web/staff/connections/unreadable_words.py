"""What cannot be read, in words: how many of which kind, since when, and what to do about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from visitsync.storage.connection_history import Unreadable

KINDS: Mapping[str, tuple[str, str]] = {
    "appointment": (
        "appointment",
        "Open it in the EMR, look for an odd time or date, save it.",
    ),
    "appointment-detail": ("appointment", "Open it in the EMR and save it again."),
    "appointment-update": ("message about an appointment", "Ask whoever runs the interface to look at its log."),
    "patient": ("patient", "Open the chart in the EMR, complete what is missing, save it."),
    "patient-update": ("message about a patient", "Ask whoever runs the interface to look at its log."),
    "appointment-type": ("appointment type", "Open it in the EMR's settings and save it again."),
    "location": ("location", "Open it in the EMR's settings and save it again."),
    "practitioner": ("provider", "Open the provider in the EMR's settings and save it again."),
    "answer": ("whole answer", "Usually an outage of the EMR: it is asked again by itself."),
    "webhook": ("webhook", "If these go on, compare the secret token here with the one in the EMR."),
    "message": ("message", "Ask whoever runs the interface to look at its log."),
}
OTHERWISE = ("record", "It is read again by itself; if it stays, ask for help.")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    words: str
    then: str
    reason: str
    """For whoever helps: what was wrong with them, without a value of theirs."""
    since: datetime
    count: int


def lines_of(found: Sequence[Unreadable]) -> list[Line]:
    """The most frequent first."""
    return [_line(one) for one in found]


def _line(one: Unreadable) -> Line:
    word, then = KINDS.get(one.kind, OTHERWISE)
    words = f"{one.count:,} {word}{'s' if one.count != 1 else ''}"
    return Line(words=words, then=then, reason=one.reason, since=one.first_seen_at, count=one.count)
