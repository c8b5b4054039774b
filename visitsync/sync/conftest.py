"""A small practice on DrChrono with whatever a test books, judged as the engine judges: what pages read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors import connector_for
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import from_wall
from visitsync.domain.patient import Address, Coverage, Patient
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog, patients, practice_settings, practices, staff, sync_runs
from visitsync.storage.database import Database, Transaction
from visitsync.storage.decisions import Cause
from visitsync.storage.patients import ReadPatient
from visitsync.storage.practice_context import load_practice_context
from visitsync.storage.practice_settings import Author
from visitsync.storage.vault import Vault
from visitsync.sync.judging import Bench, Case, Safety, judge_read
from visitsync.sync.office import Office, OfficeCache
from visitsync.sync.people import indexes

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""A Monday, nine o'clock in New York."""
ZONE = "America/New_York"
TYPES = {"1": "Telemedicine Visit", "2": "Office Visit", "3": "Telemedicne Visit"}


class Counted(Transaction):
    """Counts what is asked in it."""

    __slots__ = ("queries",)

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction.connection, transaction.practice_id)
        self.queries = 0

    def execute(self, query: Any, parameters: Any = None, *, binary: bool = False) -> Any:
        self.queries += 1
        return super().execute(query, parameters, binary=binary)


class Front:
    """What the tests of this room do to a practice, and how they look at it."""

    def __init__(self, database: Database, vault: Vault, practice_id: UUID) -> None:
        self.database, self.vault, self.practice_id = database, vault, practice_id
        self.cache = OfficeCache()
        self.logins: dict[str, UUID] = {}
        with database.practice(practice_id) as transaction:
            practices.change_practice(transaction, zone=ZONE)
        self.connection_id = self.connect()

    def connect(self) -> UUID:
        """One more connection: three types, one of them approved; two providers, the second not enabled."""
        with self.database.practice(self.practice_id) as transaction:
            identity = practices.add_connection(transaction, emr="drchrono", base_url="https://emr.example")
            entries = {
                RecordKind.APPOINTMENT_TYPE: [CatalogEntry(id=key, name=name) for key, name in TYPES.items()],
                RecordKind.LOCATION: [CatalogEntry(id="1", name="Main Street"), CatalogEntry(id="2", name="Online")],
                RecordKind.PRACTITIONER: [
                    CatalogEntry(id="1", name="Dr. Okafor", npi="1000000001"),
                    CatalogEntry(id="2", name="Dr. Lindgren", npi="1000000002"),
                ],
            }
            for kind, listed in entries.items():
                catalog.save(transaction, identity, kind, listed, now=NOW - timedelta(days=90))
            author = Author("Alma", NOW)
            practice_settings.approve(transaction, identity, author, kind=MarkKind.TYPE, value="1", is_id=True)
            self.enable(transaction, identity, "1")
            sync_runs.note_last(transaction, identity, "changes", at=NOW - timedelta(minutes=3))
        return identity

    def enable(self, transaction: Transaction, connection_id: UUID, practitioner_id: str) -> None:
        address = f"{practitioner_id}.{connection_id}@staff.example.org"
        member = staff.add_staff(transaction, self.vault, name="Somebody", email=address, role="provider")
        catalog.connect(transaction, connection_id, RecordKind.PRACTITIONER, practitioner_id)
        catalog.link_staff(transaction, connection_id, practitioner_id, member.staff_id)
        self.logins[practitioner_id] = member.staff_id

    def knows(self, patient_id: str, name: str, email: str | None = None, *, connection_id: UUID | None = None) -> None:
        """A patient's record was read; with an address of their own unless told otherwise."""
        first, last = name.split(" ", 1)
        address = f"{patient_id}@mail.example.org" if email is None else email
        patient = Patient(
            id=patient_id, first_name=first, last_name=last, email=address, date_of_birth=date(1980, 5, 17),
            address=Address(line="9 Elm Street", city="Springfield", state="IL", postal_code="62701"),
            coverages=(Coverage(payer_name="Invented Mutual", payer_id="IM1", member_id=patient_id),),
        )  # fmt: skip
        with self.database.practice(self.practice_id) as transaction:
            their = indexes(self.vault, self.practice_id, patient)
            read = ReadPatient(patient=patient, fingerprint=b"", indexes=their)
            patients.save(transaction, self.vault, connection_id or self.connection_id, [read], now=NOW)

    def books(
        self, appointment_id: str, wall: str = "2026-11-23T10:30", patient_id: str = "p1", *,
        connection_id: UUID | None = None, kind: str = "1", location: str = "1", practitioner: str = "1",
        zone: str = ZONE, now: datetime = NOW, minutes: int = 30, **more: Any,
    ) -> None:  # fmt: skip
        """An appointment was read and judged at `now`."""
        appointment = Appointment(
            id=appointment_id,
            start=from_wall(datetime.fromisoformat(wall), zone),
            duration_minutes=minutes,
            status=AppointmentStatus.BOOKED,
            marks=(Mark(MarkKind.TYPE, kind, TYPES[kind]),),
            patient_id=patient_id,
            practitioner_id=practitioner,
            location_id=location,
            booked_at=NOW - timedelta(days=2),
            first_seen_at=NOW - timedelta(days=2, minutes=-4),
        )
        case = Case(appointment=msgspec.structs.replace(appointment, **more), known=None)
        identity = connection_id or self.connection_id
        with self.database.practice(self.practice_id) as transaction:
            context = load_practice_context(
                transaction, self.vault, identity, connector_for("drchrono").MANIFEST, now=now
            )
            bench = Bench(
                transaction=transaction, vault=self.vault, connection_id=identity, practice=context,
                safety=Safety(is_off=True), now=now,
            )  # fmt: skip
            judge_read(bench, [case], Cause("read from the EMR", "1"))

    @contextmanager
    def reading(self, now: datetime = NOW) -> Iterator[tuple[Counted, Vault, Office]]:
        """What every page begins with."""
        with self.database.practice(self.practice_id) as transaction:
            counted = Counted(transaction)
            yield counted, self.vault, self.cache.office(counted, self.vault, now)

    def queries_of(self, read: Callable[[Counted, Vault, Office], object]) -> int:
        """How many queries a page takes once the practice was looked at before."""
        with self.reading():
            pass
        with self.reading() as (transaction, vault, office):
            read(transaction, vault, office)
            return transaction.queries


@pytest.fixture
def front(database: Database, vault: Vault, practice_id: UUID) -> Front:
    front = Front(database, vault, practice_id)
    front.knows("p1", "Vikram Thorsen")
    return front
