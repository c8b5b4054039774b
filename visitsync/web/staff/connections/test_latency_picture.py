"""The small picture of a connection's last day."""

from datetime import UTC, datetime, timedelta

import pytest

from visitsync.web.staff.connections.latency_picture import HALF_A_TIME, WIDTH, picture_of


@pytest.mark.parametrize("minutes", range(0, 24 * 60, 37))
def test_no_time_under_it_leaves_the_picture(minutes: int) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=minutes)
    picture = picture_of([], usual=15, abnormal=30, zone="America/Chicago", now=now)
    assert picture.hours
    for hour in picture.hours:
        begins, ends = {
            "middle": (hour.place - HALF_A_TIME, hour.place + HALF_A_TIME),
            "end": (hour.place - 2 * HALF_A_TIME, hour.place),
        }[hour.anchor]
        assert begins >= 0
        assert ends <= WIDTH
