"""Digests and warnings in plain words: what must be known first, counts that agree, nothing of a patient."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from visitsync.domain.decision import Outcome
from visitsync.sync.telling.seen import Coming
from visitsync.sync.telling.times import Calendar
from visitsync.sync.telling.words import Words, digest_words, ready_words, warning_words

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""A Tuesday, seven o'clock in New York; Thursday is Thanksgiving."""
EASTERN = Calendar(zone="America/New_York")


def visits(*hours_ahead: float, outcome: Outcome = Outcome.READY) -> list[Coming]:
    return [
        Coming(
            connection_id=UUID(int=1), appointment_id=str(one), starts_at=NOW + timedelta(hours=one),
            outcome=outcome, location="", practitioner="",
        )
        for one in hours_ahead
    ]  # fmt: skip


def said(coming: list[Coming], now: datetime = NOW, *, is_own: bool = False) -> Words:
    words = digest_words(coming, EASTERN, now, is_own=is_own)
    assert words is not None
    return words


def test_a_digest_is_titled_by_the_day_that_can_still_be_prepared() -> None:
    tomorrow = visits(*[28 + number / 10 for number in range(12)]) + visits(27, 27.5, outcome=Outcome.NEEDS_FIX)
    assert said(visits(3, 4) + tomorrow).title == "Tomorrow: 14 visits, 2 need you"


def test_what_needs_somebody_today_comes_first() -> None:
    words = said(visits(3, outcome=Outcome.ON_HOLD) + visits(4, 27))
    assert words.title == "Today: 2 visits, 1 needs you · Tomorrow: 1 visit, which is on track"


def test_before_a_holiday_the_next_open_day_is_named_and_visits_between_are_told() -> None:
    wednesday = NOW + timedelta(days=1)
    words = said(visits(24 + 3) + visits(48 + 4) + visits(72 + 3, outcome=Outcome.NEEDS_PROVIDER), wednesday)
    assert words.title == "Fri, Nov 27: 1 visit, 1 needs you"
    assert words.lines == (
        "Today: 1 visit, which is on track.",
        "Tomorrow: 1 visit, which is on track.",
    )


def test_when_all_is_well_nothing_is_asked_of_anybody() -> None:
    assert said(visits(27)).lines[-1] == "Nothing needs to be done now."


def test_only_todays_visits_title_the_digest_where_tomorrow_has_none() -> None:
    assert said(visits(3, 4)).title == "Today: 2 visits, all on track"


def test_a_providers_digest_asks_nothing_of_them() -> None:
    words = said(visits(27, 28, outcome=Outcome.NEEDS_FIX), is_own=True)
    assert words.title == "Tomorrow: 2 visits, 2 not ready yet"
    assert words.lines[-1] == "The front desk sees what is missing."


def test_waiting_is_no_need_of_anybody() -> None:
    assert said(visits(27, outcome=Outcome.WAITING)).title == "Tomorrow: 1 visit, which is on track"


def test_without_visits_there_is_nothing_to_say() -> None:
    assert digest_words([], EASTERN, NOW, is_own=False) is None


@pytest.mark.parametrize(
    ("hours", "title"),
    [
        ([3.5], "The visit at 10:30 AM is not ready"),
        ([3.5, 4], "2 visits are not ready, the first at 10:30 AM"),
        ([18], "The visit tomorrow 1:00 AM is not ready"),
    ],
)
def test_warnings_tell_times_and_nothing_else(hours: list[float], title: str) -> None:
    assert warning_words(visits(*hours), EASTERN.zone, NOW).title == title


def test_a_long_warning_ends_with_how_many_more() -> None:
    lines = warning_words(visits(*[1 + number / 4 for number in range(12)]), EASTERN.zone, NOW).lines
    assert lines == ("8:00 AM, 8:15 AM, 8:30 AM, 8:45 AM, 9:00 AM, 9:15 AM, 9:30 AM, 9:45 AM and 4 more",)


def test_all_clear_names_what_was_warned_of() -> None:
    starts = [one.starts_at for one in visits(3, 4)]
    assert ready_words(starts[:1], EASTERN.zone, NOW).title == "All clear: the visit at 10:00 AM needs nobody any more"
    assert ready_words(starts, EASTERN.zone, NOW).title == "All clear: 2 visits need nobody any more"
