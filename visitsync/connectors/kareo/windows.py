"""Cuts a stretch of days into questions that Kareo answers rightly: short enough, and never across a change of clocks.

One question has one TimeZoneOffsetFromGMT, fixed for all its rows. Within a chunk that offset is the practice's own, so
that the times come out the same whether Kareo shifts by it or ignores it. Source: kareo reference, sections 4 and 5.1.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from visitsync.domain.local_time import zone_named

LONGEST_DAYS = 30
"""Half of what clients have seen refused (60 days)."""
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_TOO_FEW_TO_SHARE = 3


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """From `first` to `last`, both included, wall times of the practice's zone; the offset holds throughout."""

    first: datetime
    last: datetime
    offset_hours: int


class _ClockChange(msgspec.Struct, frozen=True):
    before: datetime
    """Wall time at which the old offset ends."""
    after: datetime
    """Wall time that the clocks show next."""


def chunks(first: date, last: date, zone: str, *, days: int = LONGEST_DAYS) -> Iterator[Chunk]:
    """Chunks of two or more days that cover these days (both included) with one to spare. Raises UnknownZone.

    Neighbours share a day, and the last one reaches a day further, because upper bounds may be exclusive. At a change
    of clocks they meet: every wall time, also a skipped or repeated one, is within at least one chunk.
    """
    start = datetime.combine(first, time.min)
    end = datetime.combine(last + _DAY, time.max).replace(microsecond=0)
    for change in _clock_changes(first, last + _DAY, zone):
        yield from _within(start, max(change.before, change.after) - _SECOND, zone, days)
        start = min(change.before, change.after)
    yield from _within(start, end, zone, days)


def halves(chunk: Chunk) -> tuple[Chunk, Chunk] | None:
    """Two shorter chunks that cover the same, sharing a day where there are several; None for a single day."""
    days = (chunk.last.date() - chunk.first.date()).days + 1
    if days == 1:
        return None
    middle = chunk.first.date() + ((days - 1) // 2) * _DAY
    until = datetime.combine(middle, time.max).replace(microsecond=0)
    since = datetime.combine(middle if days > _TOO_FEW_TO_SHARE else middle + _DAY, time.min)
    replace = msgspec.structs.replace
    return replace(chunk, last=until), replace(chunk, first=since)


def offset_hours(instant: datetime, zone: str) -> int:
    """The zone's offset from GMT at an instant, in whole hours (rounded down): Kareo takes no others."""
    return _hours(instant.astimezone(zone_named(zone)).utcoffset() or timedelta())


def us_text(wall: datetime) -> str:
    """`11/17/2026 10:00:00 AM`: of the forms that clients send the one that most agree on."""
    return f"{wall.month}/{wall.day}/{wall.year} {wall.hour % 12 or 12}:{wall:%M:%S} {'AM' if wall.hour < 12 else 'PM'}"


def _within(start: datetime, end: datetime, zone: str, days: int) -> Iterator[Chunk]:
    hours = _hours(_offset_at(start + (end - start) / 2, zone))
    while True:
        # Two days at least: of one that is shared with the next chunk nothing would be gained.
        whole_days = datetime.combine(start.date() + max(days - 1, 1) * _DAY, time.max).replace(microsecond=0)
        last = min(end, whole_days)
        yield Chunk(first=start, last=last, offset_hours=hours)
        if last >= end:
            return
        start = datetime.combine(last.date(), time.min)


def _clock_changes(first: date, last: date, zone: str) -> Iterator[_ClockChange]:
    day = first
    while day <= last:
        if _offset_at(datetime.combine(day, time.min), zone) != _offset_at(
            datetime.combine(day + _DAY, time.min), zone
        ):
            yield _change_on(day, zone)
        day += _DAY


def _change_on(day: date, zone: str) -> _ClockChange:
    """The second at which the offset changes, found by halving the day."""
    tz = zone_named(zone)
    low = datetime.combine(day, time.min, tz).astimezone(UTC)
    high = datetime.combine(day + _DAY, time.min, tz).astimezone(UTC)
    old, new = (each.astimezone(tz).utcoffset() or timedelta() for each in (low, high))
    while high - low > _SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if (middle.astimezone(tz).utcoffset() or timedelta()) == old:
            low = middle
        else:
            high = middle
    at = high.replace(tzinfo=None)
    return _ClockChange(at + old, at + new)


def _offset_at(wall: datetime, zone: str) -> timedelta:
    return wall.replace(tzinfo=zone_named(zone)).utcoffset() or timedelta()


def _hours(offset: timedelta) -> int:
    return offset // timedelta(hours=1)
