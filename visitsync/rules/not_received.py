"""4. What to say of an appointment that staff have booked and we have never seen."""

from datetime import datetime

from visitsync.domain.decision import Decision, Finding, Outcome
from visitsync.domain.practice import ConnectionFacts, PracticeContext
from visitsync.rules import sync_time
from visitsync.rules.connection import is_read
from visitsync.rules.lookups import lookups_for
from visitsync.rules.sync_time import Lane
from visitsync.rules.timing import NOTHING, beyond_window, lane_of
from visitsync.rules.weighing import in_order

_CODES = {
    (False, False): "not-received-yet",
    (False, True): "not-received-late",
    (True, False): "not-sent-yet",
    (True, True): "not-sent-late",
}
"""By whether the EMR pushes, and whether it should be here by now."""


def not_received(
    practice: PracticeContext, now: datetime, *, booked_at: datetime | None = None, starts_at: datetime | None = None
) -> Decision:
    """Waiting, with E1 or E2 and the last and next complete reading, E3 for a day beyond the window; instants aware.

    `booked_at` and `starts_at` are what staff say, if they do; without `booked_at` the last complete reading tells: was
    there one within the abnormal time, then what it did not show was booked since, or is not there at all.
    """
    lookups, connection = lookups_for(practice), practice.connection
    lane = Lane.FAST if starts_at is None else lane_of(starts_at, lookups.timing, now)
    since = booked_at or connection.last_complete_read_at
    beyond = NOTHING if starts_at is None else beyond_window(starts_at, lookups.timing, now)
    is_late = not beyond.findings and since is not None and sync_time.is_abnormal(since, now, connection, lane)
    findings = [Finding(_CODES[connection.is_pushed, is_late], _evidence(connection, lane))]
    findings += (*beyond.findings, *lookups.connection_findings)
    expected_by = None
    if beyond.enters_at is not None:
        expected_by = sync_time.expected_by(beyond.enters_at, connection)
    elif is_read(connection):
        expected_by = sync_time.expected_by(since or now, connection, lane)
    return Decision(
        outcome=Outcome.WAITING,
        findings=in_order(findings, Outcome.WAITING),
        expected_by=expected_by if expected_by is not None and now < expected_by else None,
        recheck_at=None if is_late or since is None else sync_time.abnormal_after(since, connection, lane),
    )


def _evidence(connection: ConnectionFacts, lane: Lane) -> dict[str, str]:
    least, most = connection.usual_minutes
    evidence = {"usual": f"{least}–{most}", "abnormal": str(connection.abnormal_minutes)}
    next_read_at = connection.next_read_at if lane is Lane.FAST else connection.next_far_read_at
    if connection.last_complete_read_at is not None:
        evidence["last_read_at"] = connection.last_complete_read_at.isoformat()
    if next_read_at is not None:
        evidence["next_read_at"] = next_read_at.isoformat()
    return evidence
