"""What have time and the connection added to an answer that was given when the appointment was last judged?"""

from datetime import datetime

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Decision, Finding, Outcome
from visitsync.domain.practice import PracticeContext
from visitsync.rules import reading
from visitsync.rules.lookups import lookups_for
from visitsync.rules.timing import beyond_window
from visitsync.rules.weighing import in_order


def as_it_stands(
    decision: Decision,
    appointment: Appointment,
    practice: PracticeContext,
    now: datetime,
    seen_now: tuple[Finding, ...] = (),
) -> Decision:
    """The decision with what is wrong with the connection at present, and by when it is expected from now on (aware).

    Trouble of a connection, and what was `seen_now` beside the appointment, come and go without any appointment being
    judged again: they belong to the moment in which somebody asks, and are in no decision that is kept.
    """
    if decision.outcome in (Outcome.NOT_TELEMEDICINE, Outcome.CANCELLED, Outcome.OVER):
        found = in_order((*decision.findings, *seen_now), decision.outcome) if seen_now else decision.findings
        return msgspec.structs.replace(decision, findings=found)
    findings = (*decision.findings, *seen_now, *lookups_for(practice).connection_findings)
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
