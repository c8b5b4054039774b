"""Asks every rule about one appointment and gives the one answer."""

from datetime import datetime

from visitsync.domain.appointment import Appointment, AppointmentStatus
from visitsync.domain.decision import WITH_VISIT, Decision, Finding, Outcome
from visitsync.domain.practice import PracticeContext
from visitsync.rules import about_patient, past, place, provider, reading, state, sync_time, timing
from visitsync.rules.lookups import Lookups, lookups_for
from visitsync.rules.recognition import Recognised, recognise
from visitsync.rules.timing import Timing
from visitsync.rules.weighing import in_order, outcome_of

RULES_VERSION = "2"
"""Goes up whenever the same appointment, practice and time may be answered otherwise; every decision names it."""

_HELD_SLOT = Decision(outcome=Outcome.NOT_TELEMEDICINE, findings=(Finding("held-slot"),))
_MAY_SHOW_IN_ITS_DETAILS = Recognised(is_telemedicine=False)
_TEST_VISIT = Finding("test-visit")


def decide(appointment: Appointment, practice: PracticeContext, now: datetime) -> Decision:
    """The answer for one appointment at an aware instant, with all findings, the leading one first.

    Pure: the same arguments always give the same answer, and before `recheck_at` time alone does not change it.
    What `practice` holds must not be changed afterwards: make a new one with msgspec.structs.replace (quick, because
    the parts that stay the same object are not worked out again). Raises UnknownZone if the practice's zone is none.
    """
    if appointment.is_block:
        return _HELD_SLOT
    lookups = lookups_for(practice)
    recognised = recognise(appointment, lookups.recognition)
    status = state.status_of(appointment, practice.connection.status_meanings)
    if not (recognised.is_telemedicine or recognised.is_near_miss):
        if not (appointment.lacks_detail and lookups.recognition.uses_mode):
            return _not_telemedicine(appointment, recognised, status)
        recognised = _MAY_SHOW_IN_ITS_DETAILS
    over_at = past.over_at(appointment, lookups.past)
    finished = _finished(appointment, status, over_at, now)
    if finished is not None:
        return finished
    return _still_planned(appointment, practice, now, lookups, recognised=recognised, status=status, over_at=over_at)


def _not_telemedicine(appointment: Appointment, recognised: Recognised, status: AppointmentStatus | None) -> Decision:
    """Nothing is wrong. Of the patient nothing is known, and nothing is asked."""
    gone = state.no_longer_planned(appointment, status)
    findings = (*recognised.findings, gone) if gone else recognised.findings
    return Decision(outcome=Outcome.NOT_TELEMEDICINE, findings=findings)


def _finished(
    appointment: Appointment, status: AppointmentStatus | None, over_at: datetime, now: datetime
) -> Decision | None:
    """Cancelled or over: whatever else is wrong with it no longer matters to anybody."""
    if gone := state.no_longer_planned(appointment, status):
        return Decision(outcome=Outcome.CANCELLED, findings=(gone,))
    if done := state.completed(appointment, status):
        return Decision(outcome=Outcome.OVER, findings=(done,))
    if now >= over_at:
        return Decision(outcome=Outcome.OVER, findings=past.check(appointment, over_at))
    return None


def _still_planned(
    appointment: Appointment,
    practice: PracticeContext,
    now: datetime,
    lookups: Lookups,
    *,
    recognised: Recognised,
    status: AppointmentStatus | None,
    over_at: datetime,
) -> Decision:
    """Every failing check is found, not the first one (R16)."""
    is_test = appointment.id in practice.test_visit_ids
    link = provider.link_of(appointment, lookups.provider)
    time = timing.check(appointment, link, lookups.timing, now)
    patient = practice.patients.get(appointment.patient_id or "")
    unread = reading.check(appointment, patient, practice.connection, now, wants_patient=recognised.wants_patient)
    findings = (
        *recognised.findings,
        *place.check(appointment, lookups.place),
        *time.findings,
        *unread.findings,
        *about_patient.check(patient, appointment, practice, lookups.demographics, is_test=is_test),
        *link.findings,
        *state.check(appointment, status, practice.patients),
        *lookups.connection_findings,
    )
    outcome = outcome_of(findings, is_beyond_window=time.enters_at is not None) if findings else Outcome.READY
    if outcome in WITH_VISIT:
        return Decision(
            outcome=outcome,
            findings=_labelled(findings, outcome, is_test=is_test),
            recheck_at=over_at if time.changes_at is None else min(over_at, time.changes_at),
            practitioner_id=link.practitioner_id,
            staff_id=link.staff_id,
            is_test=is_test,
        )
    slow = timing.slow_lane(appointment, lookups.timing, now)
    return Decision(
        outcome=outcome,
        findings=_labelled((*findings, *slow.findings), outcome, is_test=is_test),
        expected_by=_expected_by(appointment, outcome, findings, time, practice, now),
        recheck_at=_earliest(over_at, time.changes_at, unread.changes_at, slow.changes_at),
        is_test=is_test,
    )


def _labelled(findings: tuple[Finding, ...], outcome: Outcome, *, is_test: bool) -> tuple[Finding, ...]:
    ordered = in_order(findings, outcome)
    return (*ordered, _TEST_VISIT) if is_test else ordered


def _expected_by(
    appointment: Appointment,
    outcome: Outcome,
    findings: tuple[Finding, ...],
    time: Timing,
    practice: PracticeContext,
    now: datetime,
) -> datetime | None:
    """When time alone will have made the visit; where a person must do something, nobody can say."""
    if time.enters_at is not None:
        return sync_time.expected_by(time.enters_at, practice.connection)
    return reading.expected_by(appointment, findings, practice, now) if outcome is Outcome.WAITING else None


def _earliest(*instants: datetime | None) -> datetime:
    return min(instant for instant in instants if instant is not None)
