"""The whole answer about one appointment, as any screen shows it: outcome, findings in words, checklist, by when."""

from datetime import datetime

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import WITH_VISIT, Decision, Outcome
from visitsync.domain.explanation import Check, Explanation, Screen, explain, for_patient, seven_checks
from visitsync.domain.practice import PracticeContext
from visitsync.domain.time_words import in_words
from visitsync.rules import sync_time, timing
from visitsync.rules.lookups import lookups_for


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, ready to be read."""

    outcome: Outcome
    explanations: tuple[Explanation, ...]
    """All findings, the leading one first."""
    checks: tuple[Check, ...]
    """The article's seven sections."""
    expected_by: datetime | None
    """When the visit will be there: by itself, or after a fix made now (aware, UTC); None: it is there, or never."""
    expected_by_text: str
    patient_sentence: str


def answer(appointment: Appointment, decision: Decision, practice: PracticeContext, now: datetime) -> Answer:
    """Puts a decision into words for staff of this practice, in their EMR's terms and on their own clocks."""
    after_fix = expected_after_fix(appointment, practice, now)
    return _in_words(decision, after_fix if decision.outcome in _WAITS_FOR_A_FIX else None, practice, now)


def answer_not_received(decision: Decision, practice: PracticeContext, now: datetime) -> Answer:
    """The same for rules.not_received, where there is no appointment to look at."""
    return _in_words(decision, None, practice, now)


def expected_after_fix(appointment: Appointment, practice: PracticeContext, now: datetime) -> datetime | None:
    """By when a fix made in the EMR now would show, at the latest (aware); None while the connection is paused."""
    connection = practice.connection
    if connection.is_paused:
        return None
    lane = timing.lane_of(appointment.start.instant, lookups_for(practice).timing, now)
    return sync_time.expected_by(now, connection, lane)


_WAITS_FOR_A_FIX = frozenset({Outcome.NEEDS_FIX, Outcome.ON_HOLD, Outcome.NEEDS_PROVIDER})


def _in_words(decision: Decision, after_fix: datetime | None, practice: PracticeContext, now: datetime) -> Answer:
    connection = practice.connection
    screen = Screen(emr=connection.emr, words=connection.words, zone=practice.zone, now=now)
    expected_by = None if decision.outcome in WITH_VISIT else decision.expected_by or after_fix
    return Answer(
        outcome=decision.outcome,
        explanations=tuple(
            explain(finding, screen, expected_by=decision.expected_by, expected_after_fix=after_fix)
            for finding in decision.findings
        ),
        checks=seven_checks(decision, screen, expected_after_fix=after_fix),
        expected_by=expected_by,
        expected_by_text=in_words(expected_by, practice.zone, now) if expected_by else "",
        patient_sentence=for_patient(decision),
    )
