"""Judges appointments inside a transaction and saves what follows: decision, history, visit, what to read next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import WITH_VISIT, Decision, Outcome
from visitsync.domain.practice import PracticeContext
from visitsync.domain.visit import Visit
from visitsync.rules.decide import RULES_VERSION, decide
from visitsync.storage import appointments, decisions, visits, wanted
from visitsync.storage.appointments import Judged, Known, StoredAppointment, encode_findings
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import Cause
from visitsync.storage.vault import Vault
from visitsync.sync.people import with_patients
from visitsync.sync.visit_plan import MOST_CANCELLED_WITHOUT_ASKING, VisitPlan, plan, refuse_unsafe

SETTING_CHANGED = "setting changed"


class Case(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An appointment to judge, and what is stored of it."""

    appointment: Appointment
    known: Known | None
    fingerprint: bytes = b""
    raw: bytes | None = None
    intake_id: int = 0


class Safety(msgspec.Struct, kw_only=True):
    """The stop of one run: how many visits it has cancelled, against how many are coming."""

    cancelled: int = 0
    """While the stop of an earlier run stands, what was cancelled lately counts as well: else each run, being young
    and innocent, would cancel a few more.
    """
    is_off: bool = False
    """A person has looked and accepted the cancellations."""

    def admit(self, visit_plan: VisitPlan, count_coming: Callable[[], int]) -> None:
        """Counts a plan's cancellations, against the coming visits where there are many. Raises UnsafePlan."""
        self.cancelled += visit_plan.cancelled
        if not self.is_off and visit_plan.cancelled and self.cancelled > MOST_CANCELLED_WITHOUT_ASKING:
            already = self.cancelled - visit_plan.cancelled
            refuse_unsafe(self.cancelled, count_coming() + already)


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """Where judging happens: the transaction, the practice's context without patients, the run's safety stop."""

    transaction: Transaction
    vault: Vault
    connection_id: UUID
    practice: PracticeContext
    safety: Safety
    now: datetime


def judge_read(bench: Bench, cases: Sequence[Case], cause: Cause) -> int:
    """Judges appointments just read and saves them with their decisions; returns how many decisions changed."""
    judged = _judge(bench, cases)
    judged_in = appointments.save_read(bench.transaction, bench.vault, bench.connection_id, judged, now=bench.now)
    has_known = any(case.known is not None for case in cases)
    return _save_what_follows(bench, judged, judged_in, cause, has_known=has_known)


def judge_again(bench: Bench, stored: Iterable[StoredAppointment], cause: Cause) -> int:
    """Judges stored appointments again, saves only what differs, and returns how many decisions changed."""
    each_once = {one.appointment.id: one for one in stored}.values()
    practice, now = _with_people(bench, [one.appointment for one in each_once]), bench.now
    judged: list[Judged] = []
    unmoved: list[Judged] = []
    for one in each_once:
        decision = decide(one.appointment, practice, now)
        if differing := _differing(one, decision):
            judged.append(differing)
        elif cause.what == SETTING_CHANGED and decision.outcome in WITH_VISIT:
            unmoved.append(
                Judged(appointment=one.appointment, decision=decision, findings=one.findings, is_changed=False)
            )
    if unmoved:  # who sees a visit is in no finding: a provider may have been given to another staff member
        _let_visits_follow(bench, unmoved, has_known=True)
    if not judged:
        return 0
    judged_in = appointments.save_verdicts(bench.transaction, bench.connection_id, judged, now=bench.now)
    return _save_what_follows(bench, judged, judged_in, cause, has_known=True)


def _judge(bench: Bench, cases: Sequence[Case]) -> list[Judged]:
    practice, now = _with_people(bench, [case.appointment for case in cases]), bench.now
    return [_judged(case, decide(case.appointment, practice, now)) for case in cases]


def _with_people(bench: Bench, judging: Sequence[Appointment]) -> PracticeContext:
    people = {one.patient_id for one in judging if one.patient_id is not None}
    people.update(*(one.other_patient_ids for one in judging if one.other_patient_ids))
    return with_patients(bench.practice, bench.transaction, bench.vault, bench.connection_id, people)


def _patients_of(appointment: Appointment) -> tuple[str, ...]:
    first = () if appointment.patient_id is None else (appointment.patient_id,)
    return (*first, *appointment.other_patient_ids)


def _judged(case: Case, decision: Decision) -> Judged:
    findings = encode_findings(decision.findings)
    known = case.known
    is_telemedicine = decision.outcome is not Outcome.NOT_TELEMEDICINE
    return Judged(
        appointment=case.appointment,
        decision=decision,
        findings=findings,
        is_changed=known is None or known.outcome != decision.outcome or known.findings != findings,
        fingerprint=case.fingerprint,
        raw=case.raw if is_telemedicine else None,
        intake_id=case.intake_id,
    )


def _differing(stored: StoredAppointment, decision: Decision) -> Judged | None:
    """The new decision, or None where it is the one that is stored: most of the time, so nothing is made for it."""
    findings = encode_findings(decision.findings)
    is_changed = stored.findings != findings or stored.outcome != decision.outcome
    if not is_changed and (decision.recheck_at, decision.expected_by) == (stored.recheck_at, stored.expected_by):
        return None
    return Judged(appointment=stored.appointment, decision=decision, findings=findings, is_changed=is_changed)


def _save_what_follows(bench: Bench, judged: Sequence[Judged], judged_in: str, cause: Cause, *, has_known: bool) -> int:
    changed = sum(one.is_changed for one in judged)
    if changed:
        decisions.append(
            bench.transaction, bench.connection_id, judged_in, cause, rules_version=RULES_VERSION, now=bench.now
        )
    _want_what_is_missing(bench, judged)
    _let_visits_follow(bench, judged, has_known=has_known)
    return changed


def _want_what_is_missing(bench: Bench, judged: Sequence[Judged]) -> None:
    patients: dict[str, datetime] = {}
    details: dict[str, datetime] = {}
    for one in judged:
        codes = {finding.code for finding in one.decision.findings}
        start = one.appointment.start.instant
        if "patient-not-read-yet" in codes or _misses_some_of_a_group(one):
            for patient_id in _patients_of(one.appointment):
                patients[patient_id] = min(start, patients.get(patient_id, start))
        if "details-not-read-yet" in codes:
            details[one.appointment.id] = start
    wanted.want(bench.transaction, bench.connection_id, "patient", patients)
    wanted.want(bench.transaction, bench.connection_id, "appointment-detail", details)


def _misses_some_of_a_group(one: Judged) -> bool:
    return any(finding.code == "group-visit" and "unread" in finding.evidence for finding in one.decision.findings)


def _let_visits_follow(bench: Bench, judged: Sequence[Judged], *, has_known: bool) -> None:
    existing = _visits(bench, judged) if has_known else {}
    visit_plan = plan(judged, existing, now=bench.now)
    bench.safety.admit(visit_plan, lambda: visits.count_coming(bench.transaction, bench.connection_id, now=bench.now))
    if visit_plan.change:  # first: an ended visit makes room for the new one of the same appointment
        visits.change(bench.transaction, visit_plan.change, now=bench.now)
    if visit_plan.create:
        visits.create(bench.transaction, bench.connection_id, visit_plan.create, now=bench.now)


def _visits(bench: Bench, judged: Sequence[Judged]) -> Mapping[str, Visit]:
    return visits.latest_for(bench.transaction, bench.connection_id, [one.appointment.id for one in judged])
