"""What ExampleCharts' answers mean: pages into records, records into the house's words. Pure."""

import re

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import JsonRow, decode_record, read_listing, read_members, record_id
from visitsync.connector_kit.pages import FetchedPage, RawRecord, UnreadableRecord
from visitsync.connectors.examplecharts.appointments import to_appointment
from visitsync.connectors.examplecharts.catalog import to_catalog_entry
from visitsync.connectors.examplecharts.patients import to_patient
from visitsync.connectors.examplecharts.payloads import IDENTITIES
from visitsync.connectors.examplecharts.saved_files import page_from_file
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.patient import Patient
from visitsync.domain.practice import CatalogEntry

LIST_KEYS = ("rows",)
ID, IS_GONE = "id", "is_gone"
"""Names in FetchedPage.asked: which single record was asked for, and that ExampleCharts does not know it."""

_SECRET = re.compile(rb'("ssn"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[^",}\]\s]+)', re.DOTALL)


class ExampleChartsTranslator:
    """Understands every payload of the documented shapes, or says why not."""

    version = "1"

    def split(self, page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
        """The records of a page, in order. Raises AnswerUnreadable."""
        if IS_GONE in page.asked:
            return [RawRecord(kind=page.kind, id=page.asked[ID], body=page.body, asked=page.asked, is_absent=True)]
        if ID in page.asked:
            return [_single(page)]
        rows = read_listing(page.body, LIST_KEYS).rows
        return [_record(page, position, row) for position, row in enumerate(rows)]

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment:
        """Raises RecordUnreadable."""
        return to_appointment(record, context)

    def detail(self, record: RawRecord, context: TranslationContext) -> AppointmentDetail:
        """Nothing: ExampleCharts' lists say everything."""
        raise RecordUnreadable("ExampleCharts has no details besides its lists")

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient:
        """Raises RecordUnreadable."""
        return to_patient(record)

    def catalog_entry(self, record: RawRecord, context: TranslationContext) -> CatalogEntry:
        """Raises RecordUnreadable."""
        return to_catalog_entry(record)

    def without_secrets(self, record: RawRecord) -> bytes:
        """The record's own bytes with every social security number emptied."""
        return _SECRET.sub(rb'\1""', record.body) if b'"ssn"' in record.body else record.body

    def page_from_file(self, body: bytes) -> FetchedPage:
        """Guesses what a saved answer is. Raises AnswerUnreadable."""
        return page_from_file(body)


TRANSLATOR = ExampleChartsTranslator()


def _single(page: FetchedPage) -> RawRecord | UnreadableRecord:
    """One object. Raises AnswerUnreadable if it is another than was asked for, or none."""
    read_members(page.body)
    found = _record(page, 0, JsonRow(page.body))
    if found.id != page.asked[ID]:
        raise AnswerUnreadable("The answer is about something else than was asked for.")
    return found


def _record(page: FetchedPage, position: int, row: JsonRow) -> RawRecord | UnreadableRecord:
    if row.trouble:
        return UnreadableRecord(kind=page.kind, position=position, body=row.body, reason=row.trouble)
    try:
        identity = record_id(decode_record(row.body, IDENTITIES).id)
    except RecordUnreadable as error:
        return UnreadableRecord(kind=page.kind, position=position, body=row.body, reason=str(error))
    return RawRecord(kind=page.kind, id=identity, body=row.body, asked=page.asked)
