"""Times that are read by the hour, of which there are few, are read as those that are read one by one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitsync.connectors.kareo.texts import as_utc, list_wall, stamp
from visitsync.domain.local_time import from_wall

ZONES = st.sampled_from(["America/Chicago", "America/Phoenix", "UTC"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(microsecond=0))
FORMS = st.sampled_from(
    ["%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%m/%d/%Y"]
)


@given(MOMENTS, FORMS, st.integers(-12, 14))
def test_a_shifted_time_becomes_utc(at: datetime, form: str, offset: int) -> None:
    text = at.strftime(form)
    assert as_utc(text, offset) == f"{(list_wall(text) - timedelta(hours=offset)).isoformat()}Z"


@given(MOMENTS, FORMS, ZONES)
def test_a_naive_stamp_is_a_wall_time_of_its_zone(at: datetime, form: str, zone: str) -> None:
    text = at.strftime(form)
    assert stamp(text, zone) == from_wall(list_wall(text), zone).instant


@pytest.mark.parametrize(
    "text", ["11/17/2026 13:61:00 PM", "11/17/2026 10:00:61", "2026-11-17T24:00:00", "soon", ":", ""]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert stamp(text, "America/Chicago") is None
    assert as_utc(text, -6) == text


def test_parts_of_a_second_are_kept() -> None:
    assert as_utc("2026-11-17T10:00:05.250", -6) == "2026-11-17T16:00:05.250000Z"
    assert stamp("2026-11-17T10:00:05.250", "UTC") == datetime(2026, 11, 17, 10, 0, 5, 250_000, tzinfo=UTC)
