"""What CareCloud's answers mean: pages into records, records into appointments, patients and lists. Pure."""

import re
from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import JsonRow, decode_record, read_listing, read_members, record_id
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.carecloud.appointments import RESOURCE, to_appointment
from visitsync.connectors.carecloud.catalog import to_catalog_entry
from visitsync.connectors.carecloud.patients import to_patient
from visitsync.connectors.carecloud.payloads import IDENTITIES, WRAPPED_IDENTITIES
from visitsync.connectors.carecloud.saved_files import page_from_file
from visitsync.connectors.carecloud.wrappers import LIST_KEYS, RESOURCES, single_of, unwrapped
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.patient import Patient
from visitsync.domain.practice import CatalogEntry

ID, STATUS, LIST = "id", "status", "list"
"""Names in FetchedPage.asked: the single record asked for, its status where it was refused, and which list it is."""
GONE = "gone"

_SECRET = re.compile(
    rb'("(?:ssn|drivers_license_number|social_security_number)"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[^",}\]\s]+)', re.DOTALL
)


class CarecloudTranslator:
    """Understands every payload of the documented shapes, in any wrapper, or says why not."""

    version = "1"

    def split(self, page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
        """The records of a page, in order. Raises AnswerUnreadable."""
        if page.asked.get(STATUS) == GONE:
            return [RawRecord(kind=page.kind, id=page.asked[ID], body=page.body, asked=page.asked, is_absent=True)]
        if page.kind is RecordKind.PATIENT:
            return [_patient(page)]
        if ID in page.asked:
            return [_single(page)]
        rows = read_listing(page.body, LIST_KEYS).rows
        if page.kind is RecordKind.APPOINTMENT:
            return [_appointment(page, position, row) for position, row in enumerate(rows)]
        return [_catalog_row(page, position, row) for position, row in enumerate(rows)]

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment:
        """Raises RecordUnreadable."""
        return to_appointment(record, context)

    def detail(self, record: RawRecord, context: TranslationContext) -> AppointmentDetail:
        """Lists say all that single appointments do, as far as we use it; nothing is asked for. Raises never."""
        return AppointmentDetail(id=record.id)

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient:
        """Raises RecordUnreadable."""
        return to_patient(record, context)

    def catalog_entry(self, record: RawRecord, context: TranslationContext) -> CatalogEntry:
        """Raises RecordUnreadable."""
        return to_catalog_entry(record, context)

    def without_secrets(self, record: RawRecord) -> bytes:
        """The record's own bytes with social security and driver's licence numbers emptied."""
        return _SECRET.sub(rb'\1""', record.body)

    def page_from_file(self, body: bytes) -> FetchedPage:
        """Guesses what a saved answer is. Raises AnswerUnreadable."""
        return page_from_file(body)


TRANSLATOR = CarecloudTranslator()


def _appointment(page: FetchedPage, position: int, row: JsonRow) -> RawRecord | UnreadableRecord:
    if row.trouble:
        return UnreadableRecord(kind=page.kind, position=position, body=row.body, reason=row.trouble)
    try:
        found = decode_record(row.body, WRAPPED_IDENTITIES)
        identity = record_id(found.id if found.appointment is msgspec.UNSET else found.appointment.id)
    except RecordUnreadable as error:
        return UnreadableRecord(kind=page.kind, position=position, body=row.body, reason=str(error))
    return RawRecord(kind=page.kind, id=identity, body=row.body, asked=page.asked)


def _catalog_row(page: FetchedPage, position: int, row: JsonRow) -> RawRecord | UnreadableRecord:
    if row.trouble:
        return UnreadableRecord(kind=page.kind, position=position, body=row.body, reason=row.trouble)
    try:
        body, wrapper = unwrapped(row.body)
        is_resource = "resource" in wrapper or page.asked.get(LIST) == RESOURCES
        identity = record_id(decode_record(body, IDENTITIES).id)
    except (RecordUnreadable, AnswerUnreadable) as error:
        return UnreadableRecord(kind=page.kind, position=position, body=row.body, reason=str(error))
    return RawRecord(kind=page.kind, id=RESOURCE + identity if is_resource else identity, body=body, asked=page.asked)


def _single(page: FetchedPage) -> RawRecord | UnreadableRecord:
    """One appointment. Raises AnswerUnreadable if it is another than was asked for, or no appointment at all."""
    found = _appointment(page, 0, JsonRow(single_of(page.body)))
    if found.id is None or found.id.casefold() != page.asked[ID].casefold():
        raise AnswerUnreadable("The answer is about something else than was asked for.")
    return _called(found, page.asked)


def _patient(page: FetchedPage) -> RawRecord | UnreadableRecord:
    """A chart, perhaps with its insurance. Raises AnswerUnreadable if it is another than was asked for."""
    single = single_of(page.body)
    members = read_members(single)
    body = single if "patient" in members else b'{"patient":' + single + b"}"
    try:
        identity = record_id(decode_record(members.get("patient", single), IDENTITIES).id)
    except RecordUnreadable as error:
        if ID in page.asked:
            raise AnswerUnreadable("The answer is no patient.") from error
        return UnreadableRecord(kind=page.kind, position=0, body=page.body, reason=str(error))
    asked = page.asked.get(ID, identity)
    if identity.casefold() != asked.casefold():
        raise AnswerUnreadable("The answer is about somebody else than was asked for.")
    return RawRecord(kind=page.kind, id=asked, body=body, asked=page.asked)


def _called(found: RawRecord | UnreadableRecord, asked: Mapping[str, str]) -> RawRecord | UnreadableRecord:
    """Under the id that was asked for, should its letters be written otherwise."""
    return found if found.id == asked[ID] else msgspec.structs.replace(found, id=asked[ID])
