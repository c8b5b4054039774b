"""Wall times become instants in one place; what the clocks skip or show twice is flagged and never guessed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.domain.local_time import Clarity, UnknownZone, from_fixed_offset, from_instant, from_wall

ZONES = st.sampled_from(["America/New_York", "US/Eastern", "America/Phoenix", "America/Indiana/Knox", "Pacific/Guam"])
WALLS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 12, 31)).map(
    lambda wall: wall.replace(second=0, microsecond=0)
)


@pytest.mark.parametrize(
    ("wall", "clarity"),
    [
        ("2026-03-08T01:59", Clarity.CERTAIN),
        ("2026-03-08T02:00", Clarity.NONEXISTENT),
        ("2026-03-08T02:59", Clarity.NONEXISTENT),
        ("2026-03-08T03:00", Clarity.CERTAIN),
        ("2026-11-01T00:59", Clarity.CERTAIN),
        ("2026-11-01T01:00", Clarity.AMBIGUOUS),
        ("2026-11-01T01:59", Clarity.AMBIGUOUS),
        ("2026-11-01T02:00", Clarity.CERTAIN),
    ],
)
def test_the_hours_around_both_clock_changes_are_told_apart(wall: str, clarity: Clarity) -> None:
    assert from_wall(datetime.fromisoformat(wall), "America/New_York").clarity is clarity


@given(WALLS, ZONES)
def test_a_certain_wall_time_reads_the_same_on_a_clock_at_its_instant(wall: datetime, zone: str) -> None:
    read = from_wall(wall, zone)
    if read.clarity is Clarity.CERTAIN:
        assert read.instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
    assert read.wall == wall
    assert read.instant.tzinfo is UTC


@given(WALLS, ZONES)
def test_an_instant_and_its_wall_time_belong_together(wall: datetime, zone: str) -> None:
    seen = from_instant(wall.replace(tzinfo=UTC), zone)
    again = from_wall(seen.wall, zone)
    assert again.instant == seen.instant or again.clarity is Clarity.AMBIGUOUS


@given(WALLS, ZONES, st.integers(-11, 11))
def test_a_fixed_offset_is_taken_literally_whatever_the_clocks_do(wall: datetime, zone: str, hours: int) -> None:
    read = from_fixed_offset(wall, hours, zone)
    assert read.instant == (wall - timedelta(hours=hours)).replace(tzinfo=UTC)
    assert read.clarity is Clarity.CERTAIN


@pytest.mark.parametrize("name", ["", "Nowhere/Atlantis", "../../etc/passwd", "America", "\0"])
def test_an_unknown_zone_is_an_error_and_never_another_zone(name: str) -> None:
    with pytest.raises(UnknownZone):
        from_wall(datetime(2026, 5, 4, 9), name)
