"""What becomes of visits when appointments were judged: create, follow, cancel — and the stop before too many go."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import WITH_VISIT, Decision, Outcome
from visitsync.domain.reason import Severity
from visitsync.domain.reasons import REASONS
from visitsync.domain.visit import Visit, VisitState
from visitsync.storage.appointments import Judged
from visitsync.storage.visits import NewVisit, VisitChange

MOST_CANCELLED_SHARE = 0.2
"""A run that would cancel more than this share of the coming visits stops and asks a person …"""
MOST_CANCELLED_WITHOUT_ASKING = 5
"""… unless it is this few."""

KEEPS_ITS_VISIT = frozenset({"details-not-read-yet", "patient-not-read-yet"})
"""While only these hold an appointment back, a visit that exists stays: nothing is known against it."""


class UnsafePlan(Exception):
    """Too many visits would be cancelled at once; nothing was changed, and a person must look."""

    code = "too-many-cancellations"

    def __init__(self, cancelled: int, coming: int) -> None:
        super().__init__(f"would cancel {cancelled} of {coming} coming visits")
        self.cancelled = cancelled
        self.coming = coming


class VisitPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with visits; nothing is done yet."""

    create: tuple[NewVisit, ...] = ()
    change: tuple[VisitChange, ...] = ()
    cancelled: int = 0
    """How many of the changes cancel a visit that has not ended."""


def plan(judged: Sequence[Judged], visits: Mapping[str, Visit], *, now: datetime) -> VisitPlan:
    """Compares what was decided with the visits that exist (the active one of each appointment, else the last)."""
    create: list[NewVisit] = []
    change: list[VisitChange] = []
    for one in judged:
        visit = visits.get(one.appointment.id)
        if visit is None:
            if one.decision.outcome in WITH_VISIT:
                create.append(_new_visit(one.appointment, one.decision))
        elif visit.patient_id != one.appointment.patient_id:
            # The same id for another patient is another appointment: the old visit never turns into someone else's.
            change.extend(_end(visit))
            if one.decision.outcome in WITH_VISIT:
                create.append(_new_visit(one.appointment, one.decision))
        else:
            change.extend(_follow(visit, one.appointment, one.decision))
    cancelled = sum(one.visit.state is VisitState.CANCELLED and one.visit.end_at > now for one in change)
    return VisitPlan(create=tuple(create), change=tuple(change), cancelled=cancelled)


def refuse_unsafe(cancelled: int, coming: int) -> None:
    """Raises UnsafePlan where a run cancels too large a share of the coming visits (those before the run)."""
    if cancelled > MOST_CANCELLED_WITHOUT_ASKING and cancelled > coming * MOST_CANCELLED_SHARE:
        raise UnsafePlan(cancelled, coming)


def _new_visit(appointment: Appointment, decision: Decision) -> NewVisit:
    return NewVisit(
        appointment_id=appointment.id,
        start_at=appointment.start.instant,
        end_at=appointment.end,
        patient_id=appointment.patient_id or "",
        practitioner_id=decision.practitioner_id,
        staff_id=UUID(decision.staff_id) if decision.staff_id else None,
        is_test=decision.is_test,
        booked_at=appointment.booked_at,
    )


def _end(visit: Visit) -> list[VisitChange]:
    if visit.state is not VisitState.ACTIVE:
        return []
    ended = msgspec.structs.replace(visit, state=VisitState.CANCELLED)
    return [VisitChange(visit=ended, what="other patient", before=visit.state, after=ended.state)]


def _follow(visit: Visit, appointment: Appointment, decision: Decision) -> list[VisitChange]:
    state = _state(visit, decision)
    if state is not VisitState.ACTIVE and visit.state is not VisitState.ACTIVE:
        return []
    following = _as_decided(visit, appointment, decision) if state is VisitState.ACTIVE else visit
    following = msgspec.structs.replace(following, state=state)
    if following == visit:
        return []
    what, before, after = _in_a_word(visit, following)
    return [VisitChange(visit=following, what=what, before=before, after=after)]


def _state(visit: Visit, decision: Decision) -> VisitState:
    if decision.outcome in WITH_VISIT:
        return VisitState.ACTIVE
    if decision.outcome is Outcome.OVER:
        return VisitState.OVER
    if decision.outcome is Outcome.WAITING and _blocking(decision) <= KEEPS_ITS_VISIT:
        return visit.state
    return VisitState.CANCELLED


def _blocking(decision: Decision) -> set[str]:
    return {one.code for one in decision.findings if REASONS[one.code].severity is Severity.BLOCKS}


def _as_decided(visit: Visit, appointment: Appointment, decision: Decision) -> Visit:
    linked = decision.outcome in WITH_VISIT
    return msgspec.structs.replace(
        visit,
        start_at=appointment.start.instant,
        end_at=appointment.end,
        practitioner_id=decision.practitioner_id if linked else visit.practitioner_id,
        staff_id=decision.staff_id if linked else visit.staff_id,
        is_test=decision.is_test if linked else visit.is_test,
    )


def _in_a_word(visit: Visit, following: Visit) -> tuple[str, str, str]:
    if visit.state is not following.state:
        return following.state if following.state is not VisitState.ACTIVE else "restored", visit.state, following.state
    if (visit.start_at, visit.end_at) != (following.start_at, following.end_at):
        return "moved", visit.start_at.isoformat(), following.start_at.isoformat()
    return "relinked", visit.practitioner_id or "", following.practitioner_id or ""
