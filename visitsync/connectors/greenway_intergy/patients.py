"""Patients with their coverage from Greenway's FHIR server, by the patient numbers of the HL7 messages.

The messages name a patient by practice and patient number (`1/40001`); FHIR has ids of its own, and the patient number
as an identifier (greenway reference, sections 2 and 3). A page remembers both.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC
from urllib.parse import quote

import msgspec

from visitsync.connector_kit.connector import Clock, ConnectionConfig
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.fhir import people
from visitsync.connector_kit.fhir.asking import FHIR_JSON, GONE
from visitsync.connector_kit.fhir.bundles import bundle_of, resource_type_of
from visitsync.connector_kit.json_rows import decode_record
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connectors.greenway_intergy.asking import Asking
from visitsync.domain.patient import Patient

FHIR_ID = "fhir_id"
"""Under this name a page says what FHIR calls the patient."""


class _Identity(msgspec.Struct, frozen=True):
    id: str = ""


_IDENTITIES = msgspec.json.Decoder(_Identity)


class PatientReading:
    """Reads wanted patients one by one: two searches each."""

    def __init__(self, asking: Asking, config: ConnectionConfig, clock: Clock) -> None:
        self._asking = asking
        self._settings = config.settings
        self._clock = clock

    def read(self, ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """A page for each patient; who is not there comes as an absent record, who is withheld as restricted.

        A number that finds several people finds nobody: whose coverage it is must never be guessed.
        """
        for identity in dict.fromkeys(ids):
            yield self._page(identity, urgency)

    def _page(self, identity: str, urgency: Urgency) -> FetchedPage:
        number = identity.rpartition("/")[2]
        found, status = self._found(number, urgency)
        found = list({_id_of(body): body for body in found}.values())  # a page may show somebody twice
        if len(found) != 1:
            return _without_record(identity, status or ("404" if not found else "409"))
        body = found[0]
        fhir_id = _id_of(body)
        policies = self._search("Coverage", [("beneficiary", f"Patient/{fhir_id}")], urgency, "beneficiary")
        asked = {
            people.ID: identity,
            FHIR_ID: fhir_id,
            people.AS_OF: self._clock().astimezone(UTC).date().isoformat(),
            "coverage": "read",
        }
        whole = bundle_of([body, *policies])
        return FetchedPage(kind=RecordKind.PATIENT, body=whole, media_type=FHIR_JSON, asked=asked)

    def _found(self, number: str, urgency: Urgency) -> tuple[list[bytes], str]:
        """The patients of this number, and the status where the server refused to tell."""
        if self._settings.get("patient_search") == "id":
            path = f"/Patient/{quote(number, safe='')}"
            answer = self._asking.server.get_one(path, operation="Patient", urgency=urgency)
            is_refused = answer.status in (403, *GONE)
            return ([] if is_refused else [answer.body]), (str(answer.status) if is_refused else "")
        system = self._settings.get("patient_number_system", "").strip()
        value = f"{system}|{number}" if system else number
        return self._search("Patient", [("identifier", value)], urgency, "identifier"), ""

    def _search(self, resource: str, params: list[tuple[str, str]], urgency: Urgency, must: str) -> list[bytes]:
        pages = self._asking.searches.pages(resource, params, urgency=urgency, must_honour=(must,), is_strict=False)
        found = [entry.body for page in pages for entry in page.bundle.entries]
        return [body for body in found if resource_type_of(body) == resource]


def split(page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
    """The patient of a page under the name that messages have for them. Raises AnswerUnreadable."""
    identity = page.asked.get(people.ID, "")
    status = page.asked.get(people.STATUS)
    if status == "409":
        reason = "Patient: several people have this patient number; set patient_number_system"
        return [UnreadableRecord(kind=page.kind, position=0, body=page.body, reason=reason, id=identity)]
    if status is not None or FHIR_ID not in page.asked:
        return people.split(page)
    return [
        msgspec.structs.replace(each, id=identity, asked=page.asked) if isinstance(each, RawRecord) else each
        for each in people.split(page)
    ]


def to_patient(record: RawRecord) -> Patient:
    """Raises RecordUnreadable, naming the field."""
    fhir_id = record.asked.get(FHIR_ID)
    if fhir_id is None:
        return people.to_patient(record)
    found = people.to_patient(msgspec.structs.replace(record, id=fhir_id))
    practice = record.id.rpartition("/")[0]
    survivor = found.merged_into_id
    merged_into = f"{practice}/{survivor}" if survivor and practice else survivor
    return msgspec.structs.replace(found, id=record.id, merged_into_id=merged_into)


def _without_record(identity: str, status: str) -> FetchedPage:
    asked = {people.ID: identity, people.STATUS: status}
    return FetchedPage(kind=RecordKind.PATIENT, body=b"", media_type=FHIR_JSON, asked=asked)


def _id_of(body: bytes) -> str:
    try:
        return decode_record(body, _IDENTITIES).id
    except RecordUnreadable:
        return ""
