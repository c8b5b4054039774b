"""Days of a practice whose system sends HL7 over MLLP, with everything going wrong on the way, end with the truth."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.push.conftest import NOW
from tests.push.senders import HOST, listening
from visitsync.connector_kit.connector import ConnectionConfig
from visitsync.connectors import connector_for
from visitsync.connectors.hl7v2.simulator import FAULTS, simulator
from visitsync.domain.appointment import MarkKind
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.hl7v2.sender import Hl7Sender
from visitsync.simulator_kit.records import CANCELLED, NO_SHOW
from visitsync.simulator_kit.staging import OFFICE_VISIT, TELEMEDICINE, a_booking, a_patient, the_practitioner, the_type
from visitsync.storage import peers, practice_settings, practices
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import Database
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import ConnectionState, add_practice
from visitsync.storage.vault import Vault
from visitsync.sync import messages
from visitsync.sync.link import Link

ZONE = "America/New_York"
HARMLESS = sorted(set(FAULTS) - {"test_message", "clock_ahead", "duplicate_id"})
"""Those after which all the same the truth has come over."""


class Day:
    """A clinic that works, its system that sends, and what we made of it."""

    def __init__(self, database: Database, vault: Vault, seed: int) -> None:
        self.database, self.vault = database, vault
        self.chance = random.Random(seed)
        self.clock = VirtualClock.frozen_at(NOW)
        self.clinic = Clinic(clock=self.clock, name="Larkspur", zone=ZONE)
        the_practitioner(self.clinic)
        for name in (TELEMEDICINE, OFFICE_VISIT):
            the_type(self.clinic, name)
        self.practice_id = add_practice(database, slug=f"day-{seed}", name="Larkspur", zone=ZONE).practice_id
        author = Author("admin", NOW)
        with database.practice(self.practice_id) as transaction:
            self.connection_id = practices.add_connection(transaction, emr="hl7v2", base_url="")
            practices.change_state(transaction, self.connection_id, ConnectionState.ACTIVE)
            practice_settings.approve(
                transaction, self.connection_id, author, kind=MarkKind.TYPE, value=TELEMEDICINE, is_id=False
            )
            peers.register(transaction, self.connection_id, author, name="engine", network=peers.network_of(HOST))
        credentials = StoredCredentials(database, vault, practice_id=self.practice_id, connection_id=self.connection_id)
        credentials.save({})
        module = connector_for("hl7v2")
        with database.practice(self.practice_id) as transaction:
            connection = practices.find_connection(transaction, self.connection_id)
        config = ConnectionConfig(
            connection_id=str(self.connection_id), base_url="", settings=connection.settings, practice_zone=ZONE
        )
        self.link = Link(
            practice_id=self.practice_id,
            connection_id=self.connection_id,
            manifest=module.MANIFEST,
            connector=module.open_connection(config, credentials, None, self.clock),  # type: ignore[arg-type]
            translator=module.TRANSLATOR,
            database=database,
            vault=vault,
            clock=self.clock,
        )

    def work(self, sender: Hl7Sender, deeds: int) -> None:
        """So many deeds, with faults on the line and turns of ours in between."""
        for _ in range(deeds):
            self.clock.advance(timedelta(minutes=self.chance.randint(1, 9)))
            self.chance.choice(self._deeds())()
            if self.chance.random() < 0.5:
                sender.faults.switch_on(self.chance.choice(HARMLESS), times=self.chance.randint(1, 2))
            if self.chance.random() < 0.7:
                sender.tick()
            if self.chance.random() < 0.3:
                messages.take_in_pushed(self.link)
        sender.faults.clear()
        for _ in range(20):
            sender.tick()
            if not sender.outbox:
                break
        messages.take_in_pushed(self.link)

    def _deeds(self) -> list[Callable[[], object]]:
        clinic, chance = self.clinic, self.chance
        booked = [one.id for one in clinic.appointments]
        deeds: list[Callable[[], object]] = [lambda: a_booking(clinic, in_days=chance.randint(2, 40))] * 3
        if booked:
            one = chance.choice(booked)
            start = datetime(2026, 12, chance.randint(2, 28), chance.randint(8, 16), 0)
            deeds += [
                lambda: clinic.move(one, start=start),
                lambda: clinic.cancel(one),
                lambda: clinic.uncancel(one),
                lambda: clinic.retype(one, the_type(clinic, chance.choice((TELEMEDICINE, OFFICE_VISIT))).id),
                lambda: clinic.change_patient(clinic.appointments[one].patient_id or 0, email=f"new{one}@example.org"),
                self._merge,
            ]
        return deeds

    def _merge(self) -> None:
        charts = sorted(one.id for one in self.clinic.patients if one.merged_into is None)
        if len(charts) > 2:
            kept, gone = self.chance.sample(charts, 2)
            self.clinic.merge_patients(kept=kept, gone=gone)
        else:
            a_patient(self.clinic)

    def truth(self, sender: Hl7Sender) -> dict[str, tuple[str, datetime]]:
        """Appointment → patient and start of each that ought to be a visit, by the clinic alone."""
        telemedicine = the_type(self.clinic, TELEMEDICINE).id
        return {
            sender.vendor_id(one.id): (sender.patient_key(one.patient_id or 0), self.clinic.instant_of(one))
            for one in self.clinic.appointments
            if one.type_id == telemedicine and one.status not in (CANCELLED, NO_SHOW)
        }

    def visits(self) -> dict[str, tuple[str, datetime]]:
        """The same as we have it."""
        with self.database.practice(self.practice_id) as transaction:
            rows = transaction.execute(
                "select appointment_id, patient_id, start_at from visit where state = 'active'"
            ).fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_a_day_ends_with_the_truth(database: Database, vault: Vault, tmp_path: Path, seed: int) -> None:
    day = Day(database, vault, seed)
    with listening(database, vault, tmp_path, clock=day.clock) as ours:
        variants = {"mllp_address": f"{HOST}:{ours.port}", "ack_wait_tenths": "5"}
        sender = simulator(day.clinic, clock=day.clock, variants=variants)
        day.work(sender, 40)
        assert not sender.outbox
        assert day.visits() == day.truth(sender)
        sender.replay()
        for _ in range(20):
            sender.tick()
        messages.take_in_pushed(day.link)
        assert day.visits() == day.truth(sender), "a whole day sent again changes nothing"
        sender.aim(f"{HOST}:9")  # hangs up
