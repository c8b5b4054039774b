"""The whole job beside the floor: a first load, nothing new, 1 % changed, an idle poll, a recheck of everything."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bench.floor import load
from bench.measure import Cost, measured
from bench.pretend import NOW, Pretend, pretend_drchrono
from visitsync.connector_kit.connector import ConnectionConfig
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors.drchrono import MANIFEST, TRANSLATOR, open_connection
from visitsync.connectors.drchrono.simulator import CREDENTIALS
from visitsync.domain.appointment import MarkKind
from visitsync.storage import catalog, practice_settings, practices, staff
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import Database
from visitsync.storage.decisions import Cause
from visitsync.storage.keyring import Keyring
from visitsync.storage.migrate import migrate
from visitsync.storage.practice_settings import Author
from visitsync.storage.roles import AppRole, app_url
from visitsync.storage.vault import Vault
from visitsync.storage.vendor_limits import StoredBudget
from visitsync.sync.keeping import keep
from visitsync.sync.link import Link
from visitsync.sync.pipeline import sync
from visitsync.sync.readings import read_catalog
from visitsync.sync.recheck import recheck_everything
from visitsync.sync.run import claim
from visitsync.wiring.embedded_postgres import RunningDatabase
from visitsync.wiring.embedded_postgres.temporary import temporary_database

ZONE = "America/New_York"
IDLE_POLLS = 50


@dataclass(slots=True)
class Clock:
    """Time as the benchmark says."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything measured in one run."""

    appointments: int
    visits: int
    floor: Cost
    floor_again: Cost
    first: Cost
    nothing: Cost
    changed: Cost
    idle: Cost
    recheck: Cost
    changed_decisions: int


def run(appointments: int) -> Figures:
    """Measures everything once, against one PostgreSQL and one pretend DrChrono."""
    with pretend_drchrono(appointments) as pretend, temporary_database() as postgres:
        clock = Clock()
        with _linked(pretend, postgres, clock) as link:
            return _measure(pretend, postgres, clock, link)


def _measure(pretend: Pretend, postgres: RunningDatabase, clock: Clock, link: Link) -> Figures:
    def turn(what: str, *, full: bool) -> Cost:
        with measured(what, postgres.pid) as cost:
            report = sync(link, full=full)
        assert report.trouble is None, report
        clock.at += timedelta(minutes=5)
        pretend.advance(300)
        return cost

    first = turn("first load", full=True)
    token = StoredCredentials(
        link.database, link.vault, practice_id=link.practice_id, connection_id=link.connection_id
    ).read()["access_token"]
    with measured("floor: first load", postgres.pid) as floor:
        load(pretend, token, postgres.owner_url)
    with measured("floor: again", postgres.pid) as floor_again:
        load(pretend, token, postgres.owner_url)
    nothing = turn("nothing changed", full=True)
    pretend.churn(0.01)
    changed = turn("1 % changed", full=True)
    clock.at += timedelta(hours=3)
    pretend.advance(3 * 3600)
    turn("settles", full=False)
    with measured("idle poll", postgres.pid) as idle:
        for _ in range(IDLE_POLLS):
            sync(link)
            clock.at += timedelta(seconds=1)
    with measured("recheck everything", postgres.pid) as recheck:
        changed_decisions = _approve_another_type(link)
    with link.database.practice(link.practice_id) as transaction:
        held = transaction.execute("select count(*) from appointment").fetchone()
        visits = transaction.execute("select count(*) from visit where state = 'active'").fetchone()
    assert held is not None
    assert visits is not None
    return Figures(
        int(held[0]), int(visits[0]), floor, floor_again, first, nothing, changed, idle, recheck, changed_decisions
    )


def _approve_another_type(link: Link) -> int:
    """A settings change that can affect every appointment, and changes few of them."""
    return recheck_everything(link, Cause("setting changed", "benchmark"))


@contextmanager
def _linked(pretend: Pretend, postgres: RunningDatabase, clock: Clock) -> Iterator[Link]:
    role = AppRole(name="visitsync_bench", password=os.urandom(16).hex())
    migrate(postgres.owner_url, app_role=role)
    vault = Vault(Keyring(index_key=os.urandom(32), data_keys={1: os.urandom(32)}, sealing_key_id=1))
    with Database(app_url(postgres.owner_url, role)) as database:
        practice = practices.add_practice(database, slug="bench", name="Bench", zone=ZONE)
        with database.practice(practice.practice_id) as transaction:
            connection_id = practices.add_connection(
                transaction,
                emr="drchrono",
                base_url=pretend.url,
                settings={"requests_per_hour": "100000000", "requests_per_second": "1000000"},
            )
        link = _link(pretend, database, vault, clock, practice.practice_id, connection_id)
        _set_up(link)
        yield link


def _link(
    pretend: Pretend, database: Database, vault: Vault, clock: Clock, practice_id: UUID, connection_id: UUID
) -> Link:
    credentials = StoredCredentials(database, vault, practice_id=practice_id, connection_id=connection_id)
    credentials.save(CREDENTIALS)
    with database.practice(practice_id) as transaction:
        connection = practices.find_connection(transaction, connection_id)
    config = ConnectionConfig(
        connection_id=str(connection_id),
        base_url=pretend.url,
        settings=connection.settings,
        practice_zone=ZONE,
        allows_loopback=True,
    )
    owners = {"application": "bench", "credential": "bench", "connection": str(connection_id)}
    budget = StoredBudget(database, emr="drchrono", owners=owners)
    return Link(
        practice_id=practice_id,
        connection_id=connection_id,
        manifest=MANIFEST,
        connector=open_connection(config, credentials, budget, clock),
        translator=TRANSLATOR,
        database=database,
        vault=vault,
        clock=clock,
    )


def _set_up(link: Link) -> None:
    """What an admin does once: lists read, the telemedicine type approved, every provider enabled with a login."""
    read_catalog(claim(link), keep)
    author = Author("bench", link.now())
    with link.database.practice(link.practice_id) as transaction:
        types = catalog.entries(transaction, link.connection_id, RecordKind.APPOINTMENT_TYPE)
        for name in sorted({entry.name for entry in types.values() if "tele" in entry.name.lower()}):
            practice_settings.approve(
                transaction, link.connection_id, author, kind=MarkKind.TYPE, value=name, is_id=False
            )
        for kind in (RecordKind.PRACTITIONER, RecordKind.LOCATION, RecordKind.APPOINTMENT_TYPE):
            for entry in catalog.entries(transaction, link.connection_id, kind).values():
                catalog.connect(transaction, link.connection_id, kind, entry.id)
                if kind is RecordKind.PRACTITIONER:
                    member = staff.add_staff(
                        transaction, link.vault, name=entry.name, email=f"{entry.id}@staff.example.net", role="provider"
                    )
                    catalog.link_staff(transaction, link.connection_id, entry.id, member.staff_id)
