"""When to ask next: often for what is near, daily for what is far, and never much later because something failed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from visitsync.connector_kit.manifest import Feed, Manifest
from visitsync.domain.appointment import MarkKind
from visitsync.sync.cadence import LastReadings, catalog_due, next_read_at, sweep_due, sweep_window

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ZONE = "America/New_York"


def test_a_connection_that_was_never_read_gets_a_full_sweep() -> None:
    window = sweep_due(_manifest(), LastReadings(), ZONE, NOW, months=3)
    assert window is not None
    assert window.is_full


def test_r9_what_is_far_ahead_is_read_once_a_day_and_what_is_near_more_often() -> None:
    read = LastReadings(full_sweep_at=NOW - timedelta(hours=2), near_sweep_at=NOW - timedelta(hours=2))
    near = sweep_due(_manifest(), read, ZONE, NOW, months=3)
    assert near is not None
    assert not near.is_full
    day_later = sweep_due(_manifest(), read, ZONE, NOW + timedelta(hours=22), months=3)
    assert day_later is not None
    assert day_later.is_full


def test_a_sweep_that_just_ended_is_not_due_again() -> None:
    read = LastReadings(full_sweep_at=NOW - timedelta(minutes=59))
    assert sweep_due(_manifest(), read, ZONE, NOW, months=3) is None


def test_the_near_window_holds_more_than_seven_business_days() -> None:
    window = sweep_window(ZONE, NOW, months=3, is_full=False)
    assert window.first == date(2026, 11, 16)
    assert window.last == date(2026, 12, 4)  # Thanksgiving, 26 November, is no business day


def test_r8_the_full_window_reaches_past_three_months_so_that_far_off_appointments_have_a_date() -> None:
    assert sweep_window(ZONE, NOW, months=3, is_full=True).last == date(2027, 3, 23)


def test_r3_a_type_that_no_list_named_has_the_lists_read_again_but_not_all_the_time() -> None:
    assert not catalog_due(LastReadings(catalog_at=NOW - timedelta(minutes=59)), NOW, has_unknown=True)
    assert catalog_due(LastReadings(catalog_at=NOW - timedelta(minutes=60)), NOW, has_unknown=True)


def test_the_emrs_lists_are_read_daily() -> None:
    assert catalog_due(LastReadings(), NOW)
    assert not catalog_due(LastReadings(catalog_at=NOW - timedelta(hours=23)), NOW)
    assert catalog_due(LastReadings(catalog_at=NOW - timedelta(hours=24)), NOW)


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0])
def test_the_next_reading_keeps_the_emrs_rhythm(spread: float) -> None:
    pause = next_read_at(_manifest(), NOW, failures=0, spread=spread) - NOW
    assert timedelta(minutes=4.5) <= pause <= timedelta(minutes=5.5)


def test_failures_back_off_but_never_beyond_about_an_hour() -> None:
    pauses = [next_read_at(_manifest(), NOW, failures=n, spread=0.5) - NOW for n in range(12)]
    assert pauses == sorted(pauses)
    assert pauses[1] == timedelta(minutes=10)
    assert max(pauses) <= timedelta(minutes=66)


def _manifest() -> Manifest:
    return Manifest(
        emr="pretend",
        name="Pretend",
        default_base_url="https://pretend.example",
        allowed_hosts=(),
        feed=Feed.POLL,
        usual_minutes=(3, 15),
        abnormal_minutes=30,
        poll_minutes=5,
        sweep_hours=1,
        marks=(MarkKind.TYPE,),
        is_matched_by_id=True,
        required_demographics=frozenset(),
        words={},
        credentials=(),
        limits=(),
        reconnect_steps="",
    )
