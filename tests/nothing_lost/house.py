"""One practice whose EMR is a simulator on loopback: the engine, a real PostgreSQL and the clock in hand."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

import msgspec

from tests.nothing_lost.clinics import MONDAY, TELEMEDICINE, Desk
from tests.nothing_lost.vendors import Vendor
from visitsync.connector_kit.conformance.far_side import MemoryBudget
from visitsync.connector_kit.connector import Clock, ConnectionConfig
from visitsync.connector_kit.limits import Budget
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors import connector_for
from visitsync.domain.practice import CatalogEntry
from visitsync.simulator_kit.server import SimulatorServer
from visitsync.storage import catalog, practice_settings, practices, staff, sync_runs
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import Database
from visitsync.storage.keyring import Keyring
from visitsync.storage.practice_settings import Author
from visitsync.storage.vault import Vault
from visitsync.storage.vendor_limits import StoredBudget
from visitsync.sync import pipeline
from visitsync.sync.keeping import keep
from visitsync.sync.link import Link
from visitsync.sync.readings import read_catalog
from visitsync.sync.report import SyncReport
from visitsync.sync.run import claim

POLL = timedelta(minutes=5)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """All that a process needs to work for one connection."""

    emr: str
    database_url: str
    practice_id: UUID
    connection_id: UUID
    keys: str
    """The keyring as text, so that every process of a test has the same."""

    def __repr__(self) -> str:
        return f"Place({self.emr}, {self.connection_id})"


def open_link(place: Place, database: Database, clock: Clock, *, shares_budget: bool = False) -> Link:
    """The connection, put together as the product does it. `shares_budget`: counted in the database, in real time."""
    vault = Vault(Keyring.from_text(place.keys))
    with database.practice(place.practice_id) as transaction:
        practice = practices.find_practice(transaction)
        connection = practices.find_connection(transaction, place.connection_id)
    module = connector_for(place.emr)
    config = ConnectionConfig(
        connection_id=str(place.connection_id),
        base_url=connection.base_url,
        settings=connection.settings,
        practice_zone=practice.zone,
        allows_loopback=True,
    )
    credentials = StoredCredentials(database, vault, practice_id=place.practice_id, connection_id=place.connection_id)
    budget: Budget = MemoryBudget(clock)
    if shares_budget:
        owners = dict.fromkeys(("application", "credential", "connection"), str(place.connection_id))
        budget = StoredBudget(database, emr=place.emr, owners=owners)
    return Link(
        practice_id=place.practice_id,
        connection_id=place.connection_id,
        manifest=module.MANIFEST,
        connector=module.open_connection(config, credentials, budget, clock),
        translator=module.TRANSLATOR,
        database=database,
        vault=vault,
        clock=clock,
    )


class House:
    """A practice that approved one type, enabled two of three practitioners, and is connected to a simulator."""

    def __init__(self, desk: Desk, vendor: Vendor, **variants: str) -> None:
        self.desk = desk
        self.clinic = desk.clinic
        self.vendor = vendor
        self.enabled = frozenset(str(practitioner_id) for practitioner_id in desk.practitioners[:2])
        self.clock = desk.clock
        self.app = vendor.simulator(self.clinic, **variants)
        self.server = SimulatorServer(self.app)
        self.server.start()

    def close(self) -> None:
        """Ends the simulator and lets the database go."""
        self.server.stop()
        self.leave()

    def move_in(self, database_url: str, *, slug: str) -> Self:
        """Adds the practice, signs in, reads the EMR's lists, and makes the practice's choices."""
        database = Database(database_url).open()
        practice = practices.add_practice(database, slug=slug, name=self.clinic.name, zone=self.clinic.zone)
        with database.practice(practice.practice_id) as transaction:
            connection_id = practices.add_connection(
                transaction,
                emr=self.vendor.emr,
                base_url=self.server.url + self.vendor.path,
                settings=self.vendor.settings,
            )
        self.place = Place(
            emr=self.vendor.emr,
            database_url=database_url,
            practice_id=practice.practice_id,
            connection_id=connection_id,
            keys=new_keys(),
        )
        vault = Vault(Keyring.from_text(self.place.keys))
        credentials = StoredCredentials(database, vault, practice_id=practice.practice_id, connection_id=connection_id)
        credentials.save(self.vendor.credentials)
        self.database = database
        self.link = open_link(self.place, database, self.clock)
        self._choose()
        return self

    def move_to(self, database_url: str) -> None:
        """Goes on in a copy of the database."""
        self.leave()
        self.place = msgspec.structs.replace(self.place, database_url=database_url)
        self.database = Database(database_url).open()
        self.link = open_link(self.place, self.database, self.clock)

    def leave(self) -> None:
        """Lets go of the database, so that it can be copied or dropped."""
        if hasattr(self, "database"):
            self.database.close()

    @property
    def appointments(self) -> str:
        """Matches requests for lists of appointments."""
        return self.vendor.lists

    def now(self) -> datetime:
        return self.clock()

    def sync(self, *, full: bool = False, accepted: bool = False) -> SyncReport:
        """One turn of the engine."""
        return pipeline.sync(self.link, full=full, cancellations_accepted=accepted)

    def turns(self, count: int, *, every: timedelta = POLL, full: bool = False) -> list[SyncReport]:
        """So many turns with that time before each."""
        reports = []
        for _ in range(count):
            self.clock.advance(every)
            reports.append(self.sync(full=full))
        return reports

    def check_again(self, appointment_id: str) -> SyncReport:
        """One appointment now, because somebody waits."""
        return pipeline.check_again(self.link, appointment_id)

    def sign_in_again(self) -> None:
        """What a person does once the EMR accepts the credentials no longer."""
        credentials = StoredCredentials(
            self.database,
            self.link.vault,
            practice_id=self.place.practice_id,
            connection_id=self.place.connection_id,
        )
        credentials.save({**credentials.read(), **self.vendor.sign_in_again(self.server.url)})

    def vendor_id(self, appointment_id: int) -> str:
        """What the EMR calls an appointment of the clinic."""
        return self.app.vendor_id(appointment_id)

    def repaired(self) -> int:
        """How many changes only sweeps have found."""
        with self.database.practice(self.place.practice_id) as transaction:
            return sync_runs.repaired_since(transaction, self.place.connection_id, MONDAY - timedelta(days=999))[0]

    def active(self) -> set[str]:
        """The appointments that have a visit."""
        rows = self.query("select appointment_id from visit where connection_id = %(connection)s and state = 'active'")
        return {str(row[0]) for row in rows}

    def query(self, sql: str, **parameters: object) -> list[tuple[Any, ...]]:
        """Rows of the practice, read apart from the product's own queries."""
        with self.database.practice(self.place.practice_id) as transaction:
            known = {"connection": self.place.connection_id, "practice": self.place.practice_id}
            return list(transaction.execute(sql.encode(), {**known, **parameters}).fetchall())

    def _read_lists(self) -> None:
        read_catalog(claim(self.link), keep)

    def is_enabled(self, practitioner: CatalogEntry) -> bool:
        """Whether it is one of the two whom the practice enables; EMRs have numbers of their own for them."""
        enabled = [self.clinic.practitioners[int(one)] for one in self.enabled]
        return practitioner.id in self.enabled or practitioner.npi in {one.npi for one in enabled}

    def _choose(self) -> None:
        self._read_lists()
        author = Author("the practice's admin", self.clock())
        connection_id = self.place.connection_id
        with self.database.practice(self.place.practice_id) as transaction:
            practice_settings.approve(
                transaction, connection_id, author, kind=self.vendor.mark, value=TELEMEDICINE, is_id=False
            )
            for entry in catalog.entries(transaction, connection_id, RecordKind.PRACTITIONER).values():
                if self.is_enabled(entry):
                    member = staff.add_staff(
                        transaction, self.link.vault, name=entry.name, email=f"{entry.id}@staff.example.org", role="x"
                    )
                    catalog.connect(transaction, connection_id, RecordKind.PRACTITIONER, entry.id)
                    catalog.link_staff(transaction, connection_id, entry.id, member.staff_id)


def new_keys() -> str:
    """A keyring of its own, as text."""
    index, data = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    return f"index {index}; data 1 {data}"


Arrange = Callable[..., House]
"""Makes a house from a desk and a vendor; closed at the end of the test."""
