"""4. Is it time yet? How far ahead is it, is its time clear, was it booked late?"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Finding
from visitsync.domain.local_time import Clarity, UnknownZone, zone_named
from visitsync.domain.practice import ConnectionFacts, OpeningHours, PracticeContext
from visitsync.domain.time_words import wall_in_words
from visitsync.rules.calendar import (
    ONE_DAY,
    business_day_after,
    enters_window_on,
    leaves_slow_lane_on,
    local_date,
    months_later,
    start_of_day,
)
from visitsync.rules.provider import ProviderLink
from visitsync.rules.sync_time import Lane

USUAL_MONTHS = 3
"""Appointments further ahead are not synced until they come nearer (article, section 4)."""

_LAST_INSTANT = datetime(9990, 1, 1, tzinfo=UTC)
_FIRST_INSTANT = datetime(1000, 1, 1, tzinfo=UTC)
_WEEKS = tuple(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(weeks=n) for n in range(20 * 52))

_UNCLEAR = {
    Clarity.NONEXISTENT: "time-nonexistent",
    Clarity.AMBIGUOUS: "time-ambiguous",
    Clarity.CONTRADICTORY: "time-contradictory",
}


class Day(msgspec.Struct, frozen=True):
    """The limits that move once a day, at midnight in the practice's zone; instants are UTC."""

    begins_at: datetime
    ends_at: datetime
    horizon_at: datetime
    """Appointments that start here or later are too far ahead."""
    usual_horizon_at: datetime
    slow_from: datetime
    """Appointments that start here or later are read once a day."""


class TimingLookup(msgspec.Struct, eq=False):
    """The practice's calendar and settings about time."""

    zone: str
    location_zones: dict[str, str]
    closures: frozenset[date]
    opening_hours: Sequence[OpeningHours]
    connection: ConnectionFacts
    usual: timedelta
    day: Day

    def day_of(self, now: datetime) -> Day:
        """The limits on the day of `now`; worked out again when another day has begun."""
        day = self.day
        if not day.begins_at <= now < day.ends_at:
            self.day = day = _day(now, self)
        return day


class Timing(msgspec.Struct, frozen=True, gc=False):
    """What there is to say about an appointment's time, and until when that is so."""

    findings: tuple[Finding, ...] = ()
    changes_at: datetime | None = None
    """When time alone makes the findings others (UTC)."""
    enters_at: datetime | None = None
    """When it comes inside the window (UTC), for an appointment beyond it."""


NOTHING = Timing()
_NO_DAY = Day(*(datetime.min.replace(tzinfo=UTC),) * 5)


def timing_lookup(practice: PracticeContext) -> TimingLookup:
    """Works out the practice's settings once."""
    return TimingLookup(
        zone=practice.zone,
        location_zones={entry.id: entry.zone for entry in practice.locations.values() if entry.zone},
        closures=practice.closures,
        opening_hours=practice.opening_hours,
        connection=practice.connection,
        usual=timedelta(minutes=practice.connection.usual_minutes[1]),
        day=_NO_DAY,
    )


def check(appointment: Appointment, link: ProviderLink, lookup: TimingLookup, now: datetime) -> Timing:
    """E3 and E5 to E10. The slow lane (E4) matters only where something is still missing; see `slow_lane`."""
    start, booked_at = appointment.start, appointment.booked_at
    starts_at = start.instant
    is_plain = (
        starts_at < lookup.day_of(now).horizon_at
        and start.clarity is Clarity.CERTAIN
        and (booked_at is None or starts_at - booked_at >= lookup.usual)
        and (
            link.zone is None
            or _agree(link.zone, lookup.location_zones.get(appointment.location_id or "", lookup.zone))
        )
        and appointment.duration_minutes > 0
    )
    if is_plain and not lookup.opening_hours and not lookup.closures and not lookup.connection.duration_step_minutes:
        return NOTHING
    return _in_full(appointment, link, lookup, now)


def lane_of(starts_at: datetime, lookup: TimingLookup, now: datetime) -> Lane:
    """How often the part of the schedule is read that this instant lies in."""
    return Lane.FAST if starts_at < lookup.day_of(now).slow_from else Lane.SLOW


def beyond_window(starts_at: datetime, lookup: TimingLookup, now: datetime) -> Timing:
    """E3, or E9 where the practice chose a shorter window; both instants aware."""
    day, months, zone = lookup.day_of(now), lookup.connection.sync_months, lookup.zone
    starts_at = _bounded(starts_at)
    if starts_at < day.horizon_at:
        return NOTHING
    starts_on = local_date(starts_at, zone)
    enters_on = enters_window_on(starts_on, months)
    enters_at = start_of_day(enters_on, zone)
    evidence = {"months": str(months), "enters_on": enters_on.isoformat()}
    if starts_at < day.usual_horizon_at:
        return Timing((Finding("sync-window-shortened", evidence),), enters_at, enters_at)
    enters_usually_at = start_of_day(enters_window_on(starts_on, USUAL_MONTHS), zone)
    return Timing((Finding("beyond-horizon", evidence),), min(enters_at, enters_usually_at), enters_at)


def slow_lane(appointment: Appointment, lookup: TimingLookup, now: datetime) -> Timing:
    """E4: so far ahead that a change in the EMR may take a day to arrive."""
    starts_at = appointment.start.instant
    if lane_of(starts_at, lookup, now) is Lane.FAST or starts_at >= lookup.day_of(now).horizon_at:
        return NOTHING
    business_days = lookup.connection.slow_lane_business_days
    starts_on = local_date(_bounded(starts_at), lookup.zone)
    leaves_on = leaves_slow_lane_on(starts_on, business_days, lookup.closures)
    finding = Finding("slow-lane", {"business_days": str(business_days)})
    return Timing((finding,), start_of_day(leaves_on, lookup.zone))


def _in_full(appointment: Appointment, link: ProviderLink, lookup: TimingLookup, now: datetime) -> Timing:
    beyond = beyond_window(appointment.start.instant, lookup, now)
    late = _booked_late(appointment, lookup, now)
    findings = (
        *beyond.findings,
        *late.findings,
        *_unclear(appointment),
        *_zones_differ(appointment, link, lookup),
        *_outside_hours(appointment, lookup),
        *_duration(appointment, lookup.connection.duration_step_minutes),
    )
    changes = [at for at in (beyond.changes_at, late.changes_at) if at is not None]
    return Timing(findings, min(changes, default=None), beyond.enters_at)


def _booked_late(appointment: Appointment, lookup: TimingLookup, now: datetime) -> Timing:
    """Booked closer to its start than a sync usually takes: E5 if it had begun when it reached us, else E6."""
    starts_at, booked_at = appointment.start.instant, appointment.booked_at
    if booked_at is None or starts_at - booked_at >= lookup.usual:
        return NOTHING
    evidence = {"booked_at": booked_at.isoformat(), "usual": str(lookup.connection.usual_minutes[1])}
    had_begun = (appointment.first_seen_at or now) >= starts_at
    finding = Finding("begun-when-it-arrived" if had_begun else "booked-close-to-start", evidence)
    return Timing((finding,), starts_at if not had_begun and appointment.first_seen_at is None else None)


def _unclear(appointment: Appointment) -> tuple[Finding, ...]:
    """E7: times that are not guessed. The appointment's details, where they are still to be read, may say more."""
    start = appointment.start
    code = None if appointment.lacks_detail else _UNCLEAR.get(start.clarity)
    return (Finding(code, {"wall": wall_in_words(start.wall), "zone": start.zone}),) if code else ()


def _zones_differ(appointment: Appointment, link: ProviderLink, lookup: TimingLookup) -> tuple[Finding, ...]:
    """E7: provider and location on different clocks at that moment, so that the time may be an hour off."""
    location_zone = lookup.location_zones.get(appointment.location_id or "", lookup.zone)
    if link.zone is None or _agree(link.zone, location_zone):
        return ()
    try:
        offsets = {_offset(appointment.start.instant, zone) for zone in (link.zone, location_zone)}
    except UnknownZone:
        return ()
    if len(offsets) == 1:
        return ()
    evidence = {"provider": link.name, "provider_zone": link.zone, "location_zone": location_zone}
    return (Finding("zones-differ", {**evidence, "zone": appointment.start.zone}),)


def _outside_hours(appointment: Appointment, lookup: TimingLookup) -> tuple[Finding, ...]:
    """E8: on a closed day, or outside the opening hours, which are wall times of the practice's zone."""
    if not lookup.closures and not lookup.opening_hours:
        return ()
    starts_at = _bounded(appointment.start.instant)
    zone = zone_named(lookup.zone)
    wall = starts_at.astimezone(zone)
    if wall.date() in lookup.closures:
        return (Finding("practice-closed", {"day_on": wall.date().isoformat()}),)
    end = (starts_at + timedelta(minutes=min(max(appointment.duration_minutes, 0), 1_440))).astimezone(zone)
    is_open = any(
        hours.weekday == wall.weekday()
        and hours.opens <= wall.time()
        and end.date() == wall.date()
        and end.time() <= hours.closes
        for hours in lookup.opening_hours
    )
    if is_open or not lookup.opening_hours:
        return ()
    return (Finding("outside-opening-hours", {"wall": wall_in_words(wall)}),)


def _duration(appointment: Appointment, step: int) -> tuple[Finding, ...]:
    """E10."""
    minutes = appointment.duration_minutes
    if minutes <= 0:
        allowed = "a visit needs some time"
    elif step > 0 and minutes % step:
        allowed = f"only multiples of {step} minutes can be used"
    else:
        return ()
    return (Finding("duration-not-allowed", {"minutes": str(minutes), "allowed": allowed}),)


def _day(now: datetime, lookup: TimingLookup) -> Day:
    connection, zone = lookup.connection, lookup.zone
    today = local_date(now, zone)
    slow_on = business_day_after(today, connection.slow_lane_business_days + 1, lookup.closures)
    last_days = [months_later(today, months) for months in (connection.sync_months, USUAL_MONTHS)]
    horizons = [start_of_day(day + ONE_DAY, zone) for day in last_days]
    return Day(
        begins_at=start_of_day(today, zone),
        ends_at=start_of_day(today + ONE_DAY, zone),
        horizon_at=horizons[0],
        usual_horizon_at=horizons[1],
        slow_from=start_of_day(slow_on, zone),
    )


def _bounded(instant: datetime) -> datetime:
    """Keeps sums with absurd dates inside the calendar; they are centuries away from any limit."""
    return min(max(instant, _FIRST_INSTANT), _LAST_INSTANT)


@lru_cache(maxsize=1_024)
def _agree(one: str, other: str) -> bool:
    """Whether two names (US/Eastern, America/New_York) mean the same clocks, week by week, in our time."""
    if one == other:
        return True
    try:
        return all(_offset(week, one) == _offset(week, other) for week in _WEEKS)
    except UnknownZone:
        return False


def _offset(instant: datetime, zone: str) -> timedelta | None:
    return _bounded(instant).astimezone(zone_named(zone)).utcoffset()
