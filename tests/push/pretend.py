"""A pretend EMR that pushes: JSON in MLLP, so that the engine's side of push is tried without any real format."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from visitsync.connector_kit.connector import (
    ConnectionCheck,
    ConnectionConfig,
    Reception,
    TranslationContext,
)
from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.manifest import Feed, Manifest
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.domain.appointment import Appointment, AppointmentDetail, AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import LocalTime
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.domain.practice import CatalogEntry

ZONE = "America/Chicago"
VIDEO = "Video Visit"
MANIFEST = Manifest(
    emr="pretend",
    name="Pretend",
    default_base_url="",
    allowed_hosts=(),
    feed=Feed.PUSH,
    usual_minutes=(1, 15),
    abnormal_minutes=30,
    poll_minutes=5,
    is_listed=False,
    reads_single=False,
    reads_patients=False,
    marks=(MarkKind.TYPE,),
    is_matched_by_id=False,
    required_demographics=frozenset(),
    words={},
    credentials=(),
    limits=(),
    reconnect_steps="",
)
PATIENT = {"first_name": "Maren", "last_name": "Ostby", "email": "maren@example.org"}
STATUSES = {str(status): str(status) for status in AppointmentStatus}
_numbers = count(1)


def message(
    *, sent: datetime, appointments: Sequence[dict[str, Any]] = (), patients: Sequence[dict[str, Any]] = (), **more: Any
) -> bytes:
    """One message; every one is another, unless the same bytes are sent again."""
    said = {"sent": sent.isoformat(), "appointments": list(appointments), "patients": list(patients)}
    return msgspec.json.encode({"number": next(_numbers), **said, **more})


def booking(
    appointment_id: str, start: datetime, *, patient: str = "p1", status: str = "booked", kind: str = VIDEO
) -> dict[str, Any]:
    """What a message says of an appointment."""
    return {"id": appointment_id, "start": start.isoformat(), "patient": patient, "status": status, "type": kind}


class Receiver:
    """Says "yes NUMBER" or "no NUMBER"."""

    def receive(self, body: bytes, config: ConnectionConfig, *, now: datetime, answer_id: str) -> Reception:
        try:
            said = msgspec.json.decode(body, type=dict[str, Any])
            sent = datetime.fromisoformat(said["sent"])
        except (msgspec.DecodeError, KeyError, ValueError):
            return Reception(answer=b"no", page=None, refusal="no JSON object that says when it was sent")
        return Reception(
            answer=f"yes {said['number']}".encode(),
            page=FetchedPage(kind=RecordKind.APPOINTMENT_UPDATE, body=body),
            delivery_id=sha256(body).hexdigest(),
            sent_at=sent,
        )

    def busy(self, body: bytes, config: ConnectionConfig, *, now: datetime, answer_id: str) -> bytes | None:
        return None


class Translator:
    """Understands those messages."""

    version = "1"

    def split(self, page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
        said = msgspec.json.decode(page.body, type=dict[str, Any])
        if said.get("mistake"):
            raise KeyError("a mistake of ours")
        if said.get("nonsense"):
            raise AnswerUnreadable("a message that says nonsense")
        return list(_records(said))

    def appointment_after(
        self, record: RawRecord, context: TranslationContext, known: Appointment | None
    ) -> Appointment | None:
        said = msgspec.json.decode(record.body, type=dict[str, Any])
        at = datetime.fromisoformat(said["sent"])
        if known is not None and known.changed_at is not None and at < known.changed_at:
            return None
        if said["status"] not in STATUSES:
            raise RecordUnreadable("status: a status")
        start = datetime.fromisoformat(said["start"]).astimezone(ZoneInfo(ZONE))
        return Appointment(
            id=record.id,
            start=LocalTime(start.replace(tzinfo=None), ZONE, start.astimezone(UTC)),
            duration_minutes=30,
            status=AppointmentStatus(STATUSES[said["status"]]),
            marks=(Mark(MarkKind.TYPE, None, said["type"]),),
            patient_id=said["patient"],
            practitioner_id=said.get("provider"),
            changed_at=at,
            first_seen_at=known.first_seen_at if known else None,
        )

    def patient_after(self, record: RawRecord, context: TranslationContext, known: Patient | None) -> Patient | None:
        said = msgspec.json.decode(record.body, type=dict[str, Any])
        at = datetime.fromisoformat(said.pop("sent"))
        if known is not None and known.changed_at is not None and at < known.changed_at:
            return None
        changed = {name: value for name, value in said.items() if name != "id"}
        if "merged_into_id" in changed:
            changed["status"] = PatientStatus.MERGED
        return msgspec.structs.replace(known or Patient(id=record.id), **changed, changed_at=at)

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment:
        raise RecordUnreadable("nothing is listed")

    def detail(self, record: RawRecord, context: TranslationContext) -> AppointmentDetail:
        raise RecordUnreadable("nothing is listed")

    def patient(self, record: RawRecord, context: TranslationContext) -> Patient:
        said = msgspec.json.decode(record.body, type=dict[str, Any])
        return Patient(id=record.id, date_of_birth=date(1980, 1, 1), **said)

    def catalog_entry(self, record: RawRecord, context: TranslationContext) -> CatalogEntry:
        return CatalogEntry(id=record.id, name=record.body.decode())

    def without_secrets(self, record: RawRecord) -> bytes:
        return record.body

    def page_from_file(self, body: bytes) -> FetchedPage:
        return FetchedPage(kind=RecordKind.APPOINTMENT_UPDATE, body=body)


class Connector:
    """There is nothing to ask, but perhaps for patients."""

    def __init__(self, manifest: Manifest = MANIFEST, patients: dict[str, dict[str, Any]] | None = None) -> None:
        self.manifest = manifest
        self.patients = patients or {}
        self.asked: list[str] = []

    def check(self) -> ConnectionCheck:
        return ConnectionCheck(is_working=True)

    def read_catalog(self) -> Iterator[FetchedPage]:
        yield from ()

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        raise AssertionError("an EMR that pushes is not asked for changes")

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        raise AssertionError("an EMR that pushes is not asked for days")

    def read_appointment(self, appointment_id: str, *, urgency: Urgency) -> Iterator[FetchedPage]:
        raise AssertionError("an EMR that pushes is not asked for appointments")

    def read_details(self, appointment_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        raise AssertionError("an EMR that pushes is not asked for details")

    def read_patients(self, patient_ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        assert self.manifest.reads_patients
        for patient_id in patient_ids:
            self.asked.append(patient_id)
            if patient_id in self.patients:
                body = msgspec.json.encode({"patient": patient_id, **self.patients[patient_id]})
                yield FetchedPage(kind=RecordKind.PATIENT, body=body)

    def read_patient_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        yield from ()


def _records(said: dict[str, Any]) -> Iterator[RawRecord | UnreadableRecord]:
    if "patient" in said:
        body = {name: value for name, value in said.items() if name != "patient"}
        yield RawRecord(kind=RecordKind.PATIENT, id=said["patient"], body=msgspec.json.encode(body))
        return
    for name in said.get("types", ()):
        yield RawRecord(kind=RecordKind.APPOINTMENT_TYPE, id=name, body=name.encode())
    for kind, key in ((RecordKind.PATIENT_UPDATE, "patients"), (RecordKind.APPOINTMENT_UPDATE, "appointments")):
        for one in said[key]:
            yield RawRecord(kind=kind, id=one["id"], body=msgspec.json.encode({**one, "sent": said["sent"]}))
