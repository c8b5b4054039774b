"""What DrChrono's answers mean: pages into records, records into appointments, patients and lists. Pure."""

import re
from collections.abc import Iterator

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import JsonRow, decode_record, read_listing, read_members, record_id
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.drchrono.appointments import to_appointment, to_detail
from visitsync.connectors.drchrono.catalog import exam_rooms, to_catalog_entry
from visitsync.connectors.drchrono.patients import to_patient
from visitsync.connectors.drchrono.payloads import IDENTITIES, TELEHEALTH_ROWS
from visitsync.connectors.drchrono.saved_files import page_from_file
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry

LIST_KEYS = ("results", "data")
"""Recorded answers say `results`, the vendor's API description says `data` (section 3)."""

ID, STATUS = "id", "status"
"""Names in FetchedPage.asked: which single record was asked for, and the status where that was a refusal."""
GONE, RESTRICTED = "404", "403"

_SECRET = re.compile(
    rb'("(?:subscriber_)?social_security(?:_number)?"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[^",}\]\s]+)', re.DOTALL
)


class DrchronoTranslator:
    """Understands every payload of the documented shapes, also drifted ones, or says why not."""

    version = "1"

    def split(self, page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
        """The records of a page, in order; an office is followed by its exam rooms. Raises AnswerUnreadable."""
        if page.asked.get(STATUS) in (GONE, RESTRICTED):
            return [_refused(page)]
        if page.kind is RecordKind.APPOINTMENT_DETAIL:
            return [*_telehealth(page)]
        if ID in page.asked:
            return [_single(page)]
        return list(_records(page, read_listing(page.body, LIST_KEYS).rows))

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment:
        """Raises RecordUnreadable."""
        return to_appointment(record, context)

    def detail(self, record: RawRecord, context: TranslationContext) -> AppointmentDetail:
        """Whether DrChrono's own telehealth feature knows the appointment. Raises RecordUnreadable."""
        return to_detail(record, [row.body for row in read_listing(record.body, LIST_KEYS).rows])

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient:
        """Raises RecordUnreadable."""
        if record.asked.get(STATUS) == RESTRICTED:
            return Patient(id=record.id, status=PatientStatus.RESTRICTED, coverages=None)
        return to_patient(record, context)

    def catalog_entry(self, record: RawRecord, context: TranslationContext) -> CatalogEntry:
        """Raises RecordUnreadable."""
        return to_catalog_entry(record)

    def without_secrets(self, record: RawRecord) -> bytes:
        """The record's own bytes with every social security number emptied."""
        return _SECRET.sub(rb'\1""', record.body) if b"social_security" in record.body else record.body

    def page_from_file(self, body: bytes) -> FetchedPage:
        """Guesses what a saved answer, webhook or HTTP message is. Raises AnswerUnreadable."""
        return page_from_file(body)


TRANSLATOR = DrchronoTranslator()


def _refused(page: FetchedPage) -> RawRecord:
    """DrChrono knows no such record, or does not let us see this one."""
    return RawRecord(
        kind=page.kind, id=page.asked[ID], body=page.body, asked=page.asked, is_absent=page.asked[STATUS] == GONE
    )


def _single(page: FetchedPage) -> RawRecord | UnreadableRecord:
    """One object. Raises AnswerUnreadable if it is another than was asked for, or an error told with status 200."""
    read_members(page.body)
    found = _record(page, 0, JsonRow(page.body))
    if found.id != page.asked[ID]:
        raise AnswerUnreadable("The answer is about something else than was asked for.")
    return found


def _telehealth(page: FetchedPage) -> Iterator[RawRecord | UnreadableRecord]:
    """One record for the appointment that was asked about; in a saved list one for each row."""
    rows = read_listing(page.body, LIST_KEYS).rows
    if ID in page.asked:
        yield RawRecord(kind=page.kind, id=page.asked[ID], body=page.body, asked=page.asked)
        return
    for position, row in enumerate(rows):
        try:
            identity = record_id(decode_record(row.body, TELEHEALTH_ROWS).appointment)
        except RecordUnreadable as error:
            yield UnreadableRecord(kind=page.kind, position=position, body=row.body, reason=str(error))
        else:
            yield RawRecord(kind=page.kind, id=identity, body=b"[" + row.body + b"]")


def _records(page: FetchedPage, rows: list[JsonRow]) -> Iterator[RawRecord | UnreadableRecord]:
    for position, row in enumerate(rows):
        found = _record(page, position, row)
        yield found
        if page.kind is RecordKind.LOCATION and isinstance(found, RawRecord):
            yield from _rooms(found, position)


def _record(page: FetchedPage, position: int, row: JsonRow) -> RawRecord | UnreadableRecord:
    if row.trouble:
        return UnreadableRecord(kind=page.kind, position=position, body=row.body, reason=row.trouble)
    try:
        identity = record_id(decode_record(row.body, IDENTITIES).id)
    except RecordUnreadable as error:
        return UnreadableRecord(kind=page.kind, position=position, body=row.body, reason=str(error))
    return RawRecord(kind=page.kind, id=identity, body=row.body, asked=page.asked)


def _rooms(office: RawRecord, position: int) -> list[RawRecord | UnreadableRecord]:
    try:
        return [*exam_rooms(office)]
    except RecordUnreadable as error:
        whose = f"{office.id}/rooms"
        return [UnreadableRecord(kind=office.kind, position=position, body=office.body, reason=str(error), id=whose)]
