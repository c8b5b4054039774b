"""What tellings say: counts and times of day at most, never anything of a patient."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from visitsync.domain.time_words import day_in_words, in_words, short_day_in_words
from visitsync.sync.telling.seen import Coming
from visitsync.sync.telling.times import Calendar

MOST_TIMES = 8


class Words(msgspec.Struct, frozen=True):
    """A title, which is the subject of the mail, and what follows it."""

    title: str
    lines: tuple[str, ...] = ()


def digest_words(visits: Sequence[Coming], calendar: Calendar, now: datetime, *, is_own: bool) -> Words | None:
    """Today, the next open day, and closed days between on which there is a visit; None: there are no visits."""
    if not visits:
        return None
    today = calendar.local(now).date()
    next_day = calendar.next_open_day(today)
    counts = {day: _count(day, visits, calendar) for day in _days(visits, calendar)}
    told = {day: counts.get(day, (0, 0)) for day in sorted({today, next_day, *counts})}
    titled = ([day for day in counts if counts[day][1] or day == next_day] or [*counts])[:2]
    title = " · ".join(f"{_day(day, today)}: {_counted(*counts[day], is_own=is_own)}" for day in titled)
    lines = [f"{_day(day, today)}: {_counted(*told[day], is_own=is_own)}." for day in told if day not in titled]
    return Words(title, (*lines, *_what_to_do(visits, is_own=is_own)))


def warning_words(visits: Sequence[Coming], zone: str, now: datetime) -> Words:
    """Visits of the next hours that are not ready."""
    times = [in_words(one.starts_at, zone, now) for one in visits]
    if len(times) == 1:
        title = f"The visit {_at(times[0])} is not ready"
    else:
        title = f"{len(times)} visits are not ready, the first {_at(times[0])}"
    return Words(title, _listed(times) if len(times) > 1 else ())


def ready_words(starts: Sequence[datetime], zone: str, now: datetime) -> Words:
    """Visits that we warned of and that need nobody any more."""
    times = [in_words(one, zone, now) for one in starts]
    if len(times) == 1:
        return Words(f"All clear: the visit {_at(times[0])} needs nobody any more")
    return Words(f"All clear: {len(times)} visits need nobody any more", _listed(times))


def works_again_words(title: str) -> Words:
    """A connection that we raised the alarm about, by the title of that alarm."""
    return Words(f"All clear: {title.partition(':')[0]} works as usual again", ("Nothing needs to be done.",))


def _days(visits: Iterable[Coming], calendar: Calendar) -> list[date]:
    return sorted({calendar.local(one.starts_at).date() for one in visits})


def _count(day: date, visits: Iterable[Coming], calendar: Calendar) -> tuple[int, int]:
    there = [one for one in visits if calendar.local(one.starts_at).date() == day]
    return len(there), sum(one.needs_somebody for one in there)


def _counted(count: int, needing: int, *, is_own: bool) -> str:
    if not count:
        return "no visits"
    visits = f"{count} visit{'s' * (count != 1)}"
    if not needing:
        return f"{visits}, {'all' if count > 1 else 'which is'} on track"
    if is_own:
        return f"{visits}, {needing} not ready yet"
    return f"{visits}, {needing} {'needs' if needing == 1 else 'need'} you"


def _what_to_do(visits: Iterable[Coming], *, is_own: bool) -> Iterable[str]:
    if not any(one.needs_somebody for one in visits):
        yield "Nothing needs to be done now."
    elif is_own:
        yield "The front desk sees what is missing."


def _day(day: date, today: date) -> str:
    words = day_in_words(day, today)
    near = words in ("today", "tomorrow")
    return words.capitalize() if near else short_day_in_words(day)


def _at(time: str) -> str:
    """ "today 10:30 AM" → "at 10:30 AM"; another day keeps its name."""
    return f"at {time.removeprefix('today ')}" if time.startswith("today ") else time


def _listed(times: Sequence[str]) -> tuple[str, ...]:
    named = ", ".join(time.removeprefix("today ") for time in times[:MOST_TIMES])
    further = len(times) - MOST_TIMES
    return (f"{named} and {further} more" if further > 0 else named,)
