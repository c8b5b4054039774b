"""Times as EMRs write them are read in all known forms, and in no other."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.connector_kit.wall_time import instant_in_zone, iso_date, iso_wall, us_wall, utc_instant
from visitsync.domain.local_time import from_wall

TEN = datetime(2026, 11, 17, 10)
WALLS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2190, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-17T10:00:00",
        "2026-11-17 10:00:00",
        "2026-11-17T10:00",
        "2026-11-17T10:00:00.0",
        "2026-11-17T10:00:00,000000",
    ],
)
def test_iso_forms_are_read(text: str) -> None:
    assert iso_wall(text) == TEN


@given(WALLS)
def test_every_iso_time_comes_back(wall: datetime) -> None:
    assert iso_wall(wall.isoformat()) == wall


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-17",
        "2026-11-17T10",
        "2026-11-17T24:00:00",
        "2026-11-31T10:00:00",
        "2026-11-17T10:00:00Z",
        "2026-11-17T10:00:00-05:00",
        "20261117T100000",
        "2026-W47-2T10:00:00",
        " 2026-11-17T10:00:00",
        "2026-11-17T10:00:00\n",
        "２０２６-11-17T10:00:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
        "sometime soon",
    ],
)
def test_what_is_no_local_iso_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|day|month|hour"):
        iso_wall(text)


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("11/17/2026 10:00:00 AM", TEN),
        ("11/17/2026 10:00 am", TEN),
        ("11/17/2026 10:00:00", TEN),
        ("11/17/2026 12:30:00 AM", datetime(2026, 11, 17, 0, 30)),
        ("11/17/2026 12:30:00 PM", datetime(2026, 11, 17, 12, 30)),
        ("2/4/2026 1:05:09 PM", datetime(2026, 2, 4, 13, 5, 9)),
        ("02/04/2026", datetime(2026, 2, 4)),
    ],
)
def test_us_forms_are_read(text: str, wall: datetime) -> None:
    assert us_wall(text) == wall


@pytest.mark.parametrize(
    "text", ["", "17/11/2026", "11/17/26", "11/17/2026 13:00 PM", "11/17/2026 0:30 AM", "2026-11-17", "1/1/0001"]
)
def test_what_is_no_us_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|month|day|hour"):
        us_wall(text)


@pytest.mark.parametrize("text", ["2026-11-17T15:00:00Z", "2026-11-17T10:00:00-05:00", "2026-11-17T10:00:00.000-0500"])
def test_instants_carry_their_offset(text: str) -> None:
    assert utc_instant(text) == datetime(2026, 11, 17, 15, tzinfo=UTC)


def test_a_naive_instant_is_utc_only_where_that_is_known() -> None:
    assert utc_instant("2026-11-17T15:00:00", naive_is_utc=True) == datetime(2026, 11, 17, 15, tzinfo=UTC)
    with pytest.raises(ValueError, match=r"expected"):
        utc_instant("2026-11-17T15:00:00")


@given(WALLS, st.sampled_from(["US/Eastern", "America/Phoenix", "Pacific/Honolulu", "Australia/Lord_Howe"]))
def test_the_quick_way_to_an_instant_gives_what_the_careful_way_gives(wall: datetime, zone: str) -> None:
    wall = wall.replace(microsecond=0)
    assert instant_in_zone(wall.isoformat(), zone) == from_wall(wall, zone).instant


@pytest.mark.parametrize("day", [datetime(2026, 11, 1), datetime(2027, 3, 14)])
def test_the_quick_way_is_right_in_every_minute_of_a_day_on_which_clocks_change(day: datetime) -> None:
    for minute in range(-60, 25 * 60):
        wall = day + timedelta(minutes=minute)
        assert instant_in_zone(wall.isoformat(), "US/Pacific") == from_wall(wall, "US/Pacific").instant


@pytest.mark.parametrize("text", ["2026-11-17T10:60:00", "2026-11-17T10:0:00", "2026-11-17T10: 1:00", "yesterday"])
def test_the_quick_way_refuses_what_the_careful_way_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|minute"):
        instant_in_zone(text, "US/Eastern")


def test_dates_are_read_strictly() -> None:
    assert iso_date("1989-04-09") == date(1989, 4, 9)
    for text in ("", "1989-4-9", "19890409", "1989-02-30", "04/09/1989", "1989-W14-7"):
        with pytest.raises(ValueError, match=r"expected|day|month"):
            iso_date(text)
