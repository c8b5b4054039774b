"""Fills a database as if 2,000 practices had used it for weeks: what the pages are measured on."""

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors import connector_for
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import from_wall, zone_named
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
from visitsync.sync.people import indexes

EMR = "drchrono"
TELEMEDICINE, MISSPELT = "Telemedicine Visit", "Telemedicne Visit"
OTHER_TYPES = ("Office Visit", "Follow-up", "New Patient", "Physical", MISSPELT)
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
FIRST_NAMES = (
    "Ottoline",
    "Vikram",
    "Perpetua",
    "Anselm",
    "Isaura",
    "Bartholomew",
    "Calliope",
    "Dashiell",
    "Eudora",
    "Fergus",
    "Guinevere",
    "Hyacinth",
    "Ignatius",
    "Jocasta",
    "Kazimir",
    "Leocadia",
    "Marisol",
    "Nikolai",
)
FIRST_PARTS = ("Thor", "Var", "Oka", "Lind", "Mont", "Quill", "Ash", "Berg", "Castel", "Dun", "Ever", "Fitz", "Grim")
LAST_PARTS = ("sen", "ga", "for", "gren", "clair", "worth", "ton", "dahl", "lani", "more", "hart", "wick", "shaw")
WORKDAYS_BEHIND, WORKDAYS_AHEAD = 5, 20
TELEMEDICINE_SHARE = 0.6
LARGE = 20_000
LARGE_PRACTICES = 8
RAW_BYTES = 700
"""What a row of this EMR has."""
CHUNK = 2_000
FIRST_ID = 7_000_000


@dataclass(frozen=True, slots=True)
class Filled:
    """A practice that was filled."""

    practice_id: UUID
    connection_id: UUID
    is_large: bool
    size: int
    """Appointments, numbered from FIRST_ID on."""
    staff_ids: tuple[UUID, ...]


def fill(
    database: Database, vault: Vault, *, practices_wanted: int, appointments: int, now: datetime, seed: int = 7
) -> Iterator[Filled]:
    """Practice by practice, each committed by itself: a few large ones first, then the others, all alike."""
    large = min(LARGE_PRACTICES, appointments // (2 * LARGE))
    others = (appointments - large * LARGE) // (practices_wanted - large)
    for number in range(practices_wanted):
        size = LARGE if number < large else others
        yield _fill_one(database, vault, number, size, now, random.Random(f"{seed} {number}"))


def _fill_one(database: Database, vault: Vault, number: int, size: int, now: datetime, chance: random.Random) -> Filled:
    zone = ZONES[number % len(ZONES)]
    practice = practices.add_practice(database, slug=f"practice-{number}", name=f"Practice {number}", zone=zone)
    with database.practice(practice.practice_id) as transaction:
        connection_id = practices.add_connection(transaction, emr=EMR, base_url="https://drchrono.com")
        doctors = max(4, min(60, size // 250))
        logins = _set_up(transaction, vault, connection_id, doctors, now)
        people = _people(transaction, vault, connection_id, max(20, size // 4), now, chance)
        context = load_practice_context(transaction, vault, connection_id, connector_for(EMR).MANIFEST, now=now)
        bench = Bench(
            transaction=transaction, vault=vault, connection_id=connection_id, practice=context,
            safety=Safety(is_off=True), now=now,
        )  # fmt: skip
        booked = _booked(size, doctors, people, zone, now, chance)
        for begin in range(0, size, CHUNK):
            judge_read(bench, [_case(one) for one in booked[begin : begin + CHUNK]], Cause("read from the EMR", "1"))
        for kind in ("changes", "sweep"):
            sync_runs.note_last(transaction, connection_id, kind, at=now - timedelta(minutes=3))
    return Filled(practice.practice_id, connection_id, size >= LARGE, size, logins)


def _set_up(
    transaction: Transaction, vault: Vault, connection_id: UUID, doctors: int, now: datetime
) -> tuple[UUID, ...]:
    """Lists read a year ago, one type approved, all practitioners but one enabled with a login."""
    before = now - timedelta(days=365)
    listed = {
        RecordKind.APPOINTMENT_TYPE: [TELEMEDICINE, *OTHER_TYPES],
        RecordKind.LOCATION: ["Main Street", "Riverside", "Online"],
        RecordKind.PRACTITIONER: [f"Dr. {FIRST_PARTS[n % 13]}{LAST_PARTS[n // 13 % 13]}" for n in range(doctors)],
    }
    for kind, names in listed.items():
        entries = [
            CatalogEntry(id=str(100 + n), name=name, npi=f"{1_000_000_000 + n}" if "Dr." in name else None)
            for n, name in enumerate(names)
        ]
        catalog.save(transaction, connection_id, kind, entries, now=before)
    practice_settings.approve(
        transaction, connection_id, Author("bench", before), kind=MarkKind.TYPE, value="100", is_id=True
    )
    return tuple(_enable(transaction, vault, connection_id, str(100 + n)) for n in range(doctors - 1))


def _enable(transaction: Transaction, vault: Vault, connection_id: UUID, practitioner_id: str) -> UUID:
    member = staff.add_staff(
        transaction,
        vault,
        name=f"Login {practitioner_id}",
        email=f"{practitioner_id}@staff.example.net",
        role="provider",
    )
    catalog.connect(transaction, connection_id, RecordKind.PRACTITIONER, practitioner_id)
    catalog.link_staff(transaction, connection_id, practitioner_id, member.staff_id)
    return member.staff_id


def _people(
    transaction: Transaction, vault: Vault, connection_id: UUID, count: int, now: datetime, chance: random.Random
) -> Sequence[str]:
    everybody = [_patient(number, chance) for number in range(count)]
    read = [
        ReadPatient(patient=one, fingerprint=os.urandom(16), indexes=indexes(vault, transaction.practice_id, one))
        for one in everybody
    ]
    patients.save(transaction, vault, connection_id, read, now=now)
    return [one.id for one in everybody]


def _patient(number: int, chance: random.Random) -> Patient:
    first, last = chance.choice(FIRST_NAMES), f"{chance.choice(FIRST_PARTS)}{chance.choice(LAST_PARTS)}"
    luck = chance.random()
    address = f"{first}.{last}.{number}@mail.example.com".lower()
    return Patient(
        id=str(50_000 + number),
        first_name=first,
        last_name=last,
        date_of_birth=date(1940 + number % 60, 1 + number % 12, 1 + number % 28),
        email="" if luck < 0.03 else "the.family@mail.example.com" if luck < 0.04 else address,
        phones=("555-010-2000",),
        address=Address(line=f"{number} Elm Street", city="Springfield", state="IL", postal_code="62701"),
        coverages=(Coverage(payer_name="Invented Mutual", payer_id="IM1", member_id=str(number)),),
    )


def _booked(
    size: int, doctors: int, people: Sequence[str], zone: str, now: datetime, chance: random.Random
) -> list[Appointment]:
    days = list(_workdays(now.astimezone(zone_named(zone)).date()))
    return [
        _appointment(number, days[number % len(days)], doctors, people, zone, now, chance) for number in range(size)
    ]


def _appointment(
    number: int, day: date, doctors: int, people: Sequence[str], zone: str, now: datetime, chance: random.Random
) -> Appointment:
    is_telemedicine = chance.random() < TELEMEDICINE_SHARE
    kind = 0 if is_telemedicine else 5 if chance.random() < 0.02 else chance.randrange(1, 5)
    booked_at = now - timedelta(minutes=chance.randrange(30, 40_000))
    doctor = doctors - 1 if chance.random() < 0.02 else chance.randrange(doctors - 1)
    return Appointment(
        id=str(FIRST_ID + number),
        start=from_wall(datetime.combine(day, time(8 + chance.randrange(10), 15 * chance.randrange(4))), zone),
        duration_minutes=15,
        status=AppointmentStatus.BOOKED,
        marks=(Mark(MarkKind.TYPE, str(100 + kind), (TELEMEDICINE, *OTHER_TYPES)[kind]),),
        patient_id=chance.choice(people),
        practitioner_id=str(100 + doctor),
        location_id=str(100 + chance.randrange(3)),
        booked_at=booked_at,
        changed_at=booked_at,
        first_seen_at=booked_at + timedelta(minutes=4),
    )


def _workdays(today: date) -> Iterator[date]:
    """Today is always one of them."""
    for direction, count in ((-1, WORKDAYS_BEHIND), (1, WORKDAYS_AHEAD)):
        day = today
        for _ in range(count):
            day += timedelta(days=direction)
            while day.weekday() > 4:
                day += timedelta(days=direction)
            yield day
    yield today


def _case(appointment: Appointment) -> Case:
    return Case(appointment=appointment, known=None, fingerprint=os.urandom(16), raw=b"x" * RAW_BYTES, intake_id=1)
