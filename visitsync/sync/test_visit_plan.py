"""Visits follow their appointments; a plan that would end too many of them at once stops."""

from datetime import UTC, datetime, timedelta

import pytest

from visitsync.domain.appointment import Appointment, AppointmentStatus
from visitsync.domain.decision import Decision, Finding, Outcome
from visitsync.domain.local_time import from_instant
from visitsync.domain.visit import Visit, VisitState
from visitsync.storage.appointments import Judged, encode_findings
from visitsync.sync.visit_plan import UnsafePlan, plan, refuse_unsafe

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
CONNECTION = "7c0a6a1e-0000-4000-8000-000000000001"


def test_an_appointment_that_is_ready_gets_a_visit() -> None:
    made = plan([_judged(Outcome.READY)], {}, now=NOW)
    assert [(one.appointment_id, one.start_at, one.patient_id) for one in made.create] == [("a1", TOMORROW, "p1")]


def test_r15_an_appointment_without_provider_gets_a_visit_that_is_linked_to_nobody() -> None:
    made = plan([_judged(Outcome.NEEDS_PROVIDER)], {}, now=NOW)
    assert made.create[0].practitioner_id is None
    assert made.create[0].staff_id is None


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.READY, Outcome.NEEDS_PROVIDER}))
def test_no_other_outcome_makes_a_visit(outcome: Outcome) -> None:
    assert plan([_judged(outcome)], {}, now=NOW).create == ()


def test_a_second_look_changes_nothing() -> None:
    made = plan([_judged(Outcome.READY)], {"a1": _visit()}, now=NOW)
    assert (made.create, made.change, made.cancelled) == ((), (), 0)


def test_a_moved_appointment_moves_its_visit() -> None:
    later = TOMORROW + timedelta(hours=2)
    (change,) = plan([_judged(Outcome.READY, start=later)], {"a1": _visit()}, now=NOW).change
    assert (change.what, change.visit.start_at, change.visit.id) == ("moved", later, "v1")


@pytest.mark.parametrize("outcome", [Outcome.CANCELLED, Outcome.NEEDS_FIX, Outcome.ON_HOLD, Outcome.NOT_TELEMEDICINE])
def test_an_appointment_that_no_longer_passes_ends_its_visit(outcome: Outcome) -> None:
    made = plan([_judged(outcome)], {"a1": _visit()}, now=NOW)
    assert [one.visit.state for one in made.change] == [VisitState.CANCELLED]
    assert made.cancelled == 1


def test_an_appointment_that_is_over_closes_its_visit_without_cancelling_it() -> None:
    made = plan([_judged(Outcome.OVER)], {"a1": _visit()}, now=NOW)
    assert [one.visit.state for one in made.change] == [VisitState.OVER]
    assert made.cancelled == 0


def test_a_visit_stays_while_only_a_reading_is_missing() -> None:
    waiting = _judged(Outcome.WAITING, codes=("details-not-read-yet",))
    assert plan([waiting], {"a1": _visit()}, now=NOW).change == ()


def test_waiting_for_the_three_months_ends_a_visit_that_was_moved_far_ahead() -> None:
    waiting = _judged(Outcome.WAITING, codes=("beyond-horizon", "patient-not-read-yet"))
    assert [one.visit.state for one in plan([waiting], {"a1": _visit()}, now=NOW).change] == [VisitState.CANCELLED]


def test_an_appointment_that_is_booked_again_gets_its_own_visit_back() -> None:
    cancelled = _visit(state=VisitState.CANCELLED)
    (change,) = plan([_judged(Outcome.READY)], {"a1": cancelled}, now=NOW).change
    assert (change.what, change.visit.id, change.visit.state) == ("restored", "v1", VisitState.ACTIVE)


def test_the_same_id_for_another_patient_ends_the_old_visit_and_makes_a_new_one() -> None:
    made = plan([_judged(Outcome.READY, patient="p2")], {"a1": _visit()}, now=NOW)
    assert [(one.what, one.visit.patient_id, one.visit.state) for one in made.change] == [
        ("other patient", "p1", VisitState.CANCELLED)
    ]
    assert [one.patient_id for one in made.create] == ["p2"]


@pytest.mark.parametrize(("cancelled", "coming"), [(0, 0), (5, 5), (6, 30), (20, 100), (200, 1_000)])
def test_few_or_a_small_share_may_be_cancelled(cancelled: int, coming: int) -> None:
    refuse_unsafe(cancelled, coming)


@pytest.mark.parametrize(("cancelled", "coming"), [(6, 6), (6, 29), (21, 100), (1_000, 1_000)])
def test_a_large_share_stops_the_plan(cancelled: int, coming: int) -> None:
    with pytest.raises(UnsafePlan) as stop:
        refuse_unsafe(cancelled, coming)
    assert (stop.value.cancelled, stop.value.coming) == (cancelled, coming)


def _judged(
    outcome: Outcome, *, start: datetime = TOMORROW, patient: str = "p1", codes: tuple[str, ...] = ()
) -> Judged:
    appointment = Appointment(
        id="a1",
        start=from_instant(start, "America/New_York"),
        duration_minutes=30,
        status=AppointmentStatus.BOOKED,
        patient_id=patient,
    )
    practitioner = "d1" if outcome is Outcome.READY else None
    findings = tuple(Finding(code) for code in codes)
    decision = Decision(outcome=outcome, findings=findings, practitioner_id=practitioner)
    return Judged(appointment=appointment, decision=decision, findings=encode_findings(findings), is_changed=True)


def _visit(state: VisitState = VisitState.ACTIVE) -> Visit:
    return Visit(
        id="v1",
        connection_id=CONNECTION,
        appointment_id="a1",
        state=state,
        start_at=TOMORROW,
        end_at=TOMORROW + timedelta(minutes=30),
        patient_id="p1",
        practitioner_id="d1",
    )
