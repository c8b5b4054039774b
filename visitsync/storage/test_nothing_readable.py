"""A dump of the database names nobody: what staff type freely is sealed with everything else of an appointment."""

from datetime import UTC, datetime
from uuid import UUID

import psycopg
from psycopg import sql

from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.decision import Decision, Outcome
from visitsync.domain.local_time import from_instant
from visitsync.storage import appointments, practices
from visitsync.storage.appointments import Judged, encode_findings
from visitsync.storage.database import Database
from visitsync.storage.vault import Vault

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
TYPED = "mother Zebediah Quux called about the telehealth visit"


def test_a_reason_that_names_somebody_is_nowhere_readable_and_comes_back_whole(
    database: Database, vault: Vault, practice_id: UUID, superuser: psycopg.Connection
) -> None:
    with database.practice(practice_id) as transaction:
        connection_id = practices.add_connection(transaction, emr="drchrono", base_url="https://emr.example")
        appointments.save_read(transaction, vault, connection_id, [_judged()], now=NOW)
    with database.practice(practice_id) as transaction:
        [stored] = appointments.find(transaction, vault, connection_id, ["a1"])
    assert stored.appointment.marks[0].text == TYPED
    assert "Quux" not in _everything(superuser)


def test_the_search_would_find_what_is_not_sealed(practice_id: UUID, superuser: psycopg.Connection) -> None:
    superuser.execute("update practice set name = 'Quux Clinic' where practice_id = %s", [practice_id])
    assert "Quux" in _everything(superuser)


def _judged() -> Judged:
    appointment = Appointment(
        id="a1",
        start=from_instant(NOW, "America/Chicago"),
        duration_minutes=30,
        status=AppointmentStatus.BOOKED,
        marks=(Mark(MarkKind.REASON, None, TYPED),),
        patient_id="p1",
    )
    return Judged(
        appointment=appointment,
        decision=Decision(outcome=Outcome.NOT_TELEMEDICINE),
        findings=encode_findings(()),
        is_changed=True,
    )


def _everything(superuser: psycopg.Connection) -> str:
    """Every value of every table as a dump would hold it, bytes read as text."""
    tables = [row[0] for row in superuser.execute("select tablename from pg_tables where schemaname = 'public'")]
    rows = [
        row for table in tables for row in superuser.execute(sql.SQL("select * from {}").format(sql.Identifier(table)))
    ]
    return " ".join(
        value.decode("latin-1") if isinstance(value, bytes) else str(value) for row in rows for value in row
    )
