"""Opening hours as people write them, and as they are kept."""

import pytest

from visitsync.web.staff.catalog.asked import CannotBeAsked
from visitsync.web.staff.catalog.opening import kept_as, week_of

USUAL = "mon-thu 08:00-12:00 | mon-thu 13:00-17:30 | sat 09:00-12:00"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("8:00-17:30", "mon 08:00-17:30"),
        ("8-12, 13-17", "mon 08:00-12:00 | mon 13:00-17:00"),
        ("8am–12 pm; 1 PM to 5:30 PM", "mon 08:00-12:00 | mon 13:00-17:30"),
        ("12am-11:59pm", "mon 00:00-23:59"),
        (" ", ""),
    ],
)
def test_hours_are_understood_as_people_write_them(written: str, kept: str) -> None:
    assert kept_as({"mon": written}) == kept


def test_a_week_stays_what_it_is_when_it_is_read_and_kept() -> None:
    assert kept_as(week_of(USUAL)) == USUAL


def test_equal_days_are_kept_together() -> None:
    week = dict.fromkeys(("mon", "tue", "wed", "fri"), "9-17")
    assert kept_as(week) == "mon-wed 09:00-17:00 | fri 09:00-17:00"


@pytest.mark.parametrize("written", ["soon", "8", "25-26", "8:60-9", "17:00-8:00", "9-9", "٨-٩", "8-12 13-17"])
def test_what_is_no_time_is_refused_by_the_name_of_the_day(written: str) -> None:
    with pytest.raises(CannotBeAsked, match="Friday: "):
        kept_as({"fri": written})
