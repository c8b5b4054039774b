"""4. How long a sync takes, for both lanes."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from visitsync.domain.decision import Outcome
from visitsync.domain.practice import ConnectionFacts
from visitsync.rules.not_received import not_received
from visitsync.rules.rehearsal import NOW, Rehearsal
from visitsync.rules.sync_time import Lane, abnormal_after, expected_by, fixed_by, is_abnormal

BOOKED_AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
QUICK = ConnectionFacts(emr="kareo", usual_minutes=(3, 15), abnormal_minutes=30)
SLOW = ConnectionFacts(emr="greenway_intergy", usual_minutes=(15, 30), abnormal_minutes=60)
_MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(("connection", "minutes"), [(QUICK, 15), (SLOW, 30)])
def test_r7_it_is_expected_within_the_usual_time_of_the_article(connection: ConnectionFacts, minutes: int) -> None:
    assert expected_by(BOOKED_AT, connection) == BOOKED_AT + timedelta(minutes=minutes)


def test_r7_what_this_connection_has_shown_wins_over_the_article() -> None:
    learned = msgspec.structs.replace(QUICK, learned_minutes=7)
    assert expected_by(BOOKED_AT, learned) == BOOKED_AT + timedelta(minutes=7)


@pytest.mark.parametrize(("connection", "minutes"), [(QUICK, 30), (SLOW, 60)])
def test_r7_exactly_the_limit_is_not_yet_abnormal(connection: ConnectionFacts, minutes: int) -> None:
    limit = BOOKED_AT + timedelta(minutes=minutes)
    assert abnormal_after(BOOKED_AT, connection) == limit
    assert not is_abnormal(BOOKED_AT, limit, connection)
    assert is_abnormal(BOOKED_AT, limit + _MOMENT, connection)


def test_r9_the_slow_lane_may_take_a_day_and_no_more() -> None:
    day = BOOKED_AT + timedelta(hours=24)
    assert expected_by(BOOKED_AT, QUICK, Lane.SLOW) == day
    assert not is_abnormal(BOOKED_AT, day, QUICK, Lane.SLOW)
    assert is_abnormal(BOOKED_AT, day + _MOMENT, QUICK, Lane.SLOW)


def test_r9_the_slow_lane_names_the_next_daily_reading() -> None:
    tomorrow = msgspec.structs.replace(QUICK, next_far_read_at=BOOKED_AT + timedelta(hours=18))
    assert expected_by(BOOKED_AT, tomorrow, Lane.SLOW) == BOOKED_AT + timedelta(hours=18, minutes=15)


def test_r9_a_daily_reading_that_is_late_still_promises_no_more_than_a_day() -> None:
    late = msgspec.structs.replace(QUICK, next_far_read_at=BOOKED_AT + timedelta(hours=40))
    assert expected_by(BOOKED_AT, late, Lane.SLOW) == BOOKED_AT + timedelta(hours=24)


def test_r7_an_appointment_that_was_never_received_is_first_normal_and_then_late() -> None:
    clinic = Rehearsal()
    clinic.connection["last_complete_read_at"] = NOW - timedelta(minutes=2)
    fresh = not_received(clinic.context(), NOW, booked_at=NOW - timedelta(minutes=10))
    assert fresh.outcome is Outcome.WAITING
    assert [finding.code for finding in fresh.findings] == ["not-received-yet"]
    assert fresh.expected_by == NOW + timedelta(minutes=5)
    late = not_received(clinic.context(), NOW, booked_at=NOW - timedelta(minutes=31))
    assert [finding.code for finding in late.findings] == ["not-received-late"]
    assert late.findings[0].evidence["last_read_at"] == "2026-11-23T14:58:00+00:00"


def test_trouble_of_the_connection_leads_where_an_appointment_was_never_received() -> None:
    clinic = Rehearsal()
    clinic.connection["trouble"] = "connection-needs-reconnect"
    decision = not_received(clinic.context(), NOW, booked_at=NOW - timedelta(minutes=10))
    assert [finding.code for finding in decision.findings] == ["connection-needs-reconnect", "not-received-yet"]


def test_r9_an_appointment_far_ahead_that_was_never_received_has_a_day() -> None:
    decision = not_received(
        Rehearsal().context(), NOW, booked_at=NOW - timedelta(hours=3), starts_at=NOW + timedelta(days=40)
    )
    assert [finding.code for finding in decision.findings] == ["not-received-yet"]
    assert decision.expected_by == NOW + timedelta(hours=21)


def test_r8_an_appointment_beyond_three_months_that_was_never_received_has_its_day() -> None:
    clinic = Rehearsal()
    clinic.connection["last_complete_read_at"] = NOW - timedelta(hours=3)
    decision = not_received(clinic.context(), NOW, starts_at=NOW + timedelta(days=200))
    assert [finding.code for finding in decision.findings] == ["beyond-horizon", "not-received-yet"]
    assert decision.expected_by is not None
    assert timedelta(days=100) < decision.expected_by - NOW < timedelta(days=115)


def test_nobody_says_by_when_it_will_be_received_while_the_connection_is_not_read() -> None:
    clinic = Rehearsal()
    clinic.connection |= {"last_complete_read_at": NOW, "trouble": "emr-outage"}
    assert not_received(clinic.context(), NOW).expected_by is None


def test_what_was_learned_promises_no_less_than_the_least_usual_time_and_of_a_fix_no_less_than_the_longest() -> None:
    quick = msgspec.structs.replace(QUICK, learned_minutes=0)
    assert expected_by(NOW, quick) == NOW + timedelta(minutes=3)
    assert fixed_by(NOW, quick) == NOW + timedelta(minutes=15)
    slow = msgspec.structs.replace(QUICK, learned_minutes=22)
    assert expected_by(NOW, slow) == fixed_by(NOW, slow) == NOW + timedelta(minutes=22)
