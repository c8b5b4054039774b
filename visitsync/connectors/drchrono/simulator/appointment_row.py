"""How an appointment looks in DrChrono's JSON: the recorded keys in their order (section 5.1)."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.connectors.drchrono.simulator.stamps import Row, Stamps
from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Appointment, AppointmentType, Coverage

STATUS = {
    records.SCHEDULED: "",
    records.REMINDED: "",
    records.TENTATIVE: "Not Confirmed",
    records.UNCONFIRMED: "Not Confirmed",
    records.CONFIRMED: "Confirmed",
    records.CHECKED_IN_ONLINE: "Checked In Online",
    records.ARRIVED: "Arrived",
    records.CHECKED_IN: "Checked In",
    records.IN_ROOM: "In Room",
    records.IN_SESSION: "In Session",
    records.COMPLETED: "Complete",
    records.NEEDS_RESCHEDULE: "Rescheduled",
    records.RESCHEDULED: "Rescheduled",
    records.CANCELLED: "Cancelled",
    records.NO_SHOW: "No Show",
}
STATUS_BACK = {shown: status for status, shown in reversed(STATUS.items())} | {"Rescheduled": records.RESCHEDULED}
TELEHEALTH_IDS_FROM = 5_000_000


class AppointmentRows:
    """Writes appointments, and the telehealth rows that belong to them."""

    def __init__(self, clinic: Clinic, stamps: Stamps, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._stamps = stamps
        self._variants = variants

    def id_of(self, appointment: Appointment) -> str:
        """A string; an occurrence nobody touched yet is named by day and series."""
        if appointment.is_materialised or appointment.occurrence_on is None:
            return str(appointment.id)
        form = "%Y-%m-%d" if self._variants["virtual_id"] == "dashed" else "%Y%m%d"
        return f"{appointment.occurrence_on.strftime(form)}_{appointment.series_id}"

    def appointment(self, appointment: Appointment, *, verbose: bool = False) -> Row:
        """The 38 keys of the recording in their order; more when verbose or by the current fields."""
        kind = self._clinic.types.get(appointment.type_id) if appointment.type_id is not None else None
        primary = self._coverage_of(appointment)
        start = appointment.start.isoformat(timespec="seconds")
        is_break = appointment.is_block
        row: Row = {
            "allow_overlapping": False,
            "appt_is_break": is_break,
            "base_recurring_appointment": self._series_of(appointment),
            "billing_status": "",
            "billing_provider": None,
            "billing_notes": [],
            "cloned_from": appointment.moved_from,
            "color": kind.color if kind else None,
            "created_at": self._stamps.local(appointment.created_at, appointment.practitioner_id),
            "deleted_flag": appointment.is_archived,
            "doctor": appointment.practitioner_id,
            "duration": appointment.minutes,
            "exam_room": appointment.room,
            "first_billed_date": None if is_break else start,
            "icd9_codes": [],
            "icd10_codes": [],
            "id": self.id_of(appointment),
            "ins1_status": "",
            "ins2_status": "",
            "is_walk_in": appointment.is_walk_in,
            "is_virtual_base": self._is_virtual_base(appointment),
            "last_billed_date": None if is_break else start,
            "notes": appointment.note,
            "office": appointment.location_id,
            "patient": None if is_break else appointment.patient_id,
            "primary_insurer_payer_id": primary.payer_id if primary else "",
            "primary_insurer_name": primary.company if primary else "",
            "primary_insurance_id_number": primary.member_id if primary else "",
            "profile": profile_id(appointment.practitioner_id, kind) if kind else None,
            "reason": appointment.reason,
            "recurring_appointment": appointment.series_id is not None,
            "secondary_insurer_payer_id": "",
            "secondary_insurer_name": "",
            "secondary_insurance_id_number": "",
            "scheduled_time": start,
            "status": self.status(appointment),
            "supervising_provider": None,
            "updated_at": self._stamps.local(appointment.changed_at, appointment.practitioner_id),
        }
        if self._variants["appointment_fields"] == "current":
            row |= self._newer_fields(appointment)
        return row | self._verbose_fields(appointment, row) if verbose else row

    def status(self, appointment: Appointment) -> str:
        """The vendor's word; a status the practice invented is shown as it is."""
        return STATUS.get(appointment.status, appointment.status)

    def telehealth(self, appointment: Appointment) -> Row:
        """The only proof that the vendor's own video feature knows of an appointment."""
        return {
            "id": TELEHEALTH_IDS_FROM + appointment.id,
            "appointment": appointment.id,
            "telehealth_url": f"https://video.example.com/room/{appointment.id}",
            "duration": appointment.minutes,
            "overlapping_duration": None,
            "sent_patient_email": False,
            "created_at": self._stamps.telehealth(appointment.created_at),
            "updated_at": self._stamps.telehealth(appointment.changed_at),
        }

    def _newer_fields(self, appointment: Appointment) -> Row:
        is_custom = appointment.status not in STATUS
        key = f"{appointment.series_id}_{appointment.occurrence_on:%Y%m%d}" if appointment.occurrence_on else None
        return {
            "custom_status": appointment.status if is_custom else None,
            "payment_profile": "",
            "recur_start_date": None,
            "recur_end_date": None,
            "recurring_days": [],
            "recurs_every": 1 if appointment.series_id else None,
            "recurrence_instance_key": key,
            "resubmit_claim_original_id": "",
            "extended_updated_at": self._stamps.local(appointment.changed_at, appointment.practitioner_id),
            "created_by": None,
            "first_edi_date": None,
            "last_edi_date": None,
        }

    def _verbose_fields(self, appointment: Appointment, row: Row) -> Row:
        transition = {
            "appointment": appointment.id,  # a number here, a string as the row's own id
            "datetime": row["updated_at"],
            "from_status": "",
            "to_status": row["status"],
        }
        return {
            "clinical_note": None,
            "custom_fields": [],
            "custom_vitals": [],
            "extended_updated_at": row["updated_at"],
            "reminders": [],
            "status_transitions": [transition] if row["status"] else [],
            "vitals": {},
        }

    def _coverage_of(self, appointment: Appointment) -> Coverage | None:
        if appointment.is_block or appointment.patient_id is None:
            return None
        patient = self._clinic.patients.get(appointment.patient_id)
        return patient.coverage if patient else None

    def _series_of(self, appointment: Appointment) -> str | None:
        follows = appointment.series_id is not None and appointment.series_id != appointment.id
        return str(appointment.series_id) if follows else None

    def _is_virtual_base(self, appointment: Appointment) -> bool:
        if self._variants["virtual_base_marks"] == "series":
            return appointment.series_id == appointment.id
        return not appointment.is_materialised


def profile_id(practitioner_id: int, kind: AppointmentType) -> int:
    """Profiles belong to a doctor: the same visit type has another id for each."""
    return practitioner_id * 1000 + kind.id
