"""The numbers of Activity as tables, the same on the page and in files."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec

from visitsync.domain.time_words import short_day_in_words
from visitsync.sync.activity import STEPS, Activity, Cause, Period, Speed, Start, Sweep

Cell = str | int


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table; the first column names the rows."""

    key: str
    """In the address of its file."""
    title: str
    counts: str
    """What is counted, in a sentence or two."""
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables_of(found: Activity, in_words: Callable[[Period], str]) -> dict[str, Table]:
    """All of them, by key; `in_words` names a period."""
    made = (
        _starts(found, in_words),
        _times(found.speeds),
        _bars(found.speeds),
        _causes(found, in_words),
        _sweeps(found.sweeps),
        _asked(found),
    )
    return {one.key: one for one in made}


def short_words(period: Period) -> str:
    """For the page: "Nov 24", "Nov 18 – Nov 24"."""
    first, last = (short_day_in_words(day).partition(", ")[2] for day in (period.first, period.last))
    return first if period.first == period.last else f"{first} – {last}"


def exact_words(period: Period) -> str:
    """For files: "2026-11-18 to 2026-11-24"."""
    first, last = period.first.isoformat(), period.last.isoformat()
    return first if period.first == period.last else f"{first} to {last}"


def steps_in_words() -> tuple[str, ...]:
    """The bars of a distribution: "3 to 5", "over 120"."""
    named = [f"{begin} to {end}" for begin, end in pairwise(STEPS)]
    return (*named, f"over {STEPS[-1]}")


def _starts(found: Activity, in_words: Callable[[Period], str]) -> Table:
    rows = [_start_row(in_words(period), found.starts[period]) for period in found.periods]
    return Table(
        key="starts",
        title="Ready when they began",
        counts="Every telemedicine appointment that began in these days and was not cancelled before. Ready: its visit "
        "was there, linked to its provider, at the minute it began. Saved: ready, although it had needed somebody "
        "before. Minutes lost run from the start until the visit was ready, or until the end.",
        head=("Days", "Began", "Ready", "Saved", "Not ready", "Minutes lost"),
        rows=(*rows, _start_row("Together", found.all_starts)),
    )


def _start_row(name: str, start: Start) -> tuple[Cell, ...]:
    return (name, start.begun, start.ready, start.saved, start.not_ready, start.lost_minutes)


def _times(speeds: Sequence[Speed]) -> Table:
    return Table(
        key="times",
        title="From booking to ready",
        counts="Visits that were booked and made in these days. Left out are those for which something had to be put "
        "right first, and those booked more than seven business days ahead, which may take a day.",
        head=("Of these visits", *(speed.emr_name for speed in speeds)),
        rows=tuple((words, *(value(speed) for speed in speeds)) for words, value in _OF_SPEED),
    )


def _bars(speeds: Sequence[Speed]) -> Table:
    return Table(
        key="distribution",
        title="From booking to ready, each bar",
        counts="The same visits, by how many minutes they took.",
        head=("Visits that took", *(speed.emr_name for speed in speeds)),
        rows=tuple(
            (f"{words} min", *(speed.counts[position] for speed in speeds))
            for position, words in enumerate(steps_in_words())
        ),
    )


def _minutes(value: int | None) -> Cell:
    return "–" if value is None else f"{value} min"


_OF_SPEED: tuple[tuple[str, Callable[[Speed], Cell]], ...] = (
    ("Counted", lambda one: one.count),
    ("Usual, says the article", lambda one: f"{one.usual[0]}–{one.usual[1]} min"),
    ("Abnormal, says the article", lambda one: f"over {one.abnormal} min"),
    ("Half of them within", lambda one: _minutes(one.middle)),
    ("95 of 100 within", lambda one: _minutes(one.nearly_all)),
    ("Quicker than usual", lambda one: one.quicker),
    ("As usual", lambda one: one.within),
    ("Longer than usual", lambda one: one.slower),
    ("Abnormal", lambda one: one.too_slow),
    ("Minutes beyond the usual time", lambda one: one.late_minutes),
    ("Left out: needed somebody first", lambda one: one.waited),
    ("Left out: booked far ahead", lambda one: one.far),
)


def _causes(found: Activity, in_words: Callable[[Period], str]) -> Table:
    return Table(
        key="causes",
        title="What stood in the way",
        counts="Appointments that needed somebody, once for each cause, in the days when it was first found. One with "
        "two causes counts in two rows.",
        head=("Cause", "Who can fix it", "Together", *map(in_words, found.periods)),
        rows=tuple(_cause_row(one) for one in found.causes),
    )


def _cause_row(one: Cause) -> tuple[Cell, ...]:
    return (one.title, one.owner.value, one.total, *one.by_period)


def _sweeps(sweeps: Sequence[Sweep]) -> Table:
    return Table(
        key="sweeps",
        title="Found only by the sweep",
        counts="Two independent ways of reading check each other: the list of changes, and a sweep of the whole "
        "schedule. This is what the EMR's changes had left out.",
        head=("EMR", "New or changed records", "Found only by the sweep", "Share"),
        rows=tuple((one.emr_name, one.changed, *_share(one)) for one in sweeps),
    )


def _share(one: Sweep) -> tuple[Cell, Cell]:
    if not one.is_swept:
        return "–", "cannot be swept: the EMR sends by itself"
    share = f"{100 * one.found_only_by_sweep / one.changed:.1f} %" if one.changed else "–"
    return one.found_only_by_sweep, share


def _asked(found: Activity) -> Table:
    return Table(
        key="asked",
        title="What people asked",
        counts="Requests for help from an answer, and each person's latest word on “did this answer your question?”.",
        head=("What", "How many"),
        rows=(
            ("Asked for help", found.asked.help_requests),
            ("The answer helped", found.asked.helpful),
            ("It did not", found.asked.not_helpful),
        ),
    )
