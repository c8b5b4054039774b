"""How an appointment looks in CareCloud's JSON: the recorded keys in their order (reference, sections 3.3 to 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from visitsync.connectors.carecloud.simulator.shapes import (
    APPOINTMENT_MARK,
    BUSINESS_ENTITY,
    PATIENT_MARK,
    Row,
    Stamps,
    guid,
    ids_as,
)
from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Appointment

RESOURCES_FROM = 60_000
STATUS = {
    records.SCHEDULED: "P",
    records.CONFIRMED: "P",
    records.UNCONFIRMED: "P",
    records.REMINDED: "P",
    records.TENTATIVE: "R",
    records.CHECKED_IN_ONLINE: "CI",
    records.ARRIVED: "CI",
    records.CHECKED_IN: "I",
    records.IN_ROOM: "PR",
    records.IN_SESSION: "PR",
    records.COMPLETED: "O",
    records.NEEDS_RESCHEDULE: "C",
    records.RESCHEDULED: "C",
    records.CANCELLED: "C",
    records.NO_SHOW: "C",
}
CODES = {
    "P": (1, "Pending"),
    "R": (2, "Requested"),
    "C": (3, "Cancelled"),
    "CI": (4, "Checking In"),
    "I": (5, "Checked In"),
    "PR": (6, "In Progress - In Room"),
    "PH": (7, "In Progress - Out of Room"),
    "CO": (8, "Checking Out"),
    "O": (9, "Checked Out"),
    "B": (10, "Billed"),
    "M": (11, "Manually Billed"),
}
OWN_STATUS_ID = 40
REASONS = {5: ("PTCX", "Patient Cancelled"), 6: ("RSCH", "Rescheduled"), 7: ("NOSH", "Patient No Show")}
_REASON_OF = {records.NO_SHOW: 7, records.RESCHEDULED: 6, records.NEEDS_RESCHEDULE: 6}


class AppointmentRows:
    """Writes appointments, as rows of the list and by themselves."""

    def __init__(self, clinic: Clinic, stamps: Stamps, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._stamps = stamps
        self._variants = variants

    def id_of(self, appointment: Appointment) -> str:
        """A GUID, whatever happens to the appointment."""
        return guid(appointment.id, APPOINTMENT_MARK)

    def patient_id(self, number: int) -> str:
        """What the chart is called."""
        return str(number) if self._variants["patient_ids"] == "number" else guid(number, PATIENT_MARK)

    def code_of(self, appointment: Appointment) -> str:
        """The letters of its status; a status that the practice made has letters of its own."""
        if appointment.status == records.NO_SHOW and self._variants["no_show"] == "pending":
            return "P"
        return STATUS.get(appointment.status, "X")

    def appointment(self, appointment: Appointment, *, in_utc: bool = False) -> Row:
        """A row of the list, without its wrapper."""
        moment = self._clinic.instant_of(appointment)
        at, exact = self._stamps.at, self._stamps.exact
        reason = self._reason(appointment)
        row: Row = {
            "id": self.id_of(appointment),
            "appointment_status": self._status(appointment),
            "patient": self._patient(appointment.patient_id),
            "location": self._location(appointment.location_id),
            "cancellation_details": self._cancellation(reason, appointment),
            "chief_complaint": self._complaint(appointment),
            "task_id": None,
            "updated_by_application": None,
            "appointment_cancellation_reason_id": reason,
            "arrived_at": None,
            "comments": appointment.note or None,
            "confirmation_details": None,
            "departed_at": None,
            "exam_room_id": None,
            "is_confirmed": appointment.status == records.CONFIRMED,
            "is_force_overbook": False,
            "patient_contacted": None,
            "recurrence_id": appointment.series_id,
            "recurrence_index": None if appointment.series_id is None else 1,
            "referring_physician_npi": None,
            "visit_reason_id": appointment.type_id,
            "resource_id": RESOURCES_FROM + appointment.practitioner_id,
            "provider_id": self._provider_id(appointment.practitioner_id),
            "start_time": at(moment, in_utc=in_utc),
            "end_time": at(moment + timedelta(minutes=appointment.minutes), in_utc=in_utc),
            "created_at": exact(appointment.created_at, in_utc=in_utc),
            "updated_at": exact(appointment.changed_at, in_utc=in_utc),
            "encounter_id": None,
            "business_entity_id": BUSINESS_ENTITY,
        }
        quoted = ("appointment_cancellation_reason_id", "is_confirmed", "resource_id", "visit_reason_id")
        return ids_as(row, quoted, self._variants["shapes"])

    def in_full(self, appointment: Appointment) -> Row:
        """What the answer about one appointment adds (section 3.2)."""
        return self.appointment(appointment, in_utc=self._variants["shown_offset"] == "utc") | {
            "admit_diagnosis_id": None,
            "note_set_id": None,
            "document_set_id": None,
            "contrast": None,
            "laterality": None,
            "created_by_application": None,
            "patient_instructions": None,
            "preferred_confirmation_method": None,
        }

    def _status(self, appointment: Appointment) -> Row:
        code = self.code_of(appointment)
        number, name = CODES.get(code, (OWN_STATUS_ID, appointment.status))
        return {"id": number, "code": code, "name": name}

    def _patient(self, number: int | None) -> Row | None:
        """Here the chart's e-mail and birth date have other names, and its names are upper case."""
        if number is None:
            return None
        shelf = self._clinic.patients
        patient = shelf.get(number) or shelf.removed[number]
        return {
            "id": self.patient_id(number),
            "chart_number": str(number),
            "date_of_birth": patient.birth_date.isoformat() if patient.birth_date else None,
            "first_name": patient.first_name.upper(),
            "last_name": patient.last_name.upper(),
            "middle_initial": patient.middle_name[:1].upper() or None,
            "gender_id": {"F": 2, "M": 1}.get(patient.sex),
            "email": patient.email or None,
            "patient_status": "A",
            "primary_phone_number": None,
        }

    def _location(self, number: int) -> Row:
        return {"id": number, "name": self._clinic.locations[number].name}

    def _provider_id(self, practitioner_id: int) -> str | int | None:
        """Text where everything else is a number; nothing in the column of a room or desk."""
        practitioner = self._clinic.practitioners[practitioner_id]
        if not practitioner.is_provider or self._variants["provider_in_rows"] == "never":
            return None
        return practitioner_id if self._variants["shapes"] == "documented" else str(practitioner_id)

    def _reason(self, appointment: Appointment) -> int | None:
        return _REASON_OF.get(appointment.status, 5) if self.code_of(appointment) == "C" else None

    def _cancellation(self, reason: int | None, appointment: Appointment) -> Row:
        told = appointment.note or None if reason is not None else None
        return {"id": reason, "detail": REASONS[reason][1] if reason is not None else None, "comments": told}

    def _complaint(self, appointment: Appointment) -> str | None:
        """What staff wrote, unless it only repeats the visit reason."""
        kind = self._clinic.types.get(appointment.type_id) if appointment.type_id is not None else None
        return None if kind is not None and kind.name == appointment.reason else appointment.reason or None
