"""Puts the visits of some days into the shape in which the page shows them."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.domain.practice import ConnectionFacts
from visitsync.domain.time_words import day_in_words, in_words, short_day_in_words
from visitsync.sync.day import Days
from visitsync.sync.lines import Line
from visitsync.sync.office import Office
from visitsync.web.staff.today.choosing import Chosen

COUNTED = (Outcome.NEEDS_FIX, Outcome.ON_HOLD, Outcome.NEEDS_PROVIDER, Outcome.WAITING, Outcome.READY)
"""The outcomes that the summary tells, what needs somebody first."""


class Share(msgspec.Struct, frozen=True):
    """How many visits have an outcome, with the share of the bar that is theirs."""

    outcome: Outcome
    count: int
    words: str
    start: float
    width: float
    """Both in percent of the bar."""


class DayOfStrip(msgspec.Struct, frozen=True):
    """One day that may be gone to."""

    query: str
    name: str
    date: str
    total: int
    needing: int
    is_here: bool


class DayOfList(msgspec.Struct, frozen=True):
    """The visits of one day."""

    title: str
    lines: tuple[Line, ...]


def title_of(chosen: Chosen) -> str:
    """What the page is about."""
    if chosen.is_week:
        return f"{short_day_in_words(chosen.first)} – {short_day_in_words(chosen.last)}"
    words = day_in_words(chosen.first, chosen.today)
    return words[0].upper() + words[1:]


def shares(counts: Mapping[Outcome, int]) -> list[Share]:
    """The bar over the list: parts of a whole, what needs somebody first."""
    whole = sum(counts.get(outcome, 0) for outcome in COUNTED) or 1
    found, start = [], 0.0
    for outcome in COUNTED:
        if count := counts.get(outcome, 0):
            width = round(100 * count / whole, 3)
            found.append(Share(outcome, count, _counted(outcome, count), round(start, 3), width))
            start += width
    return found


def strip(chosen: Chosen, counts: Mapping[date, Mapping[Outcome, int]]) -> list[DayOfStrip]:
    """The next days, each with what awaits there."""
    return [
        DayOfStrip(
            query=chosen.address(day="" if day == chosen.today else day.isoformat(), span=""),
            name=_near_name(day, chosen.today),
            date=short_day_in_words(day).partition(", ")[2],
            total=sum(found.get(outcome, 0) for outcome in COUNTED),
            needing=sum(found.get(one, 0) for one in COUNTED[:3]),
            is_here=not chosen.is_week and day == chosen.first,
        )
        for day, found in sorted(counts.items())
    ]


def by_day(found: Days, chosen: Chosen) -> list[DayOfList]:
    """All visits, day by day."""
    return [
        DayOfList(title=day_in_words(day, chosen.today), lines=tuple(lines))
        for day, lines in groupby(found.lines, key=lambda line: line.day)
    ]


class Reading(msgspec.Struct, frozen=True):
    """When one EMR was last read, in a line."""

    emr: str
    words: str
    is_troubled: bool


def readings(office: Office) -> list[Reading]:
    """For the quiet line under the list."""
    return [
        Reading(
            desk.manifest.name, _read_in_words(office, desk.practice.connection), _is_troubled(desk.practice.connection)
        )
        for desk in office.desks.values()
    ]


def _read_in_words(office: Office, facts: ConnectionFacts) -> str:
    if facts.last_complete_read_at is None:
        return "nothing has come from it yet" if facts.is_pushed else "not read yet"
    verb = "last heard from" if facts.is_pushed else "last read"
    words = f"{verb} {in_words(facts.last_complete_read_at, office.zone, office.now)}"
    if facts.next_read_at is not None and facts.next_read_at > office.now:
        words += f", next {in_words(facts.next_read_at, office.zone, office.now)}"
    return words


def _is_troubled(facts: ConnectionFacts) -> bool:
    return facts.trouble is not None or facts.is_paused


def _counted(outcome: Outcome, count: int) -> str:
    plural = {
        Outcome.NEEDS_FIX: ("needs a fix", "need a fix"),
        Outcome.NEEDS_PROVIDER: ("needs a provider", "need a provider"),
        Outcome.ON_HOLD: ("on hold", "on hold"),
        Outcome.WAITING: ("waiting", "waiting"),
        Outcome.READY: ("ready", "ready"),
    }[outcome]
    return f"{count} {plural[count != 1]}"


def _near_name(day: date, today: date) -> str:
    near = {timedelta(): "Today", timedelta(days=1): "Tomorrow"}.get(day - today)
    return near or short_day_in_words(day).partition(",")[0]
