"""When somebody may be told: open days, quiet hours and the hour of the digest, on the practice's clocks."""

from datetime import date, datetime, time, timedelta

import msgspec

from visitsync.domain.local_time import zone_named
from visitsync.domain.practice import OpeningHours
from visitsync.domain.telling_choices import Choices
from visitsync.rules.calendar import ONE_DAY, is_business_day

DIGEST_KEEPS = timedelta(hours=4)
"""A digest that could not be made in time still comes within so long; later it would be old news."""
LOOKS_AHEAD_DAYS = 31


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """When a practice works."""

    zone: str
    closures: frozenset[date] = frozenset()
    opening_hours: tuple[OpeningHours, ...] = ()
    """Empty: Monday to Friday."""

    def is_open(self, day: date) -> bool:
        """No closure, no federal holiday, and a weekday on which the practice works."""
        if day in self.closures:
            return False
        if not self.opening_hours:
            return is_business_day(day)
        works = any(one.weekday == day.weekday() for one in self.opening_hours)
        return works and (day.weekday() >= 5 or is_business_day(day))

    def next_open_day(self, day: date) -> date:
        """The first one after `day`; the next day, should the practice be closed for a month."""
        days = (day + number * ONE_DAY for number in range(1, LOOKS_AHEAD_DAYS))
        return next((one for one in days if self.is_open(one)), day + ONE_DAY)

    def local(self, now: datetime) -> datetime:
        """An aware instant on the practice's clocks."""
        return now.astimezone(zone_named(self.zone))


def may_be_told(choices: Choices, calendar: Calendar, now: datetime) -> bool:
    """Whether neither quiet hours nor a closed day keep warnings and alarms from this person at `now` (aware)."""
    local = calendar.local(now)
    is_day_for_it = choices.is_told_when_closed or calendar.is_open(local.date())
    return is_day_for_it and not _is_quiet(choices.quiet, local.time())


def digest_is_due(choices: Choices, calendar: Calendar, now: datetime) -> bool:
    """Whether today's digest should have come by now (aware), and has not become old."""
    local = calendar.local(now)
    if not (choices.is_told_when_closed or calendar.is_open(local.date())):
        return False
    # Where clocks skip the hour it comes at what would have been that time; where they show it twice, the first time.
    due = datetime.combine(local.date(), choices.digest_at, zone_named(calendar.zone)).timestamp()
    return 0 <= now.timestamp() - due < DIGEST_KEEPS.total_seconds()


def _is_quiet(quiet: tuple[time, time] | None, clock: time) -> bool:
    if quiet is None:
        return False
    begins, ends = quiet
    if begins <= ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends
