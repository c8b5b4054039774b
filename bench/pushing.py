"""How fast pushed messages are kept and acknowledged, one after the other, and how fast they are taken in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.measure import Cost, measured
from visitsync.connector_kit.conformance.across_rooms import across_rooms
from visitsync.connector_kit.conformance.push_trial import PushTrial
from visitsync.connector_kit.conformance.trial import NOON, connector_module
from visitsync.connector_kit.connector import ConnectionConfig, Receiver
from visitsync.domain.appointment import MarkKind
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.staging import TELEMEDICINE
from visitsync.storage import peers, practice_settings, practices
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import Database
from visitsync.storage.keyring import Keyring
from visitsync.storage.migrate import migrate
from visitsync.storage.practice_settings import Author
from visitsync.storage.roles import AppRole, app_url
from visitsync.storage.vault import Vault
from visitsync.storage.vendor_limits import StoredBudget
from visitsync.sync.door import Door, Sender, receive
from visitsync.sync.link import Link
from visitsync.sync.pipeline import sync
from visitsync.wiring.embedded_postgres.temporary import temporary_database

EMR, ZONE, SEED = "hl7v2", "America/New_York", 7


@dataclass(frozen=True, slots=True)
class Pushed:
    """What so many messages took."""

    messages: int
    door: Cost
    taking_in: Cost


def run(appointments: int) -> Pushed:
    """Measures once: the messages by which a pretend sender tells of a clinic of that size."""
    told = across_rooms(EMR)
    clinic = a_busy_clinic(SEED, NOON, appointments=appointments, zones=(ZONE,))
    letters = PushTrial(EMR, clinic=clinic, variants=told.variants, settings=told.settings).take_in_all()
    with temporary_database() as postgres:
        role = AppRole(name="visitsync_bench", password=os.urandom(16).hex())
        migrate(postgres.owner_url, app_role=role)
        with _linked(app_url(postgres.owner_url, role)) as (link, sender):
            door = Door(database=link.database, vault=link.vault, clock=link.clock)
            with measured("kept and acknowledged", postgres.pid) as at_the_door:
                for number, letter in enumerate(letters):
                    received = receive(door, sender, letter.body, answer_id=str(number))
                    assert not received.refusal, received
            with measured("taken in", postgres.pid) as taking_in:
                report = sync(link)
            assert report.trouble is None, report
            return Pushed(len(letters), at_the_door, taking_in)


@contextmanager
def _linked(database_url: str) -> Iterator[tuple[Link, Sender]]:
    vault = Vault(Keyring(index_key=os.urandom(32), data_keys={1: os.urandom(32)}, sealing_key_id=1))
    module, author = connector_module(EMR), Author("bench", NOON)
    with Database(database_url) as database:
        practice_id = practices.add_practice(database, slug="bench", name="Bench", zone=ZONE).practice_id
        with database.practice(practice_id) as transaction:
            connection_id = practices.add_connection(
                transaction, emr=EMR, base_url="", settings=across_rooms(EMR).settings
            )
            practice_settings.approve(
                transaction, connection_id, author, kind=MarkKind.TYPE, value=TELEMEDICINE, is_id=False
            )
            peer_id = peers.register(
                transaction, connection_id, author, name="engine", network=peers.network_of("127.0.0.1")
            )
            connection = practices.find_connection(transaction, connection_id)
        config = ConnectionConfig(
            connection_id=str(connection_id), base_url="", settings=connection.settings, practice_zone=ZONE
        )
        credentials = StoredCredentials(database, vault, practice_id=practice_id, connection_id=connection_id)
        credentials.save({})
        owners = dict.fromkeys(("application", "credential", "connection"), str(connection_id))
        budget = StoredBudget(database, emr=EMR, owners=owners)
        link = Link(
            practice_id=practice_id, connection_id=connection_id, manifest=module.MANIFEST,
            connector=module.open_connection(config, credentials, budget, lambda: NOON),
            translator=module.TRANSLATOR, database=database, vault=vault, clock=lambda: NOON,
        )  # fmt: skip
        receiver: Receiver | None = getattr(module, "RECEIVER", None)
        assert receiver is not None
        sender = Sender(peer_id=peer_id, practice_id=practice_id, emr=EMR, config=config, receiver=receiver)
        yield link, sender
