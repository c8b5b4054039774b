"""The ground truth of one practice: what its staff booked, moved, cancelled and corrected in their EMR."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from visitsync.simulator_kit import records
from visitsync.simulator_kit.ledger import Ledger
from visitsync.simulator_kit.records import (
    Appointment,
    AppointmentType,
    Location,
    Patient,
    Practitioner,
    StaffUser,
)


class Clinic(Ledger):
    """One practice in a pretend EMR. Its verbs are what staff do there; each stamps what it touched.

    Stamps and history are aware UTC moments of the clinic's clock; `Appointment.start` is wall time.
    Safe to call while a simulator serves from the same process.
    """

    # --- the schedule ---------------------------------------------------------------------------------

    def book(
        self,
        *,
        patient_id: int | None,
        practitioner_id: int,
        location_id: int,
        type_id: int | None,
        start: datetime,
        minutes: int | None = None,
        reason: str | None = None,
        **more: Any,
    ) -> Appointment:
        """Book an appointment at wall time `start`; length and reason come from its type unless given."""
        kind = self.types.get(type_id) if type_id is not None else None
        appointment = Appointment(
            id=more.pop("id", None) or self.appointments.new_id(),
            patient_id=patient_id,
            practitioner_id=practitioner_id,
            location_id=location_id,
            type_id=type_id,
            start=start.replace(tzinfo=None),
            minutes=minutes or (kind.minutes if kind else 30),
            reason=reason if reason is not None else (kind.name if kind else ""),
            created_at=self._stamp(),
            changed_at=self._stamp(),
            **more,
        )
        return self._save(self.appointments, appointment, "booked", f"{start:%Y-%m-%d %H:%M}")

    def book_series(self, *, count: int, every_days: int = 7, **booking: Any) -> list[Appointment]:
        """Book a recurring appointment: the first as usual, the others as occurrences nobody touched yet."""
        first = self.book(**booking)
        first = self._change_appointment(
            first.id, "made a series", series_id=first.id, occurrence_on=first.start.date()
        )
        following = []
        for step in range(1, count):
            start = first.start + timedelta(days=every_days * step)
            occurrence = {**booking, "start": start, "series_id": first.id, "occurrence_on": start.date()}
            following.append(self.book(**occurrence, is_materialised=False))
        return [first, *following]

    def block(self, *, practitioner_id: int, location_id: int, start: datetime, minutes: int, why: str) -> Appointment:
        """Keep time free: an entry without a patient."""
        return self.book(
            patient_id=None,
            practitioner_id=practitioner_id,
            location_id=location_id,
            type_id=None,
            start=start,
            minutes=minutes,
            reason=why,
            is_block=True,
        )

    def move(
        self,
        id: int,  # noqa: A002 - the clinic's word
        *,
        start: datetime | None = None,
        practitioner_id: int | None = None,
        location_id: int | None = None,
    ) -> Appointment:
        """Move in place, keeping the id: to another wall time, practitioner or location."""
        wanted = {"start": start, "practitioner_id": practitioner_id, "location_id": location_id}
        return self._change_appointment(id, "moved", **{key: value for key, value in wanted.items() if value})

    def rebook(self, id: int, *, start: datetime, **changes: Any) -> Appointment:  # noqa: A002
        """Move the other way: the old entry becomes "rescheduled", a new one takes its place."""
        old = self._change_appointment(id, "rescheduled", status=records.RESCHEDULED)
        new = replace(
            old,
            id=self.appointments.new_id(),
            status=records.SCHEDULED,
            moved_from=id,
            created_at=self._stamp(),
            changed_at=self._stamp(),
            start=start,
            **changes,
        )
        return self._save(self.appointments, new, "booked", f"instead of {id}")

    def set_status(self, id: int, status: str) -> Appointment:  # noqa: A002
        """Give the appointment a status; any text that is not in STATUSES is a custom one."""
        return self._change_appointment(id, status or "no status", status=status)

    def cancel(self, id: int) -> Appointment:  # noqa: A002
        """Cancel; the entry stays in the schedule."""
        return self.set_status(id, records.CANCELLED)

    def uncancel(self, id: int) -> Appointment:  # noqa: A002
        """Take a cancellation back."""
        return self.set_status(id, records.SCHEDULED)

    def no_show(self, id: int) -> Appointment:  # noqa: A002
        """The patient did not come."""
        return self.set_status(id, records.NO_SHOW)

    def retype(self, id: int, type_id: int | None, *, reason: str | None = None) -> Appointment:  # noqa: A002
        """Give it another appointment type; the reason text follows the type unless given."""
        kind = self.types.get(type_id) if type_id is not None else None
        text = reason if reason is not None else (kind.name if kind else "")
        return self._change_appointment(id, "retyped", type_id=type_id, reason=text)

    def change_appointment(self, id: int, **changes: Any) -> Appointment:  # noqa: A002
        """Change any field of an appointment."""
        return self._change_appointment(id, "changed", **changes)

    def archive(self, id: int) -> Appointment:  # noqa: A002
        """Delete as staff see it: hidden, yet the row is kept."""
        return self._change_appointment(id, "archived", is_archived=True)

    def delete(self, id: int) -> None:  # noqa: A002
        """Delete for good: no row, no trace, no stamp."""
        with self.lock:
            self.appointments.remove(id, self._shown_from())
            self._note("deleted", "appointment", id)

    def occurrences_of(self, series_id: int) -> list[Appointment]:
        """All appointments of one series, in time order."""
        return sorted((a for a in self.appointments if a.series_id == series_id), key=lambda a: a.start)

    # --- the charts -----------------------------------------------------------------------------------

    def add_patient(self, *, first_name: str, last_name: str, **more: Any) -> Patient:
        """Open a chart."""
        patient = Patient(
            id=more.pop("id", None) or self.patients.new_id(),
            first_name=first_name,
            last_name=last_name,
            created_at=self._stamp(),
            changed_at=self._stamp(),
            **more,
        )
        return self._save(self.patients, patient, "opened")

    def change_patient(self, id: int, **changes: Any) -> Patient:  # noqa: A002
        """Correct a chart; what was changed is in the history, the values are not."""
        with self.lock:
            changed = self._changed(self.patients[id], changes)
            return self._save(self.patients, changed, "changed", ", ".join(sorted(changes)))

    def merge_patients(self, *, kept: int, gone: int, move_appointments: bool = True) -> Patient:
        """Merge two charts: `gone` becomes inactive and points at `kept`; its appointments follow or not."""
        with self.lock:
            for appointment in self.appointments:
                if move_appointments and appointment.patient_id == gone:
                    self._change_appointment(appointment.id, "re-linked", patient_id=kept)
            return self.change_patient(gone, status="inactive", merged_into=kept)

    def delete_patient(self, id: int) -> None:  # noqa: A002
        """Remove a chart for good."""
        with self.lock:
            self.patients.remove(id, self._shown_from())
            self._note("deleted", "patient", id)

    # --- the practice ---------------------------------------------------------------------------------

    def add_location(self, name: str, *, zone: str | None = None, **more: Any) -> Location:
        """Open a location; its zone is the practice's unless given."""
        location = Location(
            id=self.locations.new_id(), name=name, zone=zone or self.zone, **self._both_stamps(), **more
        )
        return self._save(self.locations, location, "added")

    def change_location(self, id: int, **changes: Any) -> Location:  # noqa: A002
        """Rename, close or re-zone a location."""
        return self._save(self.locations, self._changed(self.locations[id], changes), "changed")

    def add_practitioner(
        self, first_name: str, last_name: str, *, zone: str | None = None, **more: Any
    ) -> Practitioner:
        """Hire a clinician, or add a bookable room or desk (is_provider=False)."""
        practitioner = Practitioner(
            id=self.practitioners.new_id(),
            first_name=first_name,
            last_name=last_name,
            zone=zone or self.zone,
            **self._both_stamps(),
            **more,
        )
        return self._save(self.practitioners, practitioner, "added")

    def change_practitioner(self, id: int, **changes: Any) -> Practitioner:  # noqa: A002
        """Rename, re-zone or otherwise change a practitioner."""
        return self._save(self.practitioners, self._changed(self.practitioners[id], changes), "changed")

    def enable(self, practitioner_id: int) -> Practitioner:
        """Switch a practitioner's account on."""
        return self.change_practitioner(practitioner_id, is_enabled=True)

    def disable(self, practitioner_id: int) -> Practitioner:
        """Suspend a practitioner's account."""
        return self.change_practitioner(practitioner_id, is_enabled=False)

    def add_staff(self, first_name: str, last_name: str, *, email: str, **more: Any) -> StaffUser:
        """Give somebody a login."""
        user = StaffUser(id=self.staff.new_id(), first_name=first_name, last_name=last_name, email=email, **more)
        return self._save(self.staff, user, "added")

    def change_staff(self, id: int, **changes: Any) -> StaffUser:  # noqa: A002
        """Change a login: permissions, address, whether it still works."""
        return self._save(self.staff, replace(self.staff[id], **changes), "changed")

    def add_type(self, name: str, **more: Any) -> AppointmentType:
        """Invent an appointment type."""
        kind = AppointmentType(id=self.types.new_id(), name=name, **self._both_stamps(), **more)
        return self._save(self.types, kind, "added")

    def change_type(self, id: int, **changes: Any) -> AppointmentType:  # noqa: A002
        """Rename or retire an appointment type."""
        return self._save(self.types, self._changed(self.types[id], changes), "changed")

    # --- what is so -----------------------------------------------------------------------------------

    def zone_of(self, appointment: Appointment) -> ZoneInfo:
        """The zone of an appointment's wall clock: its location's."""
        return ZoneInfo(self.locations[appointment.location_id].zone)

    def instant_of(self, appointment: Appointment) -> datetime:
        """The moment it starts, in UTC; of a repeated wall time the earlier one."""
        return appointment.start.replace(tzinfo=self.zone_of(appointment)).astimezone(UTC)

    def wall_time(self, moment: datetime | None = None, *, zone: str | None = None) -> datetime:
        """What the clock on the wall shows (naive) at `moment`, by default now in the practice's zone."""
        return (moment or self.clock()).astimezone(ZoneInfo(zone or self.zone)).replace(tzinfo=None)

    def age_of(self, patient: Patient) -> int | None:
        """Whole years, or None without a birth date."""
        born, today = patient.birth_date, self.wall_time().date()
        return None if born is None else _years_between(born, today)

    def _change_appointment(self, appointment_id: int, what: str, **changes: Any) -> Appointment:
        with self.lock:
            touched = {"is_materialised": True, **changes}
            if touched.get("start"):
                touched["start"] = touched["start"].replace(tzinfo=None)
            changed = self._changed(self.appointments[appointment_id], touched)
            detail = ", ".join(f"{key}={value}" for key, value in changes.items())
            return self._save(self.appointments, changed, what, detail)


def _years_between(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
