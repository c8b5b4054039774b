"""Opening hours as an admin writes them."""

from datetime import time

import pytest

from visitsync.domain.opening_hours import read_opening_hours
from visitsync.domain.practice import OpeningHours


def test_days_and_times_are_read() -> None:
    assert read_opening_hours("Mon-Tue 8:00-12:00 | mon 13:00 - 17:30|sat 09:00-12:00") == (
        OpeningHours(0, time(8), time(12)),
        OpeningHours(1, time(8), time(12)),
        OpeningHours(0, time(13), time(17, 30)),
        OpeningHours(5, time(9), time(12)),
    )


def test_nothing_written_restricts_nothing() -> None:
    assert read_opening_hours("  ") == ()


@pytest.mark.parametrize(
    "text",
    ["always", "mon", "mon 8-17", "mon 08:00-25:00", "mon 17:00-08:00", "fri-mon 08:00-17:00", "mon 08:00-08:00"],
)
def test_what_cannot_be_read_is_refused_with_an_example_or_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"written like|follow one another|must be in"):
        read_opening_hours(text)
