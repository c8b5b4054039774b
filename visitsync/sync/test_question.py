"""What staff type, understood."""

from datetime import date

import pytest

from visitsync.sync.question import LONGEST_QUERY, day_meant, understood

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


@pytest.mark.parametrize(
    ("query", "day", "rest"),
    [
        ("thorsen tomorrow", date(2026, 11, 25), "thorsen"),
        ("okafor on Nov 30", date(2026, 11, 30), "okafor"),
        ("dec 2nd,  thorsen", date(2026, 12, 2), "thorsen"),
        ("3 January", date(2027, 1, 3), ""),
        ("Oct 9, 2026", date(2026, 10, 9), ""),
        ("next friday varga", date(2026, 11, 27), "varga"),
        ("Jun Park", None, "Jun Park"),
        ("feb 30 varga", None, "feb 30 varga"),
    ],
)
def test_a_day_is_told_from_what_else_is_said(query: str, day: date | None, rest: str) -> None:
    found = understood(query, TUESDAY)
    assert (found.day, found.rest) == (day, rest)


def test_nobody_types_more_than_is_read() -> None:
    assert len(understood("x " * 5_000, TUESDAY).text) == LONGEST_QUERY
