"""What the last days brought, counted from a past that was written by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.stage.past_weeks import Lived, live, read
from visitsync.storage import practices
from visitsync.storage.database import Database
from visitsync.storage.vault import Vault
from visitsync.sync.activity import STEPS, Activity, Period, activity
from visitsync.sync.office import office_of

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
TEN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""In the morning, at a practice in New York."""
BOOKED = TEN - timedelta(days=1)
FIX = "needs_fix"


@pytest.fixture
def connection_id(database: Database, practice_id: UUID) -> UUID:
    with database.practice(practice_id) as transaction:
        found = practices.add_connection(transaction, emr="drchrono", base_url="https://app.drchrono.com")
        transaction.execute("update connection set created_at = %s", (NOW - timedelta(days=200),))
        transaction.execute("update practice set zone = 'America/New_York'")
        return found


class TestHowVisitsBegan:
    def test_one_is_ready_if_its_visit_was_there_when_it_began(self, told: "Told") -> None:
        start = told(_decided((BOOKED, "ready")), _decided((BOOKED, FIX, "email-missing"))).all_starts
        assert (start.begun, start.ready, start.not_ready) == (2, 1, 1)

    def test_what_became_of_it_afterwards_does_not_matter(self, told: "Told") -> None:
        start = told(
            _decided((BOOKED, "ready"), (TEN + timedelta(hours=1), "over")),
            _decided((BOOKED, "ready"), (TEN + timedelta(hours=1), "cancelled")),
        ).all_starts
        assert (start.begun, start.ready) == (2, 2)

    def test_one_that_needed_somebody_and_was_ready_at_its_start_was_saved(self, told: "Told") -> None:
        start = told(
            _decided((BOOKED, FIX, "email-missing"), (TEN - timedelta(minutes=1), "ready")),
            _decided((BOOKED, FIX, "email-missing"), (TEN + timedelta(minutes=1), "ready")),
            _decided((BOOKED, "ready")),
        ).all_starts
        assert (start.ready, start.saved) == (2, 1)

    def test_minutes_are_lost_until_it_is_ready_and_no_longer_than_until_its_end(self, told: "Told") -> None:
        assert told(_decided((BOOKED, FIX), (TEN + timedelta(minutes=9), "ready"))).all_starts.lost_minutes == 9
        assert told(_decided((BOOKED, FIX), (TEN + timedelta(hours=9), "ready"))).all_starts.lost_minutes == 30
        assert told(_decided((BOOKED, FIX))).all_starts.lost_minutes == 30

    def test_one_that_came_after_its_start_was_not_ready(self, told: "Told") -> None:
        start = told(_decided((TEN + timedelta(minutes=4), "ready"))).all_starts
        assert (start.begun, start.ready, start.lost_minutes) == (1, 0, 4)

    def test_cancelled_over_and_test_visits_do_not_count(self, told: "Told") -> None:
        start = told(
            _decided((BOOKED, "ready"), (TEN - timedelta(hours=1), "cancelled")),
            _decided((TEN + timedelta(hours=2), "over")),
            _decided((BOOKED, "not_telemedicine")),
            _decided((BOOKED, FIX), is_test=True),
        ).all_starts
        assert start.begun == 0

    def test_what_has_not_begun_does_not_count(self, told: "Told") -> None:
        tomorrow = Lived(start=NOW + timedelta(hours=3), booked_at=BOOKED, decided=((BOOKED, FIX, ()),))
        assert told(tomorrow).all_starts.begun == 0

    def test_days_are_those_of_the_practices_clocks(self, told: "Told") -> None:
        late = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
        found = told(Lived(start=late, booked_at=BOOKED, decided=((BOOKED, "ready", ()),)))
        monday = date(2026, 11, 23)
        assert found.starts[Period(monday, monday)].begun == 1


class TestFromBookingToReady:
    def test_is_counted_beside_what_is_usual_and_exactly_thirty_minutes_is_still_normal(self, told: "Told") -> None:
        speed = told(*(_took(minutes) for minutes in (2, 3, 15, 16, 30, 31))).speeds[0]
        assert (speed.quicker, speed.within, speed.slower, speed.too_slow) == (1, 2, 2, 1)
        assert (speed.middle, speed.nearly_all, speed.late_minutes) == (16, 31, 1 + 15 + 16)
        assert dict(zip(STEPS, speed.counts, strict=True))[30] == 1
        assert speed.count == 6

    def test_what_had_to_be_put_right_first_says_nothing_about_the_sync(self, told: "Told") -> None:
        speed = told(_decided((BOOKED, FIX, "email-missing"), (BOOKED + timedelta(hours=2), "ready"))).speeds[0]
        assert (speed.count, speed.waited) == (0, 1)

    def test_what_is_booked_far_ahead_may_take_a_day(self, told: "Told") -> None:
        ready = NOW - timedelta(hours=2)
        booked = ready - timedelta(hours=20)
        far = Lived(start=NOW + timedelta(days=30), booked_at=booked, decided=((ready, "ready", ()),))
        speed = told(far).speeds[0]
        assert (speed.count, speed.far) == (0, 1)

    def test_test_visits_are_left_out(self, told: "Told") -> None:
        assert told(_decided((BOOKED, "ready"), is_test=True)).speeds[0].count == 0


class TestWhatStoodInTheWay:
    def test_each_appointment_counts_once_for_every_reason_when_it_was_first_found(self, told: "Told") -> None:
        yesterday = TEN - timedelta(days=1)
        found = told(
            _decided((yesterday, FIX, "email-missing", "demographics-missing"), (TEN, FIX, "email-missing")),
            _decided((TEN, FIX, "email-missing")),
        )
        assert [(one.code, one.total, one.by_period[-2:]) for one in found.causes] == [
            ("email-missing", 2, (1, 1)),
            ("demographics-missing", 1, (1, 0)),
        ]

    def test_what_warns_beside_it_is_no_cause(self, told: "Told") -> None:
        found = told(_decided((TEN, FIX, "email-missing", "phone-unusable", "slow-lane")))
        assert [one.code for one in found.causes] == ["email-missing"]


def test_what_only_the_sweep_found_is_told_with_all_that_changed(
    database: Database, vault: Vault, practice_id: UUID, connection_id: UUID
) -> None:
    with database.practice(practice_id) as transaction:
        read(transaction, connection_id, NOW - timedelta(days=2), changed=40, repaired=1)
        read(transaction, connection_id, NOW - timedelta(days=12), changed=99, repaired=9)
        found = activity(transaction, office_of(transaction, vault, NOW), 7)
    assert [(one.found_only_by_sweep, one.changed, one.readings) for one in found.sweeps] == [(1, 40, 1)]


@pytest.mark.parametrize(("days", "count", "first"), [(7, 7, 1), (30, 5, 2), (90, 13, 6)])
def test_a_week_is_told_by_days_and_more_by_weeks_that_end_today(
    told: "Told", days: int, count: int, first: int
) -> None:
    periods = told(days=days).periods
    assert len(periods) == count
    assert (periods[0].last - periods[0].first).days + 1 == first
    assert sum((one.last - one.first).days + 1 for one in periods) == days
    assert periods[-1].last == date(2026, 11, 24)


def test_nothing_of_another_practice_is_counted(database: Database, vault: Vault, told: "Told") -> None:
    told(_decided((BOOKED, FIX, "email-missing")))
    other = practices.add_practice(database, slug="elsewhere", name="Elsewhere", zone="America/New_York")
    with database.practice(other.practice_id) as transaction:
        assert activity(transaction, office_of(transaction, vault, NOW), 7).is_empty


class Told:
    """Lives a past, after removing an earlier one, and counts."""

    _lives = 0

    def __init__(self, database: Database, vault: Vault, practice_id: UUID, connection_id: UUID) -> None:
        self._database, self._vault = database, vault
        self._practice_id, self._connection_id = practice_id, connection_id

    def __call__(self, *past: Lived, days: int = 7) -> Activity:
        with self._database.practice(self._practice_id) as transaction:
            for table in ("visit", "appointment"):
                transaction.execute(f"delete from {table} where practice_id = %s", (self._practice_id,))
            self._lives += 1
            live(transaction, self._connection_id, past, prefix=f"life{self._lives}")
            return activity(transaction, office_of(transaction, self._vault, NOW), days)


@pytest.fixture
def told(database: Database, vault: Vault, practice_id: UUID, connection_id: UUID) -> Told:
    return Told(database, vault, practice_id, connection_id)


def _decided(*said: Any, is_test: bool = False) -> Lived:
    """An appointment at ten that was booked when it was first judged; each is when, outcome, codes."""
    decided = tuple((at, str(outcome), tuple(map(str, codes))) for at, outcome, *codes in said)
    return Lived(start=TEN, booked_at=min(decided[0][0], BOOKED), decided=decided, is_test=is_test)


def _took(minutes: int) -> Lived:
    return Lived(start=TEN, booked_at=BOOKED, decided=((BOOKED + timedelta(minutes=minutes), "ready", ()),))
