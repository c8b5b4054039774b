"""What staff type, understood."""

from datetime import date

import pytest

from visitsync.sync.question import day_meant

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("12/1/2026", date(2026, 12, 1)),
        (" Today ", TUESDAY),
        ("tomorrow", date(2026, 11, 25)),
        ("yesterday", date(2026, 11, 23)),
        ("tuesday", TUESDAY),
        ("Monday", date(2026, 11, 30)),
    ],
)
def test_days_are_understood_as_people_write_them(text: str, day: date) -> None:
    assert day_meant(text, TUESDAY) == day


@pytest.mark.parametrize("text", ["2026-02-30", "13/1/2026", "1/12", "700001", "", "20261124", "٢٠٢٦-١١-٢٤"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_meant(text, TUESDAY) is None
