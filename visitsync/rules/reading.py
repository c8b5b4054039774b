"""4. Has everything been read that is needed to judge, and if not, is that still normal?"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Finding
from visitsync.domain.patient import Patient
from visitsync.domain.practice import ConnectionFacts, PracticeContext
from visitsync.rules import sync_time
from visitsync.rules.connection import is_read
from visitsync.rules.lookups import lookups_for
from visitsync.rules.sync_time import Lane
from visitsync.rules.timing import NOTHING, Timing, lane_of

_DETAILS = Finding("details-not-read-yet")
_PATIENT = Finding("patient-not-read-yet")
IN_THE_LISTS = frozenset({"type-unknown", "provider-unknown"})
"""What only reading the EMR's lists again can answer."""
_NO_PATIENT = Timing((Finding("no-patient"),))
_MOMENT = timedelta(microseconds=1)


def check(
    appointment: Appointment,
    patient: Patient | None,
    connection: ConnectionFacts,
    now: datetime,
    *,
    wants_patient: bool,
) -> Timing:
    """E1 and E2; B13 where it is for nobody. A patient who is not wanted (see recognition) is not missed."""
    if patient is not None and not appointment.lacks_detail:
        return NOTHING
    if appointment.patient_id is None and not appointment.lacks_detail:
        return _NO_PATIENT
    findings = (_DETAILS,) if appointment.lacks_detail else ()
    if patient is None and wants_patient and appointment.patient_id is not None:
        findings = (*findings, _PATIENT)
    if not findings:
        return NOTHING
    late = _late(appointment, connection, now)
    return Timing((*findings, *late.findings), late.changes_at)


def expected_by(
    appointment: Appointment, findings: Iterable[Finding], practice: PracticeContext, now: datetime
) -> datetime | None:
    """When what is missing will have been read: counted from when we knew of it while that holds, else from now.

    None while the connection is not read as usual.
    """
    connection = practice.connection
    if not is_read(connection):
        return None
    if any(finding.code == "type-unknown" for finding in findings):
        lane = Lane.LISTS
    else:
        lane = lane_of(appointment.start.instant, lookups_for(practice).timing, now)
    expected = sync_time.expected_by(_known_since(appointment) or now, connection, lane)
    return expected if now < expected else sync_time.expected_by(now, connection, lane)


def expected_after_fix(appointment: Appointment, practice: PracticeContext, now: datetime) -> datetime | None:
    """By when a fix made in the EMR now will show, at the latest (aware).

    None while the connection is not read as usual. Beyond the window only what is listed is right by then.
    """
    if not is_read(practice.connection):
        return None
    lane = lane_of(appointment.start.instant, lookups_for(practice).timing, now)
    return sync_time.fixed_by(now, practice.connection, lane)


def _late(appointment: Appointment, connection: ConnectionFacts, now: datetime) -> Timing:
    """E2: the abnormal time is up since we knew of it, and something is still unread."""
    since = _known_since(appointment)
    if since is None:
        return NOTHING
    if sync_time.is_abnormal(since, now, connection):
        return Timing((Finding("slower-than-usual", {"abnormal": str(connection.abnormal_minutes)}),))
    return Timing((), sync_time.abnormal_after(since, connection) + _MOMENT)


def _known_since(appointment: Appointment) -> datetime | None:
    """Since when we knew of something to read: a change of the appointment may have named another patient."""
    first_seen_at, changed_at = appointment.first_seen_at, appointment.changed_at
    return first_seen_at if first_seen_at is None or changed_at is None else max(first_seen_at, changed_at)
