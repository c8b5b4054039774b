"""The calendar against tables and sweeps made in another way than it is."""

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.rules.calendar import (
    ONE_DAY,
    business_day_after,
    business_days_between,
    enters_window_on,
    is_business_day,
    leaves_slow_lane_on,
    local_date,
    months_later,
    next_business_day,
    start_of_day,
)

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
TWO_LEAP_CYCLES = [date(2019, 1, 1) + n * ONE_DAY for n in range(366 * 9)]


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    days = [date(year, month, day) for day in range(1, 29 + 3) if day <= _length(year, month)]
    return [day for day in days if day.weekday() == weekday][n]


def _length(year: int, month: int) -> int:
    return _LENGTHS[month - 1] + (month == 2 and isleap(year))


def _federal_holidays_by_law(year: int) -> set[date]:
    """5 U.S.C. 6103, and for Saturdays the Friday before, for Sundays the Monday after (Executive Order 11582)."""
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    fixed += [date(year, 6, 19)] if year >= 2021 else []
    moving = [_nth(year, 1, 0, 2), _nth(year, 2, 0, 2), _nth(year, 5, 0, -1), _nth(year, 9, 0, 0)]
    moving += [_nth(year, 10, 0, 1), _nth(year, 11, 3, 3)]
    observed = {day - ONE_DAY if day.weekday() == 5 else day + ONE_DAY if day.weekday() == 6 else day for day in fixed}
    return observed | set(moving)


def test_r9_business_days_match_the_federal_table_from_2015_to_2035() -> None:
    table = set().union(*(_federal_holidays_by_law(year) for year in range(2014, 2037)))
    day = date(2015, 1, 1)
    while day < date(2036, 1, 1):
        assert is_business_day(day) == (day.weekday() < 5 and day not in table), day
        day += ONE_DAY


def test_r9_the_practices_own_closures_are_no_business_days() -> None:
    closed = frozenset({date(2026, 11, 24)})
    assert not is_business_day(date(2026, 11, 24), closed)
    assert next_business_day(date(2026, 11, 23), closed) == date(2026, 11, 25)


def test_a_practice_that_is_closed_for_good_does_not_loop_for_ever() -> None:
    closed = frozenset(date(2026, 1, 1) + n * ONE_DAY for n in range(366 * 12))
    assert business_day_after(date(2026, 1, 1), 1, closed) > date(2035, 1, 1)
    assert leaves_slow_lane_on(date(2037, 1, 1), 7, closed) < date(2028, 1, 1)


@pytest.mark.parametrize(
    ("day", "later"),
    [
        ((2026, 11, 30), (2027, 2, 28)),
        ((2027, 11, 30), (2028, 2, 29)),
        ((2026, 11, 28), (2027, 2, 28)),
        ((2026, 8, 31), (2026, 11, 30)),
        ((2026, 12, 31), (2027, 3, 31)),
        ((2026, 10, 15), (2027, 1, 15)),
    ],
)
def test_r8_three_months_are_calendar_months(day: tuple[int, int, int], later: tuple[int, int, int]) -> None:
    assert months_later(date(*day), 3) == date(*later)


@pytest.mark.parametrize(
    ("day", "enters_on"),
    [
        ((2027, 2, 28), (2026, 11, 28)),
        ((2027, 3, 1), (2026, 12, 1)),
        ((2028, 2, 29), (2027, 11, 29)),
        ((2027, 5, 31), (2027, 3, 1)),
        ((2026, 11, 30), (2026, 8, 30)),
        ((2026, 12, 31), (2026, 10, 1)),
    ],
)
def test_r8_it_enters_on_the_day_that_staff_would_name(
    day: tuple[int, int, int], enters_on: tuple[int, int, int]
) -> None:
    assert enters_window_on(date(*day), 3) == date(*enters_on)


@pytest.mark.parametrize("months", [1, 2, 3, 6])
def test_r8_every_date_enters_the_window_exactly_once_over_two_leap_cycles(months: int) -> None:
    for day in TWO_LEAP_CYCLES:
        enters_on = enters_window_on(day, months)
        inside = [months_later(enters_on + n * ONE_DAY, months) >= day for n in range(-40, 130)]
        assert inside == [False] * 40 + [True] * 130, day


def test_r9_a_date_leaves_the_slow_lane_on_the_first_day_with_seven_business_days_left() -> None:
    for day in TWO_LEAP_CYCLES[::3]:
        leaves_on = leaves_slow_lane_on(day, 7)
        assert business_days_between(leaves_on, day) <= 7 < business_days_between(leaves_on - ONE_DAY, day), day


def test_r9_the_slow_lane_begins_at_the_eighth_business_day() -> None:
    for today in TWO_LEAP_CYCLES[::3]:
        eighth = business_day_after(today, 8)
        assert business_days_between(today, eighth) == 8
        assert business_days_between(today, eighth - ONE_DAY) == 7


def test_no_business_days_lie_between_a_day_and_an_earlier_one() -> None:
    assert business_days_between(date(2026, 11, 24), date(2026, 11, 20)) == 0


@pytest.mark.parametrize("zone", ["America/New_York", "America/Phoenix", "Pacific/Guam", "US/Eastern", "Asia/Kolkata"])
def test_a_day_begins_at_midnight_on_the_clocks_of_the_zone(zone: str) -> None:
    for day in TWO_LEAP_CYCLES[::7]:
        begins = start_of_day(day, zone)
        assert local_date(begins, zone) == day
        assert local_date(begins - timedelta(seconds=1), zone) == day - ONE_DAY
        assert begins.astimezone(ZoneInfo(zone)).time().hour == 0


def test_a_day_whose_midnight_is_skipped_begins_when_the_clocks_have_jumped() -> None:
    begins = start_of_day(date(2018, 11, 4), "America/Sao_Paulo")
    assert begins == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert local_date(begins, "America/Sao_Paulo") == date(2018, 11, 4)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 24))
def test_months_never_go_back(day: date, months: int) -> None:
    assert months_later(day, months) <= months_later(day + ONE_DAY, months)
