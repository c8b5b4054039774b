"""What Kareo's answers mean: from records to appointments, patients and catalog entries; pure.

Each kind of record has its page: translate_row, translate_single, translate_patient; statuses have their table.
Source: kareo reference, sections 3 to 5 and 7.
"""

from typing import Any

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connector_kit.saved_answers import without_http_head
from visitsync.connector_kit.soap import MEDIA_TYPE
from visitsync.connectors.kareo.contract import REPLIES
from visitsync.connectors.kareo.members import Row, text
from visitsync.connectors.kareo.records import Found, operation_of, records_of
from visitsync.connectors.kareo.secrecy import record_without_secrets
from visitsync.connectors.kareo.texts import is_yes
from visitsync.connectors.kareo.translate_patient import patient_of
from visitsync.connectors.kareo.translate_row import appointment_of, reasons_of
from visitsync.connectors.kareo.translate_single import detail_of
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.patient import Patient
from visitsync.domain.practice import CatalogEntry

REFERRING = "Referring Provider"


class KareoTranslator:
    """Understands every documented answer of Kareo, of the contract of 2021 and of today's."""

    version = "1"

    def split(self, page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
        """The records of an answer. Raises AnswerUnreadable, or what the answer itself says is wrong (answers.py)."""
        operation = page.asked.get("operation") or operation_of(page.body)
        if operation not in REPLIES:
            raise AnswerUnreadable(f"{operation} answers with nothing that is read here.")
        found = _readers_choice(page, operation)
        if page.kind is RecordKind.PRACTITIONER:
            return [one for one in found if not _is_referring(one)]
        return found

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment:
        """One row of GetAppointments. Raises RecordUnreadable."""
        return appointment_of(_decoded(_ROW, record), record.id, context)

    def detail(self, record: RawRecord, context: TranslationContext) -> AppointmentDetail:
        """One answer of GetAppointment. Raises RecordUnreadable."""
        return detail_of(_decoded(_RECORD, record), record.id, context)

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient:
        """One patient, of GetPatient or of a list. Raises RecordUnreadable."""
        is_whole = record.asked.get("operation") == "GetPatient"
        return patient_of(_decoded(_RECORD, record), record.id, context.practice_zone, is_whole=is_whole)

    def catalog_entry(self, record: RawRecord, context: TranslationContext) -> CatalogEntry:
        """A reason, service location or provider. Raises RecordUnreadable."""
        row = _decoded(_ROW, record)
        name = row.get("Name") or row.get("FullName") or _name_in_parts(row)
        if not name:
            raise RecordUnreadable("Name: missing")
        return CatalogEntry(
            id=record.id,
            name=name,
            is_active=is_yes(row.get("Active", "True")),
            npi=row.get("NationalProviderIdentifier") or None,
            synonyms=_as_resource(row, name) if record.kind is RecordKind.PRACTITIONER else (),
        )

    def without_secrets(self, record: RawRecord) -> bytes:
        """The record's own bytes; social security numbers were left out when it was made."""
        return record_without_secrets(record.body)

    def page_from_file(self, body: bytes) -> FetchedPage:
        """A saved answer, also with its HTTP head. Raises AnswerUnreadable, or what the answer says is wrong.

        The offset that it was asked with is not known: times of lists are read as wall times of the practice.
        """
        body = without_http_head(body)
        _refuse_what_is_no_soap(body)
        operation = operation_of(body)
        reply = REPLIES.get(operation)
        if reply is None or reply.kind is None:
            raise AnswerUnreadable(f"{operation} answers with nothing that is read here.")
        return FetchedPage(kind=reply.kind, body=body, media_type=MEDIA_TYPE, asked={"operation": operation})


TRANSLATOR = KareoTranslator()

_ROW: msgspec.json.Decoder[Row] = msgspec.json.Decoder(dict[str, str])
_RECORD: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])


_NO_SOAP: tuple[tuple[bytes, str], ...] = (
    (b"{", "This is JSON, as some clients show what they understood; save the SOAP envelope itself."),
    (b"[", "This is JSON, as some clients show what they understood; save the SOAP envelope itself."),
    (b"<html", "This is a page of HTML, such as a gateway's refusal; it holds no records."),
    (b"<!doctype html", "This is a page of HTML, such as a gateway's refusal; it holds no records."),
)


def _refuse_what_is_no_soap(body: bytes) -> None:
    """Raises AnswerUnreadable, saying what it is instead, where its beginning tells."""
    beginning = body[:1_000].lstrip()[:20].lower()
    if not beginning:
        raise AnswerUnreadable("The file is empty.")
    for what, reason in _NO_SOAP:
        if beginning.startswith(what):
            raise AnswerUnreadable(reason)


def _decoded(decoder: msgspec.json.Decoder[Any], record: RawRecord) -> Any:
    try:
        return decoder.decode(record.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RecordUnreadable("a member holds something else than text") from None


def _readers_choice(page: FetchedPage, operation: str) -> Found:
    """An answer may stand in for another: who asked says by the page's kind what is to be read from it."""
    if page.kind is RecordKind.APPOINTMENT_TYPE and operation == "GetAppointments":
        return _reasons_seen(page)
    found = records_of(page, operation)
    if page.kind is not RecordKind.APPOINTMENT:
        return found
    return _only_asked(found, page) if operation == "GetAppointments" else _only_absent(found)


def _only_asked(found: Found, page: FetchedPage) -> Found:
    """Where one appointment was asked for: its row, or that it is gone."""
    wanted = page.asked.get("only")
    if wanted is None:
        return found
    rows = [one for one in found if one.id == wanted]
    if rows or any(isinstance(one, UnreadableRecord) for one in found):
        return rows or found
    if page.asked.get("is_there"):
        raise AnswerUnreadable("GetAppointments does not list an appointment that GetAppointment shows.")
    return [RawRecord(kind=page.kind, id=wanted, body=b"", asked=page.asked, is_absent=True)]


def _only_absent(found: Found) -> Found:
    """GetAppointment in the place of a list only ever says that an appointment is gone."""
    absent: Found = []
    for one in found:
        if isinstance(one, RawRecord):
            if not (one.is_absent or is_yes(text(_decoded(_RECORD, one), "IsDeleted"))):
                raise AnswerUnreadable("GetAppointment shows an appointment that is not deleted.")
            one = msgspec.structs.replace(one, body=b"", is_absent=True)
        absent.append(one)
    return absent


def _reasons_seen(page: FetchedPage) -> Found:
    """The reasons on rows of the schedule, where Kareo does not list the reasons themselves."""
    seen: dict[str, str] = {}
    for one in records_of(page, "GetAppointments"):
        if isinstance(one, RawRecord):
            seen |= {key or name: name for key, name in reasons_of(_decoded(_ROW, one)) if name}
    return [
        RawRecord(kind=page.kind, id=key, body=msgspec.json.encode({"AppointmentReasonId": key, "Name": name}))
        for key, name in seen.items()
    ]


def _is_referring(one: RawRecord | UnreadableRecord) -> bool:
    """Referring physicians come back with the practice's own providers."""
    return isinstance(one, RawRecord) and _decoded(_RECORD, one).get("Type") == REFERRING


def _name_in_parts(row: Row) -> str:
    return " ".join(part for part in (row.get("FirstName"), row.get("LastName")) if part)


def _as_resource(row: Row, name: str) -> tuple[str, ...]:
    """The schedule may print a provider with the degree: `Imara Osei, MD`."""
    return (f"{name}, {row['Degree']}",) if row.get("Degree") else ()
