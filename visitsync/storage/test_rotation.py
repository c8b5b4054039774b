"""After a rotation everything opens with the newest key alone."""

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.domain.appointment import Appointment, AppointmentStatus
from visitsync.domain.decision import Decision, Outcome
from visitsync.domain.local_time import LocalTime
from visitsync.domain.patient import Patient
from visitsync.storage import appointments, being_dealt_with, help_requests, intake, patients, quarantine
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import Database
from visitsync.storage.keyring import Keyring
from visitsync.storage.practices import add_connection
from visitsync.storage.rotation import SEALED_COLUMNS, SealedColumn, key_usage, reseal
from visitsync.storage.staff import add_staff, staff_members
from visitsync.storage.vault import Vault

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
PATIENTS = [Patient(id=f"p{number}", first_name="Ada", email="ada@example.org") for number in range(7)]
NOT_SEALED = {
    ("account_invitation", "token_hash"),
    ("audit_entry", "details"),
    ("audit_entry", "hash"),
    ("audit_entry", "previous_hash"),
    ("audit_head", "hash"),
    ("audit_head", "seal"),
    ("peer", "fingerprint"),
    ("appointment", "findings"),
    ("appointment", "fingerprint"),
    ("catalog_entry", "record"),
    ("decision", "findings"),
    ("intake", "sha256"),
    ("patient", "fingerprint"),
}
"""Digests, what holds no name, contact or note, and what is sealed for good because its row never changes (audit)."""


def vault(*key_ids: int) -> Vault:
    keys = {key_id: bytes([key_id]) * 32 for key_id in key_ids}
    return Vault(Keyring(index_key=b"i" * 32, data_keys=keys, sealing_key_id=max(key_ids)))


@pytest.fixture
def connection_id(database: Database, practice_id: UUID) -> UUID:
    """A connection with something sealed in every column, all with key 1."""
    old = vault(1)
    with database.practice(practice_id) as transaction:
        connection_id = add_connection(transaction, emr="kareo", base_url="https://emr.example")
        bob = add_staff(transaction, old, name="Bob Stone", email="bob@lakeside.example", role="provider")
        being_dealt_with.begin(
            transaction, old, subject="email-missing", title="1", staff_id=bob.staff_id, note="calling", now=NOW
        )
        help_requests.add(
            transaction, old, case_id="ABCD-2345", connection_id=connection_id, appointment_id="a1", facts={},
            note="odd", staff_id=bob.staff_id, now=NOW,
        )  # fmt: skip
        page = FetchedPage(kind=RecordKind.PATIENT, body=b"<page/>")
        intake.receive(transaction, old, connection_id, page, source="sweep", run_id=None, now=NOW)
        quarantine.put(
            transaction,
            old,
            connection_id,
            kind="patient",
            record_key="p|9",
            reason="record-unreadable",
            raw=b"<odd/>",
            intake_id=1,
            now=NOW,
        )
        read = [
            patients.ReadPatient(patient=patient, fingerprint=b"f", indexes=patients.PatientIndexes())
            for patient in PATIENTS
        ]
        patients.save(transaction, old, connection_id, read, now=NOW)
        appointments.save_read(transaction, old, connection_id, [_judged()], now=NOW)
    credentials = StoredCredentials(database, old, practice_id=practice_id, connection_id=connection_id)
    credentials.save({"password": "secret"})
    return connection_id


def test_everything_opens_with_the_newest_key_alone(database: Database, practice_id: UUID, connection_id: UUID) -> None:
    assert key_usage(database, practice_id) == Counter({1: 15})
    done = list(reseal(database, vault(1, 2), practice_id, batch_rows=3))
    assert {batch.table for batch in done} == {column.table for column in SEALED_COLUMNS}
    assert (sum(batch.resealed for batch in done), sum(batch.broken for batch in done)) == (15, 0)
    assert key_usage(database, practice_id) == Counter({2: 15})
    new = vault(2)
    with database.practice(practice_id) as transaction:
        assert [member.email for member in staff_members(transaction, new)] == ["bob@lakeside.example"]
        assert [one.page.body for one in intake.waiting(transaction, new, connection_id)] == [b"<page/>"]
        odd = quarantine.raw_bytes(transaction, new, connection_id, kind="patient", record_key="p|9")
        assert odd == b"<odd/>"
        found = patients.find(transaction, new, connection_id, [patient.id for patient in PATIENTS])
        assert [found[patient.id].patient for patient in PATIENTS] == PATIENTS
        assert appointments.raw_bytes(transaction, new, connection_id, "a1") == b"<appointment/>"
    credentials = StoredCredentials(database, new, practice_id=practice_id, connection_id=connection_id)
    assert credentials.read() == {"password": "secret"}


def test_a_rotation_that_was_stopped_goes_on_where_it_was(
    database: Database, practice_id: UUID, connection_id: UUID
) -> None:
    begun = reseal(database, vault(1, 2), practice_id, batch_rows=2)
    first = next(begun).resealed + next(begun).resealed
    assert sum(batch.resealed for batch in reseal(database, vault(1, 2), practice_id)) == 15 - first
    assert list(reseal(database, vault(1, 2), practice_id)) == []


def test_a_row_that_a_worker_holds_is_left_for_the_next_time(
    database: Database, practice_id: UUID, connection_id: UUID, superuser: psycopg.Connection
) -> None:
    with superuser.transaction():
        superuser.execute("select 1 from patient where patient_id = 'p3' for update")
        list(reseal(database, vault(1, 2), practice_id, batch_rows=2))
    assert key_usage(database, practice_id) == Counter({2: 14, 1: 1})
    list(reseal(database, vault(1, 2), practice_id))
    assert key_usage(database, practice_id) == Counter({2: 15})


def test_a_broken_value_is_counted_and_stops_nothing(
    database: Database, practice_id: UUID, connection_id: UUID, superuser: psycopg.Connection
) -> None:
    superuser.execute("update patient set record = substring(record from 1 for 40) where patient_id = 'p3'")
    done = list(reseal(database, vault(1, 2), practice_id, batch_rows=2))
    assert (sum(batch.resealed for batch in done), sum(batch.broken for batch in done)) == (14, 1)
    assert key_usage(database, practice_id) == Counter({2: 14, 1: 1})


def test_every_column_of_bytes_is_either_sealed_anew_or_known_to_be_open(superuser: psycopg.Connection) -> None:
    columns = superuser.execute("""
        select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.atttypid = 'bytea'::regtype
          and a.attname !~ '_index$'
        """).fetchall()
    assert set(columns) == {(sealed.table, sealed.column) for sealed in SEALED_COLUMNS} | NOT_SEALED


@pytest.mark.parametrize("sealed", SEALED_COLUMNS, ids=lambda sealed: sealed.table)
def test_batches_follow_the_primary_key(superuser: psycopg.Connection, sealed: SealedColumn) -> None:
    columns = superuser.execute(
        """
        select a.attname from pg_index i cross join unnest(i.indkey) with ordinality as k (number, position)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
        where i.indrelid = %s::regclass and i.indisprimary order by k.position
        """,
        [sealed.table],
    ).fetchall()
    assert [name for (name,) in columns] == ["practice_id", *sealed.key]


def _judged() -> appointments.Judged:
    start = LocalTime(wall=datetime(2026, 11, 3, 9, 0), zone="America/Chicago", instant=NOW)
    appointment = Appointment(id="a1", start=start, duration_minutes=30, status=AppointmentStatus.BOOKED)
    return appointments.Judged(
        appointment=appointment,
        decision=Decision(outcome=Outcome.READY),
        findings=b"[]",
        is_changed=True,
        raw=b"<appointment/>",
    )
