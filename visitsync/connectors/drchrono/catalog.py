"""What doctors, offices, exam rooms and appointment profiles of DrChrono mean (reference, section 5.2)."""

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.connectors.drchrono.drift import flag, optional_id
from visitsync.connectors.drchrono.payloads import DOCTORS, EXAM_ROOMS, OFFICES, PROFILES
from visitsync.domain.practice import CatalogEntry

NOT_CLINICIANS = "not_clinicians"
"""Under this name a page of doctors says which of them the users' list calls no doctors (ids with commas between)."""
OFFICE = "office"
"""Under this name an exam room's record says which office it is in."""


def to_catalog_entry(record: RawRecord) -> CatalogEntry:
    """Raises RecordUnreadable."""
    if record.kind is RecordKind.PRACTITIONER:
        return _doctor(record)
    if record.kind is RecordKind.LOCATION:
        return _room(record) if "/" in record.id else _office(record)
    if record.kind is RecordKind.APPOINTMENT_TYPE:
        return _profile(record)
    raise RecordUnreadable(f"{record.kind} is nothing that lists hold")


def exam_rooms(record: RawRecord) -> list[RawRecord]:
    """The rooms of an office as records of their own, called by office and index. Raises RecordUnreadable."""
    office = decode_record(record.body, OFFICES)
    rooms = [bytes(room) for room in office.exam_rooms or ()]
    return [
        RawRecord(
            kind=record.kind,
            id=f"{record.id}/{decode_record(room, EXAM_ROOMS).index}",
            body=room,
            asked={OFFICE: office.name or record.id},
        )
        for room in rooms
    ]


def _doctor(record: RawRecord) -> CatalogEntry:
    row = decode_record(record.body, DOCTORS)
    return CatalogEntry(
        id=record.id,
        name=" ".join(part for part in (row.first_name, row.last_name) if part),
        is_active=not flag(row.is_account_suspended, "is_account_suspended"),
        zone=row.timezone or None,  # unchecked: appointments of a doctor whose zone nobody knows must not be guessed
        npi=row.npi_number or None,
        is_clinician=record.id not in record.asked.get(NOT_CLINICIANS, "").split(","),
    )


def _office(record: RawRecord) -> CatalogEntry:
    row = decode_record(record.body, OFFICES)
    return CatalogEntry(id=record.id, name=row.name or "", is_active=not flag(row.archived, "archived"))


def _room(record: RawRecord) -> CatalogEntry:
    """Named with its office, because every office has an "Exam 1"."""
    row = decode_record(record.body, EXAM_ROOMS)
    name = f"{record.asked.get(OFFICE, '')}: {row.name or row.index}".removeprefix(": ")
    return CatalogEntry(id=record.id, name=name, owner_id=record.id.partition("/")[0])


def _profile(record: RawRecord) -> CatalogEntry:
    row = decode_record(record.body, PROFILES)
    return CatalogEntry(
        id=record.id,
        name=row.name or "",
        is_active=not flag(row.archived, "archived"),
        owner_id=optional_id(row.doctor),
        synonyms=(row.reason,) if row.reason and row.reason != row.name else (),
    )
