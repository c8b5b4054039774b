"""Draws the last day of a connection: one dot for each booking that became a visit, by how many minutes that took."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median

import msgspec

from visitsync.domain.local_time import zone_named
from visitsync.domain.time_words import time_in_words
from visitsync.storage.connection_health import Latency
from visitsync.sync.health import LATENCIES_OVER

WIDTH, HEIGHT = 360, 120
LEFT, RIGHT, BOTTOM = 34, 4, 20
"""Room for the words at the axes."""
GRAIN = 2
"""Dots nearer than this are one dot."""
MOST_DOTS = 500
TICK_HOURS = 6
LINE = 14
"""Height of a line of words."""
HALF_A_TIME = 26
"""Half the breadth of "12:00 AM"."""


class Dot(msgspec.Struct, frozen=True, order=True):
    x: int
    y: int
    is_late: bool


class Tick(msgspec.Struct, frozen=True):
    place: int
    words: str

    @property
    def anchor(self) -> str:
        """Which end of the words stands at the place, so that none leaves the picture."""
        return "end" if self.place > WIDTH - HALF_A_TIME else "middle"


class Hour(msgspec.Struct, frozen=True):
    """One line of the table beside the picture."""

    words: str
    visits: int
    middle: int
    longest: int
    late: int


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What the template draws; lengths in units of the picture."""

    width: int
    height: int
    left: int
    floor: int
    dots: tuple[Dot, ...]
    hours: tuple[Tick, ...]
    usual_y: int
    abnormal_y: int
    usual: int | None
    """None where its number would stand on another one."""
    abnormal: int
    sentence: str
    table: tuple[Hour, ...]

    @property
    def breadth(self) -> int:
        return self.width - self.left - RIGHT

    @property
    def usual_height(self) -> int:
        return self.floor - self.usual_y


def picture_of(latencies: Sequence[Latency], *, usual: int, abnormal: int, zone: str, now: datetime) -> Picture:
    """The day that ends now (aware). What took much longer than is abnormal is drawn at the upper edge."""
    since, most = now - LATENCIES_OVER, abnormal * 1.5

    def x(at: datetime) -> int:
        return LEFT + round((WIDTH - LEFT - RIGHT) * ((at - since) / LATENCIES_OVER))

    def y(minutes: float) -> int:
        return round((HEIGHT - BOTTOM) * (1 - min(minutes, most) / most))

    dots = {
        Dot(x(one.ready_at) // GRAIN * GRAIN, y(one.minutes) // GRAIN * GRAIN + 3, one.minutes > abnormal)
        for one in latencies
    }
    return Picture(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        floor=HEIGHT - BOTTOM,
        dots=tuple(sorted(dots))[:MOST_DOTS],
        hours=tuple(Tick(x(at), time_in_words(at, zone)) for at in _whole_hours(since, now, zone)),
        usual_y=y(min(usual, abnormal)),
        abnormal_y=y(abnormal),
        usual=usual if _has_room(y(min(usual, abnormal)), y(0), y(abnormal)) else None,
        abnormal=abnormal,
        sentence=_sentence(latencies, abnormal),
        table=tuple(_table(latencies, abnormal, zone)),
    )


def _has_room(place: int, *others: int) -> bool:
    return all(abs(place - other) >= LINE for other in others)


def _sentence(latencies: Sequence[Latency], abnormal: int) -> str:
    if not latencies:
        return "No new booking became a visit in the last day."
    minutes = [one.minutes for one in latencies]
    late = sum(one > abnormal for one in minutes)
    visits = f"{len(minutes)} new visit{'s' if len(minutes) != 1 else ''} in the last day"
    ending = f"{late} took longer than {abnormal} minutes" if late else "none took longer than is normal"
    return f"{visits}: half were there within {_whole(median(minutes))} minutes, {ending}."


def _table(latencies: Sequence[Latency], abnormal: int, zone: str) -> list[Hour]:
    """The latest hour first; hours without a visit are left out."""
    tz = zone_named(zone)

    def hour_of(one: Latency) -> datetime:
        return one.ready_at.astimezone(tz).replace(minute=0, second=0, microsecond=0)

    found = []
    for hour, group in groupby(sorted(latencies, key=lambda one: one.ready_at), key=hour_of):
        minutes = [one.minutes for one in group]
        found.append(
            Hour(
                words=time_in_words(hour, zone),
                visits=len(minutes),
                middle=_whole(median(minutes)),
                longest=_whole(max(minutes)),
                late=sum(one > abnormal for one in minutes),
            )
        )
    return found[::-1]


def _whole_hours(since: datetime, now: datetime, zone: str) -> list[datetime]:
    """Midnight, six, noon, six on the practice's clocks; none so near to an edge that its words would not fit."""
    local = since.astimezone(zone_named(zone)).replace(minute=0, second=0, microsecond=0)
    hours = [local + timedelta(hours=step) for step in range(1, 25)]
    near = timedelta(hours=1)
    return [at for at in hours if at.hour % TICK_HOURS == 0 and since + near < at < now - near]


def _whole(minutes: float) -> int:
    """Rounded up: nobody is promised less than it took."""
    return int(-(-minutes // 1))
