"""Where reading CareCloud goes on: which days are still to be read, and which far days come next (section 3.1)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TypeVar

import msgspec

from visitsync.connectors.carecloud.windows import Place

Mark = TypeVar("Mark", bound=msgspec.Struct)

DAYS_BEHIND = 1
HORIZON_DAYS = 125
"""The sync window of three months, and one beyond, as in a sweep."""
GOOD_FOR = timedelta(hours=1)
"""A reading that was left longer ago is begun anew: its near days have changed since."""
_DAY = timedelta(days=1)


class Span(msgspec.Struct, frozen=True):
    """Days to read, both included."""

    first: date
    last: date


class ChangesMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading changes goes on."""

    far: date | None = None
    """The first of the far days that come next."""
    spans: tuple[Span, ...] = ()
    """What an unfinished reading has still to read; () between two readings."""
    place: Place | None = None
    """Where in the first of them it goes on."""
    began: datetime | None = None
    requests: int = 0
    """How many requests the unfinished reading has cost."""
    days: int = 0
    """How many days at a time CareCloud was found to accept; 0: as many as the setting says."""


class WindowMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading a window goes on."""

    place: Place
    is_finished: bool = False


def write(mark: msgspec.Struct) -> str:
    """A mark as the text that others keep."""
    return msgspec.json.encode(mark).decode()


def read(text: str | None, kind: type[Mark]) -> Mark | None:
    """The mark in a text; None where there is none, or one that this version cannot read."""
    try:
        return msgspec.json.decode(text, type=kind) if text else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def changes_mark(text: str | None, now: datetime, today: date, *, near_days: int, far_days: int) -> ChangesMark:
    """What to read now: what an unfinished reading left, else the near days, and the far ones in turn.

    `far_days`: how many of the far days belong together; 0: none is read.
    """
    mark = read(text, ChangesMark) or ChangesMark()
    if mark.spans and mark.began is not None and timedelta(0) <= now - mark.began <= GOOD_FOR:
        return mark
    near = Span(today - DAYS_BEHIND * _DAY, today + near_days * _DAY)
    horizon = today + HORIZON_DAYS * _DAY
    if far_days == 0 or near.last >= horizon:
        return ChangesMark(spans=(near,), began=now, days=mark.days)
    first = mark.far if mark.far is not None and near.last < mark.far <= horizon else near.last + _DAY
    turn = (*_spans(first, horizon, far_days), *_spans(near.last + _DAY, first - _DAY, far_days))
    return ChangesMark(spans=(near, *turn), began=now, days=mark.days)


def _spans(first: date, last: date, days: int) -> Iterator[Span]:
    while first <= last:
        yield Span(first, min(first + (days - 1) * _DAY, last))
        first += days * _DAY
