"""A practice whose pretend EMR pushes, the engine beside it, and a door that a test hands messages to."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from tests.push import pretend
from visitsync.connector_kit.connector import ConnectionConfig
from visitsync.connector_kit.manifest import Manifest
from visitsync.domain.appointment import MarkKind
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.storage import appointments, peers, practice_settings, practices
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import Database
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import ConnectionState
from visitsync.storage.vault import Vault
from visitsync.sync import door, messages, pipeline
from visitsync.sync.door import Door, Received, Sender
from visitsync.sync.link import Link
from visitsync.sync.report import SyncReport

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""A Tuesday, nine in the morning in Chicago."""


class Pushed:
    """A practice that is pushed to."""

    def __init__(self, database: Database, vault: Vault, practice_id: UUID, manifest: Manifest) -> None:
        self.database, self.vault, self.practice_id = database, vault, practice_id
        self.clock = VirtualClock.frozen_at(NOW)
        author = Author("the practice's admin", NOW)
        with database.practice(practice_id) as transaction:
            self.connection_id = practices.add_connection(transaction, emr="hl7v2", base_url="")
            practices.change_state(transaction, self.connection_id, ConnectionState.ACTIVE)
            practice_settings.approve(
                transaction, self.connection_id, author, kind=MarkKind.TYPE, value=pretend.VIDEO, is_id=False
            )
            self.peer_id = peers.register(
                transaction,
                self.connection_id,
                author,
                name="engine",
                network=peers.network_of(f"10.{uuid4().bytes[0]}.0.1"),
            )
        StoredCredentials(database, vault, practice_id=practice_id, connection_id=self.connection_id).save({})
        self.connector = pretend.Connector(manifest)
        self.door = Door(database=database, vault=vault, clock=self.clock)

    @property
    def link(self) -> Link:
        return Link(
            practice_id=self.practice_id,
            connection_id=self.connection_id,
            manifest=self.connector.manifest,
            connector=self.connector,
            translator=pretend.Translator(),
            database=self.database,
            vault=self.vault,
            clock=self.clock,
        )

    @property
    def sender(self) -> Sender:
        config = ConnectionConfig(connection_id=str(self.connection_id), base_url="", practice_zone=pretend.ZONE)
        return Sender(
            peer_id=self.peer_id, practice_id=self.practice_id, emr="hl7v2", config=config, receiver=pretend.Receiver()
        )

    def push(self, body: bytes) -> Received:
        """Hands a message in at the door."""
        return door.receive(self.door, self.sender, body, answer_id="1")

    def book(self, appointment_id: str, **wishes: Any) -> Received:
        """Pushes a booking for tomorrow, with its patient."""
        patient = wishes.setdefault("patient", "p1")
        sent = wishes.pop("sent", self.clock())
        start = wishes.pop("start", NOW + timedelta(days=1))
        who = {"id": patient, **pretend.PATIENT, "email": f"{patient}@example.org"}
        return self.push(
            pretend.message(sent=sent, appointments=[pretend.booking(appointment_id, start, **wishes)], patients=[who])
        )

    def say(self, appointment_id: str, **wishes: Any) -> Received:
        """Pushes a change of an appointment, without its patient."""
        sent, start = wishes.pop("sent", self.clock()), wishes.pop("start", NOW + timedelta(days=1))
        return self.push(pretend.message(sent=sent, appointments=[pretend.booking(appointment_id, start, **wishes)]))

    def say_of_patient(self, patient_id: str, **wishes: Any) -> Received:
        """Pushes a change of a patient."""
        sent = wishes.pop("sent", self.clock())
        return self.push(pretend.message(sent=sent, patients=[{"id": patient_id, **wishes}]))

    def take_in(self) -> SyncReport:
        """What the job does."""
        return messages.take_in_pushed(self.link)

    def sync(self, **wishes: Any) -> SyncReport:
        return pipeline.sync(self.link, **wishes)

    def outcomes(self) -> dict[str, str]:
        """Appointment → outcome."""
        return dict(self.query("select appointment_id, outcome from appointment where connection_id = %(connection)s"))

    def visits(self) -> dict[str, tuple[str, str]]:
        """Appointment → patient and state of its latest visit."""
        rows = self.query("select appointment_id, patient_id, state from visit order by created_at, changed_at")
        return {row[0]: (row[1], row[2]) for row in rows}

    def quarantined(self) -> list[tuple[str, str]]:
        """(kind, key) of what is set aside."""
        return self.query("select kind, record_key from quarantine where resolved_at is null order by 1, 2")

    def starts_of(self, appointment_id: str) -> datetime:
        """When an appointment starts."""
        with self.database.practice(self.practice_id) as transaction:
            (found,) = appointments.find(transaction, self.vault, self.connection_id, [appointment_id])
        return found.appointment.start.instant

    def query(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with self.database.practice(self.practice_id) as transaction:
            known = {"connection": self.connection_id, "practice": self.practice_id}
            return list(transaction.execute(sql.encode(), {**known, **parameters}).fetchall())


@pytest.fixture
def pushed(database: Database, vault: Vault, practice_id: UUID) -> Pushed:
    """Nobody can be asked for anything."""
    return Pushed(database, vault, practice_id, pretend.MANIFEST)


@pytest.fixture
def pushed_and_asked(database: Database, vault: Vault, practice_id: UUID) -> Pushed:
    """Patients can be asked for."""
    return Pushed(database, vault, practice_id, replace(pretend.MANIFEST, reads_patients=True))
