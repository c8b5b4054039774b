"""What have time and the connection added to an answer that was given when the appointment was last judged?"""

from datetime import datetime

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Decision, Outcome
from visitsync.domain.practice import PracticeContext
from visitsync.rules import reading
from visitsync.rules.lookups import lookups_for
from visitsync.rules.timing import beyond_window
from visitsync.rules.weighing import in_order


def as_it_stands(decision: Decision, appointment: Appointment, practice: PracticeContext, now: datetime) -> Decision:
    """The decision with what is wrong with the connection at present, and by when it is expected from now on (aware).

    Trouble of a connection comes and goes without any appointment being judged again: it belongs to the moment in which
    somebody asks, and is in no decision that is kept.
    """
    if decision.outcome in (Outcome.NOT_TELEMEDICINE, Outcome.CANCELLED, Outcome.OVER):
        return decision
    findings = (*decision.findings, *lookups_for(practice).connection_findings)
    return msgspec.structs.replace(
        decision,
        findings=in_order(findings, decision.outcome),
        expected_by=_expected_by(decision, appointment, practice, now),
    )


def _expected_by(
    decision: Decision, appointment: Appointment, practice: PracticeContext, now: datetime
) -> datetime | None:
    beyond = beyond_window(appointment.start.instant, lookups_for(practice).timing, now)
    if decision.outcome is not Outcome.WAITING or beyond.enters_at is not None:
        return decision.expected_by
    return reading.expected_by(appointment, decision.findings, practice, now)
