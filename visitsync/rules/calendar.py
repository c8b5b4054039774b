"""The calendar of a practice: months ahead as people count them, business days, and when days begin."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from visitsync.domain.local_time import zone_named

ONE_DAY = timedelta(days=1)
NONE: frozenset[date] = frozenset()
"""The closures of a practice that has none of its own."""


def months_later(day: date, months: int) -> date:
    """The same day of the month, so many months later; where that month is shorter, its last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=4_096)
def enters_window_on(day: date, months: int) -> date:
    """The first date on which `day` is no more than so many calendar months ahead (article, section 4).

    30 November + 3 months is 28 February, so 28 February enters on 28 November; and as 28 February + 3 months is only
    28 May, 31 May enters on 1 March. From that date on it stays inside: months_later never goes back.
    """
    guess = months_later(day, -months)
    return guess if months_later(guess, months) >= day else guess + ONE_DAY


def is_business_day(day: date, closures: frozenset[date] = NONE) -> bool:
    """Monday to Friday, no federal holiday of the United States (or its observed day), no closure of the practice."""
    return day.weekday() < 5 and day not in _federal_holidays(day.year) and day not in closures


@lru_cache(maxsize=4_096)
def leaves_slow_lane_on(day: date, business_days: int, closures: frozenset[date] = NONE) -> date:
    """The first date on which `day` is no more than so many business days ahead (article, section 4)."""
    earliest = day - 3_653 * ONE_DAY
    remaining = business_days
    while day > earliest:
        remaining -= is_business_day(day, closures)
        if remaining < 0:
            break
        day -= ONE_DAY
    return day


def next_business_day(day: date, closures: frozenset[date] = NONE) -> date:
    """The first business day after `day`."""
    return business_day_after(day, 1, closures)


def business_day_after(day: date, count: int, closures: frozenset[date] = NONE) -> date:
    """The `count`-th business day after `day`, at most ten years on, should a practice close for good."""
    last = day + 3_653 * ONE_DAY
    while count > 0 and day < last:
        day += ONE_DAY
        count -= is_business_day(day, closures)
    return day


def business_days_between(earlier: date, later: date, closures: frozenset[date] = NONE) -> int:
    """How many business days lie after `earlier`, up to and including `later`; 0 where later is not later."""
    days = (earlier + n * ONE_DAY for n in range(1, (later - earlier).days + 1))
    return sum(is_business_day(day, closures) for day in days)


@lru_cache(maxsize=16_384)
def start_of_day(day: date, zone: str) -> datetime:
    """The first instant (UTC) of a date on the clocks of a zone, also where they skip midnight. Raises UnknownZone."""
    return datetime.combine(day, time.min, zone_named(zone)).astimezone(UTC)


def local_date(instant: datetime, zone: str) -> date:
    """The date on the clocks of a zone at an aware instant. Raises UnknownZone."""
    return instant.astimezone(zone_named(zone)).date()


@lru_cache(maxsize=64)
def _federal_holidays(year: int) -> frozenset[date]:
    """Those of the year, and 31 December where the next New Year's Day falls on a Saturday and is observed early."""
    return frozenset(day for day in holidays.country_holidays("US", years=(year, year + 1)) if day.year == year)
