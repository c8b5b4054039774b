"""Turns what was done in the clinic into messages, in the way that this sender encodes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.hl7v2.deeds import BOOKED, DELETED, OPENED, Deed
from visitsync.simulator_kit.hl7v2.header import Letterhead, header
from visitsync.simulator_kit.hl7v2.person import insurance_segments, person_segments
from visitsync.simulator_kit.hl7v2.visit import Entry, resource_segments, schedule_segments, visit_segment
from visitsync.simulator_kit.hl7v2.writing import Pen
from visitsync.simulator_kit.records import Appointment, Patient

NO_SHOW_REASON = ("NS", "No show")
UNDO_REASON = ("UNDO", "Undo Cancel")
_OVER = (records.CANCELLED, records.NO_SHOW, records.RESCHEDULED, records.NEEDS_RESCHEDULE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message, and what it is about."""

    kind: str
    event: str
    number: str
    """MSH-10."""
    body: bytes

    @property
    def line(self) -> str:
        """What faults match on."""
        return f"{self.kind}^{self.event}"


class Letters:
    """One sender's way of telling what happened; a vendor overrides how things are called."""

    letterhead = Letterhead()

    def __init__(self, clinic: Clinic, habits: Mapping[str, str]) -> None:
        self.clinic = clinic
        self.habits = habits
        self.pen = Pen(habits)
        self._count = 1000

    # --- how this sender calls things ----------------------------------------------------------------

    @property
    def authority(self) -> str:
        """Who numbers charts and appointments."""
        return self.letterhead.facility[0]

    def patient_number(self, patient: Patient) -> tuple[str, ...]:
        """PID-3."""
        return (str(patient.id), "", "", self.authority, "MR")

    def type_of(self, appointment: Appointment) -> tuple[str, str]:
        """Code and name of the type."""
        kind = self.clinic.types.get(appointment.type_id) if appointment.type_id is not None else None
        return (str(kind.id), kind.name) if kind is not None else ("", "")

    def room_of(self, appointment: Appointment) -> str:
        """PL.2."""
        return ""

    def entry(self, appointment: Appointment) -> Entry:
        """What is to be written about an appointment."""
        location = self.clinic.locations[appointment.location_id]
        code, name = self.type_of(appointment)
        return Entry(
            appointment=appointment,
            practitioner=self.clinic.practitioners[appointment.practitioner_id],
            location=location,
            type_code=code,
            type_name=name,
            reason=("", appointment.reason),
            kind=(code, name),
            filler=str(appointment.id),
            placer=str(appointment.id),
            authority=self.authority,
            zone=location.zone,
            room=self.room_of(appointment),
        )

    # --- what is sent --------------------------------------------------------------------------------

    def about(self, deed: Deed) -> Iterator[Letter]:
        """The messages that this deed leads to; some lead to none."""
        at = self.clinic.clock() if deed.is_late else deed.at
        if isinstance(deed.record, Patient):
            yield from self._about_patient(deed, deed.record, at)
        else:
            yield from self._about_appointment(deed, deed.record, at)

    def patient(self, event: str, patient: Patient, at: datetime, *, merged: Patient | None = None) -> Letter:
        """An ADT message."""
        body = [self.pen.segment("EVN", {1: event, 2: f"{at:%Y%m%d%H%M%S}"})] if self.habits["version"] != "2.8" else []
        if merged is not None:
            body += person_segments(self.pen, patient, self.patient_number(patient), changed=False, whole=False)
            body.append(self.pen.segment("MRG", {1: self.pen.parts(*self.patient_number(merged))}))
        else:
            body += person_segments(self.pen, patient, self.patient_number(patient), changed=True, whole=True)
            body += [self.pen.segment("PV1", {1: "1", 2: "O"}), *insurance_segments(self.pen, patient)]
        return self._letter("ADT", event, body, at, patient)

    def appointment(
        self,
        event: str,
        appointment: Appointment,
        at: datetime,
        *,
        before: Appointment | None = None,
        parent: Appointment | None = None,
        why: tuple[str, str] = ("", ""),
    ) -> Letter:
        """A SIU message."""
        entry = replace(
            self.entry(appointment),
            event=event,
            before=before,
            parent=self.entry(parent).filler if parent is not None else "",
            why=why,
            sent=f"{self.clinic.wall_time(at):%Y%m%d%H%M%S}",
        )
        people = self._people(appointment)
        body = schedule_segments(self.pen, entry)
        whole = self.habits["patient_in_siu"] == "whole"
        for patient in people:
            number = self.patient_number(patient)
            body += person_segments(self.pen, patient, number, changed=whole, whole=whole)
            body.append(visit_segment(self.pen, entry))
        if not people:
            body += self._nobody(entry)
        if self.habits["z_segments"] == "between":
            body.append(self.pen.segment("ZCS", {1: "1", 2: "A", 5: "local"}))
        body += entry.extra
        return self._letter("SIU", event, [*body, *resource_segments(self.pen, entry)], at, *people)

    def _nobody(self, entry: Entry) -> list[str]:
        """What stands where the patient would."""
        segments = [visit_segment(self.pen, entry)]
        return (
            [self.pen.segment("PID", {1: "1"}), *segments]
            if self.habits["blocks"] == "S12 with empty PID"
            else segments
        )

    def _letter(self, kind: str, event: str, body: list[str], at: datetime, *people: Patient) -> Letter:
        self._count += 1
        reused = self.habits["control_ids"] == "patient's number" and people
        number = str(people[0].id) if reused else str(self._count)
        head = header(self.pen, self.letterhead, kind, event, at=at, zone=self.clinic.zone, number=number)
        return Letter(kind=kind, event=event, number=number, body=self.pen.message([head, *body]))

    def _people(self, appointment: Appointment) -> list[Patient]:
        charts = self.clinic.patients
        ids = [appointment.patient_id, *appointment.other_patient_ids]
        found = [charts.get(each) or charts.removed.get(each) for each in ids if each is not None]
        return [each for each in found if each is not None]

    def _about_patient(self, deed: Deed, patient: Patient, at: datetime) -> Iterator[Letter]:
        new, changed = self.habits["people"].split(" and ")
        if deed.what == DELETED:
            yield self.patient("A29", patient, at)
        elif patient.merged_into is not None and patient.merged_into in self.clinic.patients:
            yield self.patient("A40", self.clinic.patients[patient.merged_into], at, merged=patient)
        else:
            yield self.patient(new if deed.what == OPENED else changed, patient, at)

    def _about_appointment(self, deed: Deed, appointment: Appointment, at: datetime) -> Iterator[Letter]:
        before = deed.before if isinstance(deed.before, Appointment) else None
        if appointment.is_block and self._leaves_out_block(appointment):
            if self.habits["blocks"] == "S23":
                yield self.appointment("S23", appointment, at)
        elif appointment.is_archived or deed.what == DELETED:
            yield self.appointment(self.habits["delete"], appointment, at)
        elif appointment.status in _OVER:
            yield from self._about_ending(deed, appointment, at)
        elif deed.what == BOOKED or before is None:
            yield self._about_booking(appointment, at)
        elif before.status in _OVER:
            yield self.appointment(self.habits["undo"], appointment, at, before=before, why=UNDO_REASON)
        else:
            is_moved = before.start != appointment.start
            event = self.habits["move"] if is_moved else "S14"
            yield self.appointment(event, appointment, at, before=before if is_moved else None)

    def _about_booking(self, appointment: Appointment, at: datetime) -> Letter:
        old = self.clinic.appointments.get(appointment.moved_from) if appointment.moved_from is not None else None
        if old is None or self.habits["reschedule"] == "S15 and S12":
            return self.appointment("S12", appointment, at)
        event = "S13" if self.habits["reschedule"] == "S13 with new id" else "S12"
        return self.appointment(event, appointment, at, before=old, parent=old)

    def _about_ending(self, deed: Deed, appointment: Appointment, at: datetime) -> Iterator[Letter]:
        is_replaced = any(each.moved_from == appointment.id for each in self.clinic.appointments)
        is_known = deed.before is not None
        if (
            is_known
            and is_replaced
            and appointment.status == records.RESCHEDULED
            and self.habits["reschedule"] != "S15 and S12"
        ):
            return  # the message about its successor says so
        if appointment.status != records.NO_SHOW:
            yield self.appointment("S15", appointment, at)
            return
        event = "S26" if self.habits["no_show"] == "S26" else "S15"
        written = replace(appointment, status=records.CANCELLED) if "reason" in self.habits["no_show"] else appointment
        yield self.appointment(event, written, at, why=NO_SHOW_REASON if event == "S15" else ("", ""))

    def _leaves_out_block(self, appointment: Appointment) -> bool:
        return self.habits["blocks"] in ("S23", "not sent")


def collapsed(deeds: list[Deed]) -> list[Deed]:
    """Of several deeds on one record only the last, told against how the record was before the first."""
    first: dict[tuple[bool, int], Deed] = {}
    last: dict[tuple[bool, int], Deed] = {}
    for deed in deeds:
        key = (isinstance(deed.record, Patient), deed.record.id)
        first.setdefault(key, deed)
        last[key] = deed
    return [
        replace(deed, before=first[key].before, what=deed.what if deed.what == DELETED else first[key].what)
        for key, deed in sorted(last.items(), key=lambda pair: not pair[0][0])
    ]
