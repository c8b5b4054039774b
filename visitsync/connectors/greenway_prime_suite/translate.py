"""What Prime Suite's answers mean: pages into records, records into appointments, patients and lists. Pure."""

from collections.abc import Iterator

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record
from visitsync.connector_kit.pages import CATALOG_KINDS, FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.greenway_prime_suite.appointments import to_appointment
from visitsync.connectors.greenway_prime_suite.catalog import named_in, tells_more, to_catalog_entry
from visitsync.connectors.greenway_prime_suite.patients import names_nobody, to_listed_patient, to_patient
from visitsync.connectors.greenway_prime_suite.payloads import PATIENTS_IN_ROWS, PERSONS
from visitsync.connectors.greenway_prime_suite.saved_files import page_from_file
from visitsync.connectors.greenway_prime_suite.schedule_page import Schedule, read_schedule, row_id
from visitsync.connectors.greenway_prime_suite.secrecy import without_secrets
from visitsync.connectors.greenway_prime_suite.values import optional_id
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.patient import Patient
from visitsync.domain.practice import CatalogEntry

ID, STATUS, FROM, ONLY, NULL_LIST = "id", "status", "from", "only", "null_list"
"""Names in FetchedPage.asked: the patient asked for and the status where there is none such; that a patient comes from
the schedule; the ids that a page of a list is for, with commas between; what a null list means at this site."""
NOBODY = "nobody"
"""In FetchedPage.asked: this site says by an empty patient that there is no such chart."""
GONE = "gone"
SCHEDULE = "schedule"
EMPTY = "empty"

Found = RawRecord | UnreadableRecord


class PrimeSuiteTranslator:
    """Understands every payload of the documented shapes, also drifted ones, or says why not."""

    version = "1"

    def split(self, page: FetchedPage) -> list[Found]:
        """The records of a page, in order, each id once. Raises AnswerUnreadable."""
        if page.kind is RecordKind.PATIENT and page.asked.get(FROM) != SCHEDULE:
            return [_patient_record(page)]
        schedule = read_schedule(page.body, is_null_empty=page.asked.get(NULL_LIST) == EMPTY)
        if page.kind in CATALOG_KINDS:
            return _listed(page.kind, schedule, page.asked.get(ONLY))
        if page.kind is RecordKind.PATIENT:
            return [*_patients_in(schedule)]
        if schedule.troubles:
            return [_appointment_record(schedule, position) for position in range(len(schedule.rows))]
        try:
            return [RawRecord(kind=RecordKind.APPOINTMENT, id=row_id(row), body=row) for row in schedule.rows]
        except RecordUnreadable:
            return [_appointment_record(schedule, position) for position in range(len(schedule.rows))]

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment:
        """Raises RecordUnreadable."""
        return to_appointment(record, context)

    def detail(self, record: RawRecord, context: TranslationContext) -> AppointmentDetail:
        """The schedule says everything that there is. Raises RecordUnreadable."""
        raise RecordUnreadable("Prime Suite tells nothing more about an appointment than its schedule does")

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient:
        """Raises RecordUnreadable."""
        if record.asked.get(FROM) == SCHEDULE:
            return to_listed_patient(record, context)
        return to_patient(record, context)

    def catalog_entry(self, record: RawRecord, context: TranslationContext) -> CatalogEntry:
        """Raises RecordUnreadable."""
        return to_catalog_entry(record)

    def without_secrets(self, record: RawRecord) -> bytes:
        """The record's own bytes less social security numbers."""
        return without_secrets(record.body)

    def page_from_file(self, body: bytes) -> FetchedPage:
        """Guesses what a saved answer is. Raises AnswerUnreadable."""
        return page_from_file(body)


TRANSLATOR = PrimeSuiteTranslator()


def _appointment_record(schedule: Schedule, position: int) -> Found:
    row, trouble = schedule.rows[position], schedule.troubles.get(position)
    if trouble is not None:
        return _unreadable(RecordKind.APPOINTMENT, position, row, trouble)
    try:
        return RawRecord(kind=RecordKind.APPOINTMENT, id=row_id(row), body=row)
    except RecordUnreadable as error:
        return _unreadable(RecordKind.APPOINTMENT, position, row, str(error))


def _patient_record(page: FetchedPage) -> RawRecord:
    is_absent = page.asked.get(STATUS) == GONE or (NOBODY in page.asked and names_nobody(page.body))
    return RawRecord(kind=page.kind, id=page.asked[ID], body=page.body, asked=page.asked, is_absent=is_absent)


def _patients_in(schedule: Schedule) -> Iterator[Found]:
    """Everybody whom these rows name, each once: of several mentions the last."""
    found: dict[str, RawRecord] = {}
    for position, row in enumerate(schedule.rows):
        try:
            body = bytes(decode_record(row, PATIENTS_IN_ROWS).patient)
            identity = None if body == b"null" else optional_id(decode_record(body, PERSONS).id or None)
        except RecordUnreadable as error:
            yield _unreadable(RecordKind.PATIENT, position, row, str(error))
            continue
        if identity is not None:
            found[identity] = RawRecord(kind=RecordKind.PATIENT, id=identity, body=body, asked={FROM: SCHEDULE})
    yield from found.values()


def _listed(kind: RecordKind, schedule: Schedule, only: str | None) -> list[Found]:
    """What these rows name of a kind, each once, from the row that says most of it."""
    wanted = None if only is None else set(only.split(","))
    best: dict[str, tuple[CatalogEntry, bytes]] = {}
    for row in schedule.rows:
        try:
            named = named_in(kind, row)
        except RecordUnreadable:
            continue  # as an appointment it is told to be unreadable
        for entry in named:
            if (wanted is None or entry.id in wanted) and tells_more(entry, best.get(entry.id, (None,))[0]):
                best[entry.id] = (entry, row)
    return [RawRecord(kind=kind, id=identity, body=body) for identity, (_, body) in best.items()]


def _unreadable(kind: RecordKind, position: int, row: bytes, reason: str) -> UnreadableRecord:
    return UnreadableRecord(kind=kind, position=position, body=row, reason=reason)
