"""Activity: what the last days brought, counted for pages and exports from what was stored about them."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from math import ceil
from statistics import median
from uuid import UUID

import msgspec

from visitsync.domain.decision import Outcome
from visitsync.domain.reason import Owner, Severity
from visitsync.domain.reasons import REASONS
from visitsync.rules.calendar import ONE_DAY, business_day_after, local_date, start_of_day
from visitsync.storage import activity as stored
from visitsync.storage.activity import Asked, Begun, Found, Span, Swept, Took
from visitsync.storage.database import Transaction
from visitsync.sync.desk import Desk
from visitsync.sync.in_general import any_screen, in_general
from visitsync.sync.office import Office

SPANS = (7, 30, 90)
"""Days, today included, that may be asked for."""
WEEK = 7
STEPS = (0, 3, 5, 10, 15, 20, 30, 45, 60, 120)
"""Minutes at which the bars of a distribution begin; the last one has no end."""
FAR_AHEAD = 7
"""Business days; what is booked further ahead may take a day (article, section 4)."""
STOOD_IN_THE_WAY = frozenset(
    code
    for code, reason in REASONS.items()
    if (reason.severity is Severity.BLOCKS or reason.outcome is Outcome.NEEDS_PROVIDER) and not reason.resolves_itself
)
"""Reasons for which somebody is needed."""


class Period(msgspec.Struct, frozen=True, order=True):
    """Days that are counted together, both included."""

    first: date
    last: date


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """How the visits of a period (or of all) were when they began."""

    begun: int = 0
    ready: int = 0
    saved: int = 0
    """Of those ready: they had needed somebody before."""
    lost_minutes: int = 0
    """From the start until ready, else until the end, of all that were not ready."""

    @property
    def not_ready(self) -> int:
        return self.begun - self.ready


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """How long one connection took from booking to visit, beside what the article says is usual. Minutes."""

    connection_id: UUID
    emr_name: str
    usual: tuple[int, int]
    abnormal: int
    """More than this is abnormal."""
    learned: int | None
    counts: tuple[int, ...]
    """Visits by STEPS: how many took from that step on, up to the next."""
    quicker: int
    within: int
    """Inside the usual time."""
    slower: int
    """Longer than usual, and still normal."""
    too_slow: int
    middle: int | None
    """Half of them took no longer; None: there were none."""
    nearly_all: int | None
    """95 of 100 took no longer."""
    late_minutes: int
    """All minutes beyond the usual time together."""
    waited: int
    """Visits for which something had to be put right first; counted nowhere else here."""
    far: int
    """Visits booked far ahead, which may take a day; counted nowhere else here."""

    @property
    def count(self) -> int:
        return sum(self.counts)


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """How many appointments one reason was found for, each counted in the period in which that was first seen."""

    code: str
    title: str
    owner: Owner
    total: int
    by_period: tuple[int, ...]


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """What only the sweep of one connection found."""

    emr_name: str
    is_swept: bool
    """False: the EMR cannot be asked for its schedule."""
    found_only_by_sweep: int
    changed: int
    readings: int


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about the days from `first` to `last`, on the practice's clocks."""

    first: date
    last: date
    periods: tuple[Period, ...]
    """Oldest first."""
    starts: Mapping[Period, Start]
    all_starts: Start
    speeds: tuple[Speed, ...]
    causes: tuple[Cause, ...]
    """The most frequent first."""
    sweeps: tuple[Sweep, ...]
    asked: Asked

    @property
    def is_empty(self) -> bool:
        """Nothing at all is known of these days."""
        return not (
            self.all_starts.begun or self.causes or any(one.count + one.waited + one.far for one in self.speeds)
        )


def activity(transaction: Transaction, office: Office, days: int) -> Activity:
    """The last so many days, today included and as far as it has gone; five queries."""
    last = local_date(office.now, office.zone)
    first = last - (days - 1) * ONE_DAY
    span = Span(since=start_of_day(first, office.zone), until=office.now, zone=office.zone)
    periods = _periods(first, last)
    begun = stored.begun(transaction, span)
    took = stored.took(transaction, span, _far_from(first, last, office.practice.closures))
    return Activity(
        first=first,
        last=last,
        periods=periods,
        starts=_by_period(begun, periods),
        all_starts=_together(begun),
        speeds=tuple(_speed(desk, took) for desk in office.desks.values()),
        causes=_causes(stored.found(transaction, span, STOOD_IN_THE_WAY), periods, office),
        sweeps=_sweeps(stored.swept(transaction, span), office),
        asked=stored.asked(transaction, span),
    )


def _periods(first: date, last: date) -> tuple[Period, ...]:
    """Single days of one week, else weeks that end today; the first one may be shorter."""
    length = 1 if (last - first).days < WEEK else WEEK
    ends = [last - number * length * ONE_DAY for number in range(ceil(((last - first).days + 1) / length))]
    return tuple(Period(max(first, end - (length - 1) * ONE_DAY), end) for end in reversed(ends))


def _far_from(first: date, last: date, closures: frozenset[date]) -> dict[date, date]:
    days = ((first - ONE_DAY) + number * ONE_DAY for number in range((last - first).days + 3))
    return {day: business_day_after(day, FAR_AHEAD + 1, closures) for day in days}


def _by_period(begun: Sequence[Begun], periods: Sequence[Period]) -> dict[Period, Start]:
    return {period: _together(one for one in begun if period.first <= one.day <= period.last) for period in periods}


def _together(begun: Iterable[Begun]) -> Start:
    counted = list(begun)
    return Start(
        begun=sum(one.count for one in counted),
        ready=sum(one.ready for one in counted),
        saved=sum(one.saved for one in counted),
        lost_minutes=sum(one.lost_minutes for one in counted),
    )


def _speed(desk: Desk, took: Sequence[Took]) -> Speed:
    facts, here = desk.practice.connection, [one for one in took if one.connection_id == desk.connection.connection_id]
    minutes = sorted(each for one in here if not one.has_waited and not _is_far(one, desk) for each in one.minutes)
    least, most = facts.usual_minutes
    quicker, as_usual = bisect_left(minutes, least), bisect_right(minutes, most)
    normal = bisect_right(minutes, facts.abnormal_minutes)
    return Speed(
        connection_id=desk.connection.connection_id,
        emr_name=desk.manifest.name,
        usual=facts.usual_minutes,
        abnormal=facts.abnormal_minutes,
        learned=facts.learned_minutes,
        counts=_counts(minutes),
        quicker=quicker,
        within=as_usual - quicker,
        slower=normal - as_usual,
        too_slow=len(minutes) - normal,
        middle=ceil(median(minutes)) if minutes else None,
        nearly_all=minutes[ceil(0.95 * len(minutes)) - 1] if minutes else None,
        late_minutes=sum(one - most for one in minutes[as_usual:]),
        waited=sum(len(one.minutes) for one in here if one.has_waited),
        far=sum(len(one.minutes) for one in here if not one.has_waited and _is_far(one, desk)),
    )


def _is_far(one: Took, desk: Desk) -> bool:
    """What is pushed comes at once, however far ahead."""
    return one.is_far and desk.manifest.is_listed


def _counts(minutes: Sequence[int]) -> tuple[int, ...]:
    """A bar holds what took longer than its beginning, up to and including the next one's; `minutes` are sorted."""
    until = [0, *(bisect_right(minutes, step) for step in STEPS[1:]), len(minutes)]
    return tuple(after - before for before, after in pairwise(until))


def _causes(found: Sequence[Found], periods: Sequence[Period], office: Office) -> tuple[Cause, ...]:
    first_seen: dict[tuple[str, UUID, str], date] = {}
    for one in found:
        first_seen.setdefault((one.code, one.connection_id, one.appointment_id), one.day)
    period_of = {
        period.first + number * ONE_DAY: position
        for position, period in enumerate(periods)
        for number in range((period.last - period.first).days + 1)
    }
    counts = Counter((code, period_of[day]) for (code, _, _), day in first_seen.items())
    totals = Counter(code for code, _, _ in first_seen)
    screen = any_screen(office)
    return tuple(
        Cause(
            code=code,
            title=in_general(code, screen, {}).title,
            owner=REASONS[code].owner,
            total=total,
            by_period=tuple(counts[code, position] for position in range(len(periods))),
        )
        for code, total in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    )


def _sweeps(swept: Sequence[Swept], office: Office) -> tuple[Sweep, ...]:
    by_connection = {one.connection_id: one for one in swept}
    return tuple(_sweep(desk, by_connection.get(connection_id)) for connection_id, desk in office.desks.items())


def _sweep(desk: Desk, counted: Swept | None) -> Sweep:
    return Sweep(
        emr_name=desk.manifest.name,
        is_swept=desk.manifest.is_listed,
        found_only_by_sweep=counted.found_only_by_sweep if counted else 0,
        changed=counted.changed if counted else 0,
        readings=counted.readings if counted else 0,
    )
