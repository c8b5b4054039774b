"""What a FHIR server's answers mean: pages into records, records into appointments, patients and lists. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.fhir import people
from visitsync.connector_kit.fhir.bundles import BROKEN, Entry, read_bundle, resource_type_of
from visitsync.connector_kit.fhir.files import entries_of_file
from visitsync.connector_kit.fhir.secrets import without_social_security
from visitsync.connector_kit.fhir.shapes import KINDS
from visitsync.connector_kit.json_rows import mended, record_id
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.fhir_r4.actors import Beside
from visitsync.connectors.fhir_r4.appointments import enveloped, to_appointment
from visitsync.connectors.fhir_r4.catalog import locations, practitioner_of_role, practitioners, to_catalog_entry, types
from visitsync.domain.appointment import Appointment, AppointmentDetail
from visitsync.domain.patient import Patient
from visitsync.domain.practice import CatalogEntry

ID, STATUS = people.ID, people.STATUS
"""Names in FetchedPage.asked: which single record was asked for, and the status where that was a refusal."""
FORM, FILE = "form", "file"
"""Under FORM a page says that it is a FILE, which may hold anything."""
GONE = frozenset({"404", "410"})

Found = RawRecord | UnreadableRecord
_ELSEWHERE = re.compile(rb'"reference"\s*:\s*"(?:https?:|urn:)')
_HISTORY_ADDRESS = re.compile(r"(?:.*/)?Appointment/(?P<id>[^/?#]+)(?:/_history/[^/?#]+)?/?")
_LISTS: Mapping[RecordKind, Callable[[FetchedPage, Sequence[Entry]], Iterable[Found]]] = {
    RecordKind.PRACTITIONER: practitioners,
    RecordKind.LOCATION: locations,
    RecordKind.APPOINTMENT_TYPE: types,
}


class FhirTranslator:
    """Understands the resources of every version from DSTU2 to R5, or says why not."""

    version = "1"

    def split(self, page: FetchedPage) -> list[Found]:
        """The records of a page, in order. Raises AnswerUnreadable unless it surely answers the question."""
        if page.asked.get(FORM) == FILE:
            return _of_file(page)
        if page.kind is RecordKind.PATIENT:
            return people.split(page)
        if page.asked.get(STATUS) in GONE:
            absent = RawRecord(kind=page.kind, id=page.asked[ID], body=page.body, asked=page.asked, is_absent=True)
            return [absent]
        if page.kind in _LISTS:
            return [*_LISTS[page.kind](page, read_bundle(page.body).entries)]
        return _of_one(page) if ID in page.asked else _of_bundle(page)

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment:
        """Raises RecordUnreadable."""
        return to_appointment(record, context)

    def detail(self, record: RawRecord, context: TranslationContext) -> AppointmentDetail:
        """Lists say everything. Raises RecordUnreadable."""
        raise RecordUnreadable("a FHIR server has no details beside the appointment itself")

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient:
        """Raises RecordUnreadable."""
        return people.to_patient(record)

    def catalog_entry(self, record: RawRecord, context: TranslationContext) -> CatalogEntry:
        """Raises RecordUnreadable."""
        return to_catalog_entry(record)

    def without_secrets(self, record: RawRecord) -> bytes:
        """The record's own bytes with every social security number emptied."""
        return without_social_security(record.body)

    def page_from_file(self, body: bytes) -> FetchedPage:
        """A saved resource, Bundle, list or NDJSON. Raises AnswerUnreadable."""
        page = FetchedPage(kind=RecordKind.APPOINTMENT, body=body, asked={FORM: FILE})
        found = _of_file(page)
        return page if not found else msgspec.structs.replace(page, kind=found[0].kind)


TRANSLATOR = FhirTranslator()


def _of_bundle(page: FetchedPage) -> list[Found]:
    """The appointments of a search or history; what was included or remarked is passed over."""
    bundle = read_bundle(page.body)
    entries = bundle.entries[::-1] if bundle.type == "history" else bundle.entries  # newest first there
    return _appointments(page, entries)


def _of_one(page: FetchedPage) -> list[Found]:
    """One Appointment, or a search for its id. Raises AnswerUnreadable if it is about another."""
    kind = resource_type_of(page.body)
    found = _of_bundle(page) if kind == "Bundle" else _appointments(page, [Entry(page.body)])
    if not found or any(each.id != page.asked[ID] for each in found):
        raise AnswerUnreadable("The answer is about something else than was asked for.")
    return found


def _of_file(page: FetchedPage) -> list[Found]:
    entries = entries_of_file(page.body)
    found = [
        *_appointments(page, entries),
        *people.split_entries(
            msgspec.structs.replace(page, kind=RecordKind.PATIENT),
            [entry for entry in entries if not entry.trouble and resource_type_of(entry.body)],
            reads_coverage=False,
        ),
        *practitioners(page, entries),
        *locations(page, entries),
        *types(page, [entry for entry in entries if resource_type_of(entry.body) == "HealthcareService"]),
    ]
    if entries and not found:
        kinds = sorted({resource_type_of(entry.body) or "?" for entry in entries})[:5]
        raise AnswerUnreadable(f"The payload holds no Appointment or Patient, but {', '.join(kinds)}.")
    return found


def _appointments(page: FetchedPage, entries: Sequence[Entry]) -> list[Found]:
    names = _names(entries)
    found: list[Found] = []
    for position, entry in enumerate(entries):
        if entry.trouble:
            found.append(_unreadable(page, position, entry, entry.trouble))
        elif not entry.body:
            found.extend(_without_resource(page, position, entry))
        else:
            try:
                kind = KINDS.decode(entry.body)
            except BROKEN:
                found.append(_kindless(page, position, entry))
                continue
            if kind.resource_type == "Appointment":
                found.append(_appointment(page, position, entry, kind.id, names))
    return found


def _appointment(
    page: FetchedPage, position: int, entry: Entry, identity: str | int | None, names: Mapping[str, str]
) -> Found:
    named = identity if identity is not None else _name_of(entry)
    if named is None:
        return _unreadable(page, position, entry, "id: expected; a resource without one was never saved by a server")
    try:
        known = record_id(named)
    except RecordUnreadable as error:
        return _unreadable(page, position, entry, str(error))
    body = entry.body
    if (names and _mentions(body, names)) or _ELSEWHERE.search(body):
        body = enveloped(body, Beside(_base_of(entry), {name: names[name] for name in names if name.encode() in body}))
    return RawRecord(kind=RecordKind.APPOINTMENT, id=known, body=body, asked=page.asked)


def _names(entries: Sequence[Entry]) -> dict[str, str]:
    """Whom `urn:` names and PractitionerRoles mean that stand on the same page."""
    names: dict[str, str] = {}
    for entry in entries:
        if entry.full_url.startswith("urn:"):
            kind = _kind_and_id(entry.body)
            names[entry.full_url] = f"{kind[0]}/{kind[1] or entry.full_url}"
        if entry.mode != "match" and b"PractitionerRole" in entry.body[:400]:
            kind = _kind_and_id(entry.body)
            if kind[0] == "PractitionerRole" and (who := practitioner_of_role(entry.body)):
                names[f"PractitionerRole/{kind[1]}"] = f"Practitioner/{who}"
    return names


def _kind_and_id(body: bytes) -> tuple[str, str]:
    try:
        kind = KINDS.decode(body)
    except BROKEN:
        return "", ""
    return kind.resource_type, str(kind.id or "")


def _mentions(body: bytes, names: Mapping[str, str]) -> bool:
    return any(name.encode() in body for name in names)


def _name_of(entry: Entry) -> str | None:
    """What the Bundle calls a resource without an id of its own."""
    if entry.full_url.startswith("urn:"):
        return entry.full_url
    found = _HISTORY_ADDRESS.fullmatch(entry.full_url)
    return found["id"] if found else None


def _base_of(entry: Entry) -> str:
    base, sign, _ = entry.full_url.rpartition("/Appointment/")
    return base if sign and base.startswith("http") else ""


def _without_resource(page: FetchedPage, position: int, entry: Entry) -> Iterator[Found]:
    """A deletion in a history; or a notification that names an appointment and leaves it to us to read it."""
    address = _HISTORY_ADDRESS.fullmatch(entry.address or entry.full_url)
    if address is None:
        return
    if entry.method == "DELETE":
        yield RawRecord(kind=RecordKind.APPOINTMENT, id=address["id"], body=b"", asked=page.asked, is_absent=True)
    elif page.asked.get(FORM) == FILE:
        reason = "the entry only names an appointment; read it from the FHIR server by its id"
        yield UnreadableRecord(
            kind=RecordKind.APPOINTMENT, position=position, body=b"", reason=reason, id=address["id"]
        )


def _kindless(page: FetchedPage, position: int, entry: Entry) -> UnreadableRecord:
    try:
        msgspec.json.decode(mended(entry.body))
    except BROKEN as error:
        return _unreadable(page, position, entry, f"the entry is no JSON: {type(error).__name__}")
    return _unreadable(page, position, entry, "resourceType: expected in every resource, with an id that is text")


def _unreadable(page: FetchedPage, position: int, entry: Entry, reason: str) -> UnreadableRecord:
    return UnreadableRecord(kind=RecordKind.APPOINTMENT, position=position, body=entry.body, reason=reason)
