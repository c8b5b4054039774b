"""What athenahealth's answers mean: pages into records, records into appointments, patients and lists. Pure."""

import re
from collections.abc import Callable, Iterator

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import JsonRow, decode_record, read_listing, read_members, record_id
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.athenahealth.appointments import OPEN_SLOT, status_letter, to_appointment
from visitsync.connectors.athenahealth.catalog import to_catalog_entry
from visitsync.connectors.athenahealth.patients import MERGED_INTO, previous_ids, to_patient, with_packages
from visitsync.connectors.athenahealth.payloads import (
    DEPARTMENTS,
    PACKAGES,
    PATIENT_IDENTITIES,
    PROVIDERS,
    SLOTS,
    TYPES,
    SlotRow,
)
from visitsync.connectors.athenahealth.saved_files import LIST_KEYS, page_from_file
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry

ID, STATUS, FEED, WINDOW = "id", "status", "feed", "window"
"""Names in FetchedPage.asked: which single record was asked for; the status where that was a refusal; whether this is
a batch of changes, in which an id with nothing else is followed by what it was asked for by itself; or some days."""
GONE, RESTRICTED = "404", "403"
WITH_INSURANCES = "with_insurances"
"""In FetchedPage.asked: the body holds the patient and, asked for by itself, the insurance packages."""

_SECRET = re.compile(rb'("[a-z]*ssn"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[^",}\]\s]+)', re.DOTALL)


class AthenahealthTranslator:
    """Understands every payload of the documented shapes, also drifted ones, or says why not."""

    version = "1"

    def split(self, page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
        """The records of a page, in order. Raises AnswerUnreadable.

        An open slot is a record that is absent: the EMR itself says that nobody is booked under that id (any more).
        """
        if page.asked.get(STATUS) in (GONE, RESTRICTED):
            return [_refused(page)]
        rows = _rows(page)
        if ID in page.asked:
            return [_single(page, rows)]
        if page.kind is RecordKind.APPOINTMENT:
            return list(_slots(page, rows))
        return list(_records(page, rows))

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment:
        """Raises RecordUnreadable."""
        return to_appointment(record, context)

    def detail(self, record: RawRecord, context: TranslationContext) -> AppointmentDetail:
        """Lists say everything. Raises RecordUnreadable."""
        raise RecordUnreadable("athenahealth has no details besides the appointment's row")

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient:
        """Raises RecordUnreadable."""
        if record.asked.get(STATUS) == RESTRICTED:
            return Patient(id=record.id, status=PatientStatus.RESTRICTED, coverages=None)
        return to_patient(record)

    def catalog_entry(self, record: RawRecord, context: TranslationContext) -> CatalogEntry:
        """Raises RecordUnreadable."""
        return to_catalog_entry(record)

    def without_secrets(self, record: RawRecord) -> bytes:
        """The record's own bytes with every social security number emptied, masked ones too."""
        return _SECRET.sub(rb'\1""', record.body) if b'ssn"' in record.body else record.body

    def page_from_file(self, body: bytes) -> FetchedPage:
        """Guesses what a saved answer or HTTP message is. Raises AnswerUnreadable."""
        return page_from_file(body)


TRANSLATOR = AthenahealthTranslator()


def _refused(page: FetchedPage) -> RawRecord:
    """athenahealth knows no such record, or does not let us see this one."""
    return RawRecord(
        kind=page.kind, id=page.asked[ID], body=page.body, asked=page.asked, is_absent=page.asked[STATUS] == GONE
    )


def _rows(page: FetchedPage) -> list[JsonRow]:
    if page.asked.get(WITH_INSURANCES):
        return [_with_insurances(page)]
    return read_listing(page.body, LIST_KEYS[page.kind]).rows


def _with_insurances(page: FetchedPage) -> JsonRow:
    """The patient's row with the packages put into it. Raises AnswerUnreadable."""
    members = read_members(page.body)
    patients = read_listing(members.get("patient", b""), LIST_KEYS[RecordKind.PATIENT]).rows
    packages = read_listing(members.get("packages", b""), ("insurances",)).rows
    if len(patients) != 1:
        raise AnswerUnreadable("One patient was asked for.")
    record = RawRecord(kind=page.kind, id=page.asked[ID], body=patients[0].body)
    try:
        return JsonRow(with_packages(record, [decode_record(one.body, PACKAGES) for one in packages]))
    except (RecordUnreadable, msgspec.DecodeError) as error:
        raise AnswerUnreadable("The patient's insurance packages make no sense.") from error


def _single(page: FetchedPage, rows: list[JsonRow]) -> RawRecord | UnreadableRecord:
    """A list of one. Raises AnswerUnreadable if it is about another than was asked for."""
    if len(rows) != 1:
        raise AnswerUnreadable("One record was asked for.")
    found = next(_records(page, rows) if page.kind is not RecordKind.APPOINTMENT else _slots(page, rows))
    wanted = page.asked[ID]
    if found.id in (wanted, None):
        return found
    if page.kind is RecordKind.PATIENT and isinstance(found, RawRecord) and wanted in previous_ids(found):
        return _merged(found, wanted)
    raise AnswerUnreadable("The answer is about something else than was asked for.")


def _slots(page: FetchedPage, rows: list[JsonRow]) -> Iterator[RawRecord | UnreadableRecord]:
    """Appointments; open slots as absent ones."""
    kind, asked = page.kind, page.asked
    for position, row in enumerate(rows):
        try:
            slot = decode_record(row.body, SLOTS)
            identity = record_id(slot.appointmentid)
        except RecordUnreadable as error:
            yield UnreadableRecord(kind=kind, position=position, body=row.body, reason=row.trouble or str(error))
            continue
        if slot.appointmentstatus == "f":  # nearly all
            yield RawRecord(kind=kind, id=identity, body=row.body, asked=asked)
        elif not (FEED in asked and is_bare(slot)):
            is_open = status_letter(slot.appointmentstatus) == OPEN_SLOT
            yield RawRecord(kind=kind, id=identity, body=row.body, asked=asked, is_absent=is_open, is_open_slot=is_open)


def is_bare(slot: SlotRow) -> bool:
    """Whether a row of the changes names an id and says nothing about it: it may be deleted, and is asked for."""
    return slot.appointmentstatus is None and slot.date is None


def _records(page: FetchedPage, rows: list[JsonRow]) -> Iterator[RawRecord | UnreadableRecord]:
    """Patients, each followed by the charts that were merged into it; and the rows of lists."""
    identity_of = _IDENTITIES[page.kind]
    for position, row in enumerate(rows):
        try:
            record = RawRecord(kind=page.kind, id=record_id(identity_of(row.body)), body=row.body, asked=page.asked)
            merged = previous_ids(record) if page.kind is RecordKind.PATIENT else ()
        except RecordUnreadable as error:
            reason = row.trouble or str(error)
            yield UnreadableRecord(kind=page.kind, position=position, body=row.body, reason=reason)
            continue
        yield record
        for identity in merged:
            yield _merged(record, identity)


def _merged(survivor: RawRecord, identity: str) -> RawRecord:
    return RawRecord(kind=survivor.kind, id=identity, body=survivor.body, asked={MERGED_INTO: survivor.id})


_IDENTITIES: dict[RecordKind, Callable[[bytes], int | str]] = {
    RecordKind.PATIENT: lambda body: decode_record(body, PATIENT_IDENTITIES).patientid,
    RecordKind.LOCATION: lambda body: decode_record(body, DEPARTMENTS).departmentid,
    RecordKind.PRACTITIONER: lambda body: decode_record(body, PROVIDERS).providerid,
    RecordKind.APPOINTMENT_TYPE: lambda body: decode_record(body, TYPES).appointmenttypeid,
}
