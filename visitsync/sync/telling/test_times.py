"""Open days, quiet hours and the hour of the digest, also on the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import msgspec
import pytest

from visitsync.domain.practice import OpeningHours
from visitsync.domain.role import Role
from visitsync.domain.telling_choices import USUAL
from visitsync.sync.telling.times import Calendar, digest_is_due, may_be_told

EASTERN = Calendar(zone="America/New_York")
USUALLY = USUAL[Role.FRONT_DESK]
ALWAYS = msgspec.structs.replace(USUALLY, quiet=None, is_told_when_closed=True)


def at(day: str, clock: str, *, zone_offset: int = -5) -> datetime:
    wall = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)
    return wall - timedelta(hours=zone_offset)


@pytest.mark.parametrize(
    ("day", "following"),
    [
        ("2026-11-24", "2026-11-25"),
        ("2026-11-25", "2026-11-27"),  # Thanksgiving
        ("2026-11-27", "2026-11-30"),
        ("2026-12-24", "2026-12-28"),
    ],
)
def test_the_next_open_day_passes_over_weekends_and_holidays(day: str, following: str) -> None:
    assert EASTERN.next_open_day(date.fromisoformat(day)) == date.fromisoformat(following)


def test_closures_are_closed_and_a_practice_that_works_on_saturdays_is_open_then() -> None:
    saturdays = Calendar(
        zone="America/New_York",
        closures=frozenset({date(2026, 11, 27)}),
        opening_hours=(OpeningHours(4, time(9), time(17)), OpeningHours(5, time(9), time(12))),
    )
    assert saturdays.next_open_day(date(2026, 11, 20)) == date(2026, 11, 21)
    assert saturdays.next_open_day(date(2026, 11, 21)) == date(2026, 11, 28), "Friday is a closure"


def test_a_practice_that_is_closed_for_good_has_a_next_day_all_the_same() -> None:
    days = frozenset(date(2026, 1, 1) + timedelta(days=number) for number in range(400))
    closed = msgspec.structs.replace(EASTERN, closures=days)
    assert closed.next_open_day(date(2026, 3, 2)) == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("clock", "may"), [("06:59", False), ("07:00", True), ("19:59", True), ("20:00", False), ("00:30", False)]
)
def test_quiet_hours_pass_over_midnight_on_the_practices_clocks(clock: str, may: bool) -> None:
    assert may_be_told(USUALLY, EASTERN, at("2026-11-24", clock)) is may


@pytest.mark.parametrize(("clock", "may"), [("11:59", True), ("12:00", False), ("12:59", False), ("13:00", True)])
def test_quiet_hours_may_lie_within_a_day(clock: str, may: bool) -> None:
    lunch = msgspec.structs.replace(USUALLY, quiet=(time(12), time(13)))
    assert may_be_told(lunch, EASTERN, at("2026-11-24", clock)) is may


def test_without_quiet_hours_and_on_closed_days_too_means_always() -> None:
    assert may_be_told(ALWAYS, EASTERN, at("2026-11-26", "03:00"))
    assert not may_be_told(USUALLY, EASTERN, at("2026-11-26", "10:00")), "Thanksgiving"


@pytest.mark.parametrize(("clock", "due"), [("06:59", False), ("07:00", True), ("10:59", True), ("11:00", False)])
def test_a_digest_comes_at_its_hour_and_is_old_after_four(clock: str, due: bool) -> None:
    assert digest_is_due(USUALLY, EASTERN, at("2026-11-24", clock)) is due


@pytest.mark.parametrize("day", ["2026-11-28", "2026-11-29", "2026-11-26"])
def test_no_digest_comes_on_a_closed_day_unless_it_is_wanted(day: str) -> None:
    assert not digest_is_due(USUALLY, EASTERN, at(day, "07:30"))
    assert digest_is_due(ALWAYS, EASTERN, at(day, "07:30"))


def test_on_days_when_clocks_change_the_digest_keeps_its_wall_time() -> None:
    spring, autumn = "2026-03-08", "2026-11-01"
    assert digest_is_due(ALWAYS, EASTERN, at(spring, "07:00", zone_offset=-4))
    assert not digest_is_due(ALWAYS, EASTERN, at(spring, "06:59", zone_offset=-4))
    assert digest_is_due(ALWAYS, EASTERN, at(autumn, "07:00"))
    assert not digest_is_due(ALWAYS, EASTERN, at(autumn, "06:59"))


def test_a_digest_at_an_hour_that_clocks_skip_comes_as_soon_as_it_would_have_been() -> None:
    skipped = msgspec.structs.replace(ALWAYS, digest_at=time(2, 30))
    seven_utc = datetime(2026, 3, 8, 7, 0, tzinfo=UTC)  # the clocks go from 2:00 to 3:00
    assert not digest_is_due(skipped, EASTERN, seven_utc + timedelta(minutes=29))
    assert digest_is_due(skipped, EASTERN, seven_utc + timedelta(minutes=30))


def test_quiet_hours_hold_through_the_hour_that_comes_twice() -> None:
    night = msgspec.structs.replace(ALWAYS, quiet=(time(22), time(1, 30)))
    first, second = datetime(2026, 11, 1, 5, 15, tzinfo=UTC), datetime(2026, 11, 1, 6, 15, tzinfo=UTC)
    assert [may_be_told(night, EASTERN, one) for one in (first, second)] == [False, False]
    assert may_be_told(night, EASTERN, datetime(2026, 11, 1, 6, 30, tzinfo=UTC))
