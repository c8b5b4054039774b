"""4 and 6. The window, the lanes, unclear times, late bookings, and what is over."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from visitsync.domain.appointment import AppointmentStatus
from visitsync.domain.decision import Outcome
from visitsync.domain.local_time import Clarity, from_wall
from visitsync.domain.practice import CatalogEntry, OpeningHours
from visitsync.rules.calendar import ONE_DAY, enters_window_on, start_of_day
from visitsync.rules.decide import decide
from visitsync.rules.rehearsal import NOW, TELEMEDICINE, ZONE, Rehearsal, a_booking, a_practitioner, at

_MOMENT = timedelta(microseconds=1)
_LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # year, month, day and so on


def test_r8_more_than_three_months_ahead_waits_and_says_the_date() -> None:
    decision = Rehearsal().decide(start=at(2027, 2, 24))
    assert decision.outcome is Outcome.WAITING
    (finding,) = decision.findings
    assert finding.code == "beyond-horizon"
    assert finding.evidence == {"months": "3", "enters_on": "2026-11-24"}
    assert decision.recheck_at == start_of_day(date(2026, 11, 24), ZONE)
    assert decision.expected_by == _utc(2026, 11, 24, 5, 15)


def test_r8_exactly_three_months_ahead_is_inside_until_the_last_minute_of_the_day() -> None:
    assert Rehearsal().decide(start=at(2027, 2, 23, 23, 59)).outcome is Outcome.READY


def test_r16_what_else_is_wrong_is_shown_while_it_waits() -> None:
    clinic = Rehearsal()
    clinic.patient(email="")
    decision = clinic.decide(start=at(2027, 5, 3))
    assert decision.outcome is Outcome.WAITING
    assert [finding.code for finding in decision.findings] == ["beyond-horizon", "email-missing"]


def test_r8_every_day_of_two_leap_cycles_enters_exactly_at_the_instant_that_was_said() -> None:
    clinic = Rehearsal()
    clinic.settings["practitioners"] = {"d1": a_practitioner("d1", "Imara Osei", staff_id="s1")}
    practice = clinic.context()
    for n in range(366 * 8):
        day = date(2024, 1, 1) + n * ONE_DAY
        booking = a_booking(start=at(day.year, day.month, day.day), booked_at=_LONG_AGO)
        enters_at = start_of_day(enters_window_on(day, 3), ZONE)
        before, then = decide(booking, practice, enters_at - _MOMENT), decide(booking, practice, enters_at)
        assert (before.outcome, before.recheck_at) == (Outcome.WAITING, enters_at), day
        assert then.outcome is Outcome.READY, day


def test_r8_the_practices_own_zone_decides_when_the_day_begins() -> None:
    clinic = Rehearsal()
    clinic.settings["zone"] = "Pacific/Honolulu"
    decision = clinic.decide(start=at(2027, 5, 3))
    assert decision.recheck_at == start_of_day(date(2027, 2, 3), "Pacific/Honolulu")


def test_a_window_that_was_set_shorter_is_named_as_the_cause() -> None:
    clinic = Rehearsal()
    clinic.connection["sync_months"] = 1
    assert clinic.codes(start=at(2027, 1, 15)) == ["sync-window-shortened"]
    assert clinic.codes(start=at(2027, 3, 15)) == ["beyond-horizon"]
    assert clinic.decide(start=at(2027, 1, 15)).outcome is Outcome.WAITING


def test_r9_what_must_be_fixed_far_ahead_says_that_a_fix_may_take_a_day() -> None:
    clinic = Rehearsal()
    clinic.patient(email="")
    # Seven business days after Monday 23 November, with Thanksgiving between, is Thursday 3 December.
    assert clinic.codes(start=at(2026, 12, 3)) == ["email-missing"]
    decision = clinic.decide(start=at(2026, 12, 4))
    assert [finding.code for finding in decision.findings] == ["email-missing", "slow-lane"]
    assert decision.recheck_at == start_of_day(date(2026, 11, 24), ZONE)
    assert clinic.codes(decision.recheck_at, start=at(2026, 12, 4)) == ["email-missing"]


def test_r9_a_visit_that_is_ready_is_not_bothered_with_lanes() -> None:
    assert Rehearsal().decide(start=at(2026, 12, 4)).findings == ()


@pytest.mark.parametrize(
    ("wall", "code"),
    [(datetime(2027, 3, 14, 2, 30), "time-nonexistent"), (datetime(2026, 11, 1, 1, 30), "time-ambiguous")],
)
def test_a_time_that_is_unclear_is_held_and_never_guessed(wall: datetime, code: str) -> None:
    clinic = Rehearsal()
    decision = clinic.decide(
        _utc(wall.year, wall.month, wall.day) - timedelta(days=20), start=from_wall(wall, ZONE), booked_at=_LONG_AGO
    )
    assert decision.outcome is Outcome.ON_HOLD
    assert decision.findings[0].code == code
    assert decision.findings[0].evidence["zone"] == ZONE


def test_two_statements_about_one_time_are_held() -> None:
    start = at(2026, 11, 24)
    contradictory = type(start)(start.wall, start.zone, start.instant, Clarity.CONTRADICTORY)
    assert Rehearsal().codes(start=contradictory) == ["time-contradictory"]


def test_an_unclear_time_that_the_details_may_clear_up_is_only_waited_for() -> None:
    start = from_wall(datetime(2027, 3, 14, 2, 30), ZONE)
    decision = Rehearsal().decide(_utc(2027, 3, 8), start=start, lacks_detail=True)
    assert decision.outcome is Outcome.WAITING
    assert [finding.code for finding in decision.findings] == ["details-not-read-yet"]


def test_an_unclear_time_is_over_a_day_after_its_end_by_any_reading() -> None:
    start = from_wall(datetime(2026, 11, 1, 1, 30), ZONE)
    over_at = start.instant + timedelta(minutes=30, days=1)
    assert Rehearsal().decide(over_at - _MOMENT, start=start).outcome is Outcome.ON_HOLD
    assert Rehearsal().decide(over_at, start=start).outcome is Outcome.OVER


def test_provider_and_location_on_different_clocks_are_pointed_out() -> None:
    clinic = Rehearsal()
    clinic.settings["practitioners"] = {"d1": a_practitioner("d1", "Imara Osei", staff_id="s1", zone="America/Chicago")}
    decision = clinic.decide()
    assert decision.outcome is Outcome.READY
    assert [finding.code for finding in decision.findings] == ["zones-differ"]
    clinic.settings["locations"] = {"l1": CatalogEntry(id="l1", name="West", zone="US/Central")}
    assert clinic.codes() == []


def test_a_zone_that_nobody_knows_does_not_stop_the_judging() -> None:
    clinic = Rehearsal()
    clinic.settings["practitioners"] = {"d1": a_practitioner("d1", "Imara Osei", staff_id="s1", zone="Mars/Olympus")}
    assert clinic.decide().outcome is Outcome.READY


def test_outside_opening_hours_and_on_closed_days_is_a_warning() -> None:
    clinic = Rehearsal()
    clinic.settings["opening_hours"] = tuple(OpeningHours(day, time(8), time(17)) for day in range(5))
    assert clinic.codes(start=at(2026, 11, 24, 8)) == []
    assert clinic.codes(start=at(2026, 11, 24, 16, 30)) == []
    assert clinic.codes(start=at(2026, 11, 24, 16, 45)) == ["outside-opening-hours"]
    assert clinic.codes(start=at(2026, 11, 24, 3)) == ["outside-opening-hours"]
    assert clinic.codes(start=at(2026, 11, 28)) == ["outside-opening-hours"]
    clinic.settings["closures"] = frozenset({date(2026, 11, 24)})
    assert clinic.codes(start=at(2026, 11, 24, 9)) == ["practice-closed"]
    assert clinic.decide(start=at(2026, 11, 24, 9)).outcome is Outcome.READY


@pytest.mark.parametrize("minutes", [0, -30, 5, 20])
def test_a_length_that_cannot_be_used_blocks(minutes: int) -> None:
    clinic = Rehearsal()
    clinic.connection["duration_step_minutes"] = 15
    assert clinic.codes(duration_minutes=minutes) == ["duration-not-allowed"]
    assert clinic.codes(duration_minutes=45) == []


@pytest.mark.parametrize(
    ("booked_at", "grace"),
    [
        (_utc(2026, 11, 16, 14, 0), 0),  # the week before
        (_utc(2026, 11, 24, 14, 0), 0),  # exactly 30 minutes before its start
        (_utc(2026, 11, 24, 14, 1), 15),
        (_utc(2026, 11, 24, 14, 28), 15),
        (_utc(2026, 11, 24, 14, 45), 15),  # while it is going on
        (_utc(2026, 11, 24, 15, 0), 0),  # at its end
        (_utc(2026, 11, 25, 15, 0), 0),
        (None, 15),
    ],
)
def test_r13_it_is_over_when_it_has_ended_with_the_usual_sync_time_added_where_it_was_booked_late(
    booked_at: datetime | None, grace: int
) -> None:
    over_at = _utc(2026, 11, 24, 15, 0) + timedelta(minutes=grace)
    booking: dict[str, Any] = {"start": at(2026, 11, 24, 9, 30), "booked_at": booked_at}
    assert Rehearsal().decide(over_at - _MOMENT, **booking).outcome is Outcome.READY
    assert Rehearsal().decide(over_at, **booking).outcome is Outcome.OVER


def test_r13_booked_two_minutes_before_and_seen_six_minutes_after_its_start_it_is_no_past_one() -> None:
    start = at(2026, 11, 24, 10, 0)
    booked_at = start.instant - timedelta(minutes=2)
    decision = Rehearsal().decide(start.instant + timedelta(minutes=6), start=start, booked_at=booked_at)
    assert decision.outcome is Outcome.READY
    assert [finding.code for finding in decision.findings] == ["begun-when-it-arrived"]


def test_r13_first_sight_tells_whether_it_had_begun() -> None:
    start = at(2026, 11, 24, 10, 0)
    booking: dict[str, Any] = {"start": start, "booked_at": start.instant - timedelta(minutes=2)}
    before, after = start.instant - timedelta(minutes=1), start.instant + timedelta(minutes=6)
    for now in (before, after):
        assert Rehearsal().codes(now, **booking, first_seen_at=before) == ["booked-close-to-start"]
    assert Rehearsal().codes(after, **booking, first_seen_at=after) == ["begun-when-it-arrived"]


def test_r13_a_past_appointment_is_over_and_says_why() -> None:
    decision = Rehearsal().decide(start=at(2026, 11, 20))
    assert decision.outcome is Outcome.OVER
    assert [finding.code for finding in decision.findings] == ["over"]
    assert decision.findings[0].evidence == {"ended_at": "2026-11-20T14:30:00+00:00"}
    assert decision.recheck_at is None
    entered_later = Rehearsal().decide(start=at(2026, 11, 20), booked_at=NOW - timedelta(hours=1))
    assert [finding.code for finding in entered_later.findings] == ["booked-after-it-ended"]


def test_over_says_nothing_else_of_the_patient() -> None:
    clinic = Rehearsal()
    clinic.patient(email="", date_of_birth=None)
    assert clinic.codes(start=at(2026, 11, 20)) == ["over"]


def test_r7_what_is_still_unread_after_the_abnormal_time_is_said_to_be_slow() -> None:
    clinic = Rehearsal()
    clinic.patients.clear()
    seen = NOW - timedelta(minutes=30)
    decision = clinic.decide(first_seen_at=seen)
    assert [finding.code for finding in decision.findings] == ["patient-not-read-yet"]
    assert decision.recheck_at == NOW + _MOMENT
    assert clinic.codes(NOW + _MOMENT, first_seen_at=seen) == ["patient-not-read-yet", "slower-than-usual"]
    assert clinic.codes(NOW + _MOMENT, first_seen_at=seen, changed_at=NOW) == ["patient-not-read-yet"]


def test_r7_what_is_unread_is_expected_within_the_usual_time_of_first_sight() -> None:
    clinic = Rehearsal()
    clinic.patients.clear()
    assert clinic.decide(first_seen_at=NOW - timedelta(minutes=5)).expected_by == NOW + timedelta(minutes=10)
    clinic.connection["is_paused"] = True
    assert clinic.decide(first_seen_at=NOW - timedelta(minutes=5)).expected_by is None


@pytest.mark.parametrize("status", [AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN])
def test_a_patient_who_has_arrived_still_has_a_visit(status: AppointmentStatus) -> None:
    assert Rehearsal().decide(status=status, type_text=TELEMEDICINE).outcome is Outcome.READY
