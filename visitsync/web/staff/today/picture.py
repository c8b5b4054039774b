"""Puts the visits of some days into the shape in which the page shows them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.domain.time_words import day_in_words, short_day_in_words
from visitsync.sync.day import Days
from visitsync.sync.lines import Line
from visitsync.sync.office import Office
from visitsync.web.staff.today.choosing import Chosen
from visitsync.web.staff.today.rows import Row, row, rows

COUNTED = (Outcome.NEEDS_FIX, Outcome.ON_HOLD, Outcome.NEEDS_PROVIDER, Outcome.WAITING, Outcome.READY)
"""The outcomes that the summary tells, what needs somebody first."""
WORDS: Mapping[Outcome, tuple[str, str]] = {
    Outcome.NEEDS_FIX: ("needs a fix", "need a fix"),
    Outcome.NEEDS_PROVIDER: ("needs a provider", "need a provider"),
    Outcome.ON_HOLD: ("on hold", "on hold"),
    Outcome.WAITING: ("waiting", "waiting"),
    Outcome.READY: ("ready", "ready"),
}


class Share(msgspec.Struct, frozen=True):
    """How many visits have an outcome, with the share of the bar that is theirs."""

    outcome: Outcome
    words: str
    start: float
    width: float
    """Both in percent of the bar."""


class DayOfStrip(msgspec.Struct, frozen=True):
    """One day that may be gone to."""

    query: str
    key: str
    name: str
    date: str
    total: int
    needing: int
    is_here: bool


class DayOfList(msgspec.Struct, frozen=True):
    """The visits of one day."""

    title: str
    words: str
    """How many of what there are."""
    rows: tuple[Row, ...]
    is_past: bool
    """It is today, and nothing is to come."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """All that may change while the page is open, besides the strip."""

    shares: tuple[Share, ...]
    near_misses: str
    """How many there are; "" for none."""
    urgent: tuple[Row, ...]
    by_day: tuple[DayOfList, ...]

    @property
    def in_words(self) -> str:
        """For who does not see the page."""
        return ", ".join(filter(None, (*(share.words for share in self.shares), self.near_misses))) or "no visits"


def picture_of(found: Days, chosen: Chosen, office: Office) -> Picture:
    """The page's lists."""
    counts = Counter(line.outcome for line in found.lines if not line.is_near_miss)
    near = sum(line.is_near_miss for line in found.lines)
    return Picture(
        near_misses=_of(near, "near miss", _SORTS["near miss"]) if near else "",
        shares=tuple(_shares(counts)),
        urgent=tuple(row(line, office.zone) for line in found.urgent),
        by_day=tuple(_by_day(found.lines, chosen, office)),
    )


def title_of(chosen: Chosen) -> str:
    """What the page is about."""
    if chosen.is_week:
        return f"{short_day_in_words(chosen.first)} – {short_day_in_words(chosen.last)}"
    words = day_in_words(chosen.first, chosen.today)
    return words[0].upper() + words[1:]


def lede_of(chosen: Chosen) -> str:
    """What the title leaves open."""
    if chosen.is_week:
        return f"Seven days, from {day_in_words(chosen.first, chosen.today)}"
    is_near = abs(chosen.first - chosen.today) <= timedelta(days=1)
    return f"{short_day_in_words(chosen.first)}, {chosen.first.year}" if is_near else ""


def strip(chosen: Chosen, counts: Mapping[date, Mapping[Outcome, int]]) -> list[DayOfStrip]:
    """The next days, each with what awaits there."""
    return [
        DayOfStrip(
            query=chosen.on_day(day),
            key=day.isoformat(),
            name=_near_name(day, chosen.today),
            date=short_day_in_words(day).partition(", ")[2],
            total=sum(found.get(outcome, 0) for outcome in (*COUNTED, Outcome.OVER)),
            needing=sum(found.get(one, 0) for one in COUNTED[:3]),
            is_here=not chosen.is_week and day == chosen.first,
        )
        for day, found in sorted(counts.items())
    ]


def _shares(counts: Mapping[Outcome, int]) -> Iterable[Share]:
    """Parts of a whole, what needs somebody first."""
    whole = sum(counts.get(outcome, 0) for outcome in COUNTED) or 1
    start = 0.0
    for outcome in COUNTED:
        if count := counts.get(outcome, 0):
            width = round(100 * count / whole, 3)
            yield Share(outcome, f"{count} {WORDS[outcome][count != 1]}", round(start, 3), width)
            start += width


def _by_day(lines: Iterable[Line], chosen: Chosen, office: Office) -> Iterable[DayOfList]:
    for day, group in groupby(lines, key=lambda line: line.day):
        here = list(group)
        is_today = day == chosen.today
        yield DayOfList(
            title=day_in_words(day, chosen.today) if chosen.is_week else "by time",
            words=_counted(here),
            rows=tuple(rows(here, office.zone, office.now, shows_now=is_today)),
            is_past=is_today and here[-1].start <= office.now,
        )


def _counted(lines: Iterable[Line]) -> str:
    counts = Counter(_sort(line) for line in lines)
    return ", ".join(_of(count, one, many) for one, many in _SORTS.items() if (count := counts[one]))


def _sort(line: Line) -> str:
    if line.is_near_miss:
        return "near miss"
    return "cancelled" if line.outcome is Outcome.CANCELLED else "visit"


_SORTS = {"visit": "visits", "near miss": "near misses", "cancelled": "cancelled"}


def _of(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _near_name(day: date, today: date) -> str:
    near = {timedelta(): "Today", timedelta(days=1): "Tomorrow"}.get(day - today)
    return near or short_day_in_words(day).partition(",")[0]
