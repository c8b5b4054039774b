"""GetAppointment and the operations that write appointments (kareo reference, sections 5.2 and 5.9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from visitsync.connectors.kareo.simulator.account import Account, Refused
from visitsync.connectors.kareo.simulator.appointment_record import TELEHEALTH, Values, appointment_record
from visitsync.connectors.kareo.simulator.reader import Record
from visitsync.connectors.kareo.simulator.schedule import Schedule
from visitsync.connectors.kareo.simulator.statuses import clinic_status_of
from visitsync.simulator_kit.records import Appointment


class AppointmentDesk:
    """Reads and writes single appointments; an id that fits nothing is Refused."""

    def __init__(self, account: Account, schedule: Schedule) -> None:
        self._account = account
        self._clinic = account.clinic
        self._schedule = schedule

    def read(self, kareo_id: int) -> Values | None:
        """The appointment. One that is deleted or never was is None or Refused, as the variants say."""
        found = self._schedule.called(kareo_id)
        gone = None if found is None else self._schedule.is_deleted(found)
        if found is None or (gone and not self._account.is_variant("deleted", "is_deleted")):
            variant = "unknown_id" if found is None else "deleted"
            if self._account.is_variant(variant, "error"):
                raise _not_found(kareo_id)
            return None
        return appointment_record(self._account, self._schedule, found)

    def update(self, wanted: Record) -> Values:
        """Change what the request gives; what it leaves out stays."""
        found = self._existing(wanted["AppointmentId"])
        location_id = self._known_location(wanted["ServiceLocationId"])
        changes = {
            "type_id": wanted.get("AppointmentReasonId"),
            "practitioner_id": wanted.get("ProviderId"),
            "note": wanted.get("Notes"),
            "location_id": location_id,
            **self._span(wanted, location_id),
        }
        if wanted.get("AppointmentStatus"):
            changes["status"] = clinic_status_of(wanted["AppointmentStatus"])
        given = {name: value for name, value in changes.items() if value is not None}
        changed = self._clinic.change_appointment(found.id, **given)
        return appointment_record(self._account, self._schedule, changed)

    def update_status(self, wanted: Record) -> None:
        """Give it another status."""
        found = self._existing(wanted["AppointmentId"])
        self._clinic.set_status(found.id, clinic_status_of(wanted["AppointmentStatus"]))

    def delete(self, kareo_id: int) -> Values:
        """Delete for good."""
        self._clinic.delete(self._existing(kareo_id).id)
        return {"AppointmentId": kareo_id, "Deleted": True}

    def create(self, wanted: Record) -> Values:
        """Book; the refusals have the texts that clients report."""
        booked = self._clinic.practitioners.get(wanted.get("ProviderId") or wanted.get("ResourceId") or 0)
        if booked is None:
            raise Refused("Appointment must have valid ProviderGuids or ResourceGuids.")
        patient_id = (wanted.get("PatientSummary") or {}).get("PatientId")
        if wanted["AppointmentType"] == "P" and patient_id not in self._clinic.patients:
            raise Refused("Error translating AppointmentCreate to CreateAppointmentV3Request.")
        location_id = self._known_location(wanted["ServiceLocationId"])
        reason_id = wanted.get("AppointmentReasonId")
        made = self._clinic.book(
            patient_id=patient_id,
            practitioner_id=booked.id,
            location_id=location_id,
            type_id=reason_id if reason_id in self._clinic.types else None,
            status=clinic_status_of(wanted["AppointmentStatus"]),
            note=wanted.get("Notes") or "",
            has_video_room=wanted.get("AppointmentMode") == TELEHEALTH,
            **self._span(wanted, location_id),
        )
        return appointment_record(self._account, self._schedule, made)

    def _existing(self, kareo_id: int) -> Appointment:
        found = self._schedule.called(kareo_id)
        if found is None or self._schedule.is_deleted(found):
            raise _not_found(kareo_id)
        return found

    def _known_location(self, location_id: int) -> int:
        if location_id not in self._clinic.locations:
            raise Refused(f"ServiceLocationId {location_id} is not valid.")
        return location_id

    def _span(self, wanted: Record, location_id: int) -> Values:
        """Start as the location's wall time, and length in minutes; nothing unless both ends are given."""
        start, end = _as_utc(wanted.get("StartTime")), _as_utc(wanted.get("EndTime"))
        if start is None or end is None:
            return {}
        zone = ZoneInfo(self._clinic.locations[location_id].zone)
        minutes = round((end - start) / timedelta(minutes=1))
        return {"start": start.astimezone(zone).replace(tzinfo=None), "minutes": minutes}


def _not_found(kareo_id: int) -> Refused:
    return Refused(f"Appointment with AppointmentId {kareo_id} could not be found.")


def _as_utc(moment: datetime | None) -> datetime | None:
    """A moment as the server takes it: without a zone it is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
