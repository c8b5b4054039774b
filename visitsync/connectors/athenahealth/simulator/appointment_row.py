"""How an appointment, and the open slot that a cancelled one leaves, look in athenahealth's JSON (section 6.3)."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from visitsync.connectors.athenahealth.simulator.patient_row import PatientRows
from visitsync.connectors.athenahealth.simulator.stamps import EASTERN, Row, drifted, filled, stamp, us_day
from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Appointment

CHECKED_IN = frozenset(
    {records.CHECKED_IN_ONLINE, records.ARRIVED, records.CHECKED_IN, records.IN_ROOM, records.IN_SESSION}
)
CANCELLED = frozenset({records.CANCELLED, records.NO_SHOW, records.RESCHEDULED, records.NEEDS_RESCHEDULE})
LONGEST_TYPE_NAME = 30
SLOT_IDS_FROM = 9_000_000
"""The slot that a cancellation reopens has an id of its own."""
GENERIC_TYPE = "4"


class AppointmentRows:
    """Writes appointments and open slots."""

    def __init__(self, clinic: Clinic, patients: PatientRows, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._patients = patients
        self._variants = variants
        self._successors: tuple[int, dict[int, int]] = (-1, {})

    def booked(self, appointment: Appointment, query: Mapping[str, str]) -> Row:
        """An appointment; a time that is kept free is a slot that nobody may book."""
        if appointment.is_block:
            return self.slot(appointment, identity=appointment.id, is_frozen=True)
        ids = {"appointmentid": str(appointment.id), "appointmentstatus": self.status(appointment)}
        if appointment.patient_id is None:  # nobody booked it, so that nothing tells when
            return drifted(self._common(appointment) | ids, self._variants)
        row = (
            self._common(appointment)
            | ids
            | filled(
                {
                    "patientid": str(appointment.patient_id),
                    "scheduledby": "jdoe12",
                    "scheduleddatetime": stamp(appointment.created_at),
                    "lastmodified": stamp(appointment.changed_at, self._zone_of_change(appointment)),
                    "lastmodifiedby": "jdoe12",
                    "templateappointmentid": str(appointment.moved_from or appointment.id),
                }
            )
        )
        if query.get("showcopay") != "false":
            row["copay"] = 0
        row |= self._of_cancelled(appointment) | self._of_checked_in(appointment)
        if appointment.note and appointment.status != records.RESCHEDULED:  # notes move to the new appointment
            row["appointmentnotes"] = [{"id": appointment.id, "text": appointment.note, "displayonschedule": True}]
        row |= self._patients.nested(appointment.patient_id, query)
        return drifted(row, self._variants)

    def slot(self, appointment: Appointment, *, identity: int, is_frozen: bool = False) -> Row:
        """An open slot: no patient, no stamp, nobody who booked it."""
        kind = {"appointmenttypeid": GENERIC_TYPE, "appointmenttype": "GENERIC 30", "appointmentstatus": "o"}
        row = (
            self._common(appointment) | kind | {"appointmentid": str(identity), "templateappointmentid": str(identity)}
        )
        return drifted(row | ({"frozen": True} if is_frozen else {}), self._variants)

    def status(self, appointment: Appointment) -> str:
        """The vendor's letter; it has none for what is only a request, or for a practice's own words."""
        if appointment.status in CANCELLED:
            return "x"
        if appointment.status in CHECKED_IN:
            return "2"
        return self._variants["checked_out"] if appointment.status == records.COMPLETED else "f"

    def _common(self, appointment: Appointment) -> Row:
        kind = self._clinic.types.get(appointment.type_id) if appointment.type_id is not None else None
        return filled(
            {
                "date": us_day(appointment.start.date()),
                "starttime": appointment.start.strftime("%H:%M"),
                "duration": appointment.minutes,
                "departmentid": str(appointment.location_id),
                "providerid": str(appointment.practitioner_id),
                "hl7providerid": appointment.practitioner_id,
                "appointmenttypeid": str(kind.id) if kind else None,
                "appointmenttype": kind.name[:LONGEST_TYPE_NAME] if kind else None,
                "patientappointmenttypename": f"{kind.name} " if kind else None,  # differs by a blank only
                "templateappointmenttypeid": str(kind.id) if kind else GENERIC_TYPE,
                "chargeentrynotrequired": False,
                "coordinatorenterprise": False,
            }
        )

    def _of_cancelled(self, appointment: Appointment) -> Row:
        if appointment.status not in CANCELLED:
            return {}
        successor = self._successor_of(appointment.id)
        is_no_show = appointment.status == records.NO_SHOW
        reason = ("14", "NO SHOW") if is_no_show else ("-5", "CANCELLED FROM API")
        return filled(
            {
                "cancelledby": "API-10001",
                "cancelleddatetime": stamp(appointment.changed_at),
                "cancelreasonid": "-4" if successor else reason[0],
                "cancelreasonname": "RESCHEDULED FROM API" if successor else reason[1],
                "cancelreasonnoshow": is_no_show,
                "cancelreasonslotavailable": not is_no_show,
                "rescheduledappointmentid": str(successor) if successor else None,
            }
        )

    def _of_checked_in(self, appointment: Appointment) -> Row:
        if appointment.status not in CHECKED_IN:
            return {}
        at = stamp(appointment.changed_at)
        encounter = {"encounterid": str(appointment.id + 80_000), "encounterstatus": "READYFORSTAFF"}
        return {"startcheckin": at, "checkindatetime": at, "encounterstate": "OPEN", **encounter}

    def _successor_of(self, appointment_id: int) -> int | None:
        shelf = self._clinic.appointments
        if self._successors[0] != shelf.revision:
            self._successors = (shelf.revision, {a.moved_from: a.id for a in shelf if a.moved_from is not None})
        return self._successors[1].get(appointment_id)

    def _zone_of_change(self, appointment: Appointment) -> ZoneInfo:
        return EASTERN if self._variants["last_modified_zone"] == "eastern" else self._clinic.zone_of(appointment)
