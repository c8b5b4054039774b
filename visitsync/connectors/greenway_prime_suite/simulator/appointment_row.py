"""One appointment as a row of the schedule (section 4.6), with everything that clients have seen on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from visitsync.connectors.greenway_prime_suite.simulator.patient_record import PatientRecords
from visitsync.connectors.greenway_prime_suite.simulator.stamps import Stamps
from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Appointment, Practitioner

Row = dict[str, Any]

BLOCK_TYPE_ID = 2
FIRST_RESOURCE_ID = 2_000
FIRST_VISIT_TYPE_ID = 10
VISIT_TYPES = {True: (12, "Telehealth"), False: (11, "Office")}
WORDS: Mapping[str, str | None] = {
    records.SCHEDULED: None,
    records.TENTATIVE: "Tentative",
    records.CONFIRMED: "Confirmed",
    records.UNCONFIRMED: "Not Confirmed",
    records.REMINDED: "Reminder Sent",
    records.CHECKED_IN_ONLINE: "Checked-In Online",
    records.ARRIVED: "Arrived",
    records.CHECKED_IN: "Checked In",
    records.IN_ROOM: "In Room",
    records.IN_SESSION: "With Provider",
    records.COMPLETED: "Checked Out",
    records.NEEDS_RESCHEDULE: "Bumped",
    records.RESCHEDULED: "Rescheduled",
    records.CANCELLED: "Cancelled - patient",
    records.NO_SHOW: "No-Show",
}
"""This site's words for the state of a visit; what the clinic invented is shown as it is."""


class AppointmentRows:
    """Writes rows; knows under which number the vendor has an appointment at the moment."""

    def __init__(self, clinic: Clinic, stamps: Stamps, people: PatientRecords, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._stamps = stamps
        self._people = people
        self._variants = variants
        self._first_start: dict[int, datetime] = {}

    def id_of(self, appointment: Appointment) -> int:
        """Its number; where rescheduling makes a new one, every other start has its own."""
        first = self._first_start.setdefault(appointment.id, appointment.start)
        if self._variants["reschedules"] == "same-id" or appointment.start == first:
            return appointment.id
        return int(f"{appointment.id}{appointment.start:%m%d%H%M}")

    def row(self, appointment: Appointment) -> Row:
        """The whole row."""
        start, end = appointment.start, appointment.start + timedelta(minutes=appointment.minutes)
        told = self._stamps.clock(start)
        return {
            "AppointmentID": self.id_of(appointment),
            "AppointmentTime": told,
            "Category": "TELE" if appointment.has_video_room else None,
            "ChargesEntered": 0,
            "ChiefComplaint": "" if appointment.is_block else appointment.reason,
            "Comments": (appointment.reason if appointment.is_block else appointment.note) or None,
            "CopayPosted": "N",
            "EndTime": self._stamps.clock(end),
            "Insurance": self._people.named_insurance(appointment.patient_id),
            "Location": self._location(appointment),
            "Options": 0,
            "Patient": self._people.in_schedule(appointment.patient_id),
            "Picture": False,
            "RTC": "",
            "Resource": self._resource(appointment),
            "ScheduleDate": f"{start:%m/%d/%Y}",
            "StartTime": told if self._variants["start_time"] == "given" else None,
            "Tracking": self._tracking(appointment),
            "Type": self._type(appointment),
            "Visit": self._visit(appointment),
        }

    def _location(self, appointment: Appointment) -> Row:
        place = self._clinic.locations[appointment.location_id]
        return {
            "Abbr": place.name[:4].upper(),
            "Address": place.address,
            "AppointmentCat": 0,
            "AppointmentCategories": None,
            "AppointmentType": 0,
            "LocationID": place.id,
            "Name": place.name,
            "ResourceCat": 0,
            "ResourceID": 0,
        }

    def _resource(self, appointment: Appointment) -> Row:
        """The column; a desk or room belongs to nobody."""
        booked = self._clinic.practitioners[appointment.practitioner_id]
        return {
            "AltLabel": None,
            "CareProviderName": provider_name(booked) if booked.is_provider else None,
            "Description": None,
            "Name": column_name(booked),
            "OverloadLimit": 1,
            "OwnerCareProviderID": booked.id if booked.is_provider else 0,
            "PreferredDuration": 20,
            "ResourceID": FIRST_RESOURCE_ID + booked.id,
        }

    def _type(self, appointment: Appointment) -> Row:
        kind = None if appointment.type_id is None else self._clinic.types.get(appointment.type_id)
        name = kind.name if kind else "BLOCK" if appointment.is_block else ""
        return {
            "Abbr": name[:4].upper(),
            "AltLabel": None,
            "AppointmentTypeID": kind.id if kind else BLOCK_TYPE_ID if appointment.is_block else 0,
            "Duration": kind.minutes if kind else appointment.minutes,
            "Name": name,
            "PatientInstructions": None,
            "ResourceCategories": None,
        }

    def _tracking(self, appointment: Appointment) -> Row:
        word = _word(appointment) if self._variants["status_member"] == "tracking" else None
        return {
            "Area": None,
            "AreaID": 0,
            "ChangedByTime": None,
            "Responsible": None,
            "ResponsibleID": 0,
            "Status": word,
            "StatusID": 0 if word is None else 40 + len(word),
            "TimeIn": None,
            "TimeOut": None,
            "TrackingID": 0,
            "TrackingUser": None,
        }

    def _visit(self, appointment: Appointment) -> Row:
        booked = self._clinic.practitioners[appointment.practitioner_id]
        has_begun = appointment.status in _BEGUN
        type_id, type_name = (0, "") if appointment.is_block else VISIT_TYPES[appointment.has_video_room]
        provider_id = booked.id if booked.is_provider else 0
        shows_npi = self._variants["npi"] == "shown" and booked.is_provider
        return {
            "VisitID": 800_000 + appointment.id if has_begun else 0,
            "VisitStatus": _word(appointment) if self._variants["status_member"] == "visit" else None,
            "VisitTypeID": type_id,
            "VisitTypeName": type_name,
            "FromDateTime": self._visit_start(appointment),
            "ThroughDateTime": None,
            "CareProviderID": provider_id,
            "CareProviderName": provider_name(booked) if provider_id else None,
            "BillableCareProviderID": provider_id,
            "BillableCareProviderNPI": (booked.npi or None) if shows_npi else None,
            "BillableCareProviderName": provider_name(booked) if provider_id else None,
            "PatientID": appointment.patient_id or 0,
            "ServiceLocationID": appointment.location_id,
            "PracticeLocationID": appointment.location_id,
            "PatientArrivalFlag": "Y" if has_begun else "N",
            "PatArrDateTime": None,
            "IsCheckedOut": appointment.status == records.COMPLETED,
            "sChargeTicketID": None,
            "ServiceDetail": [],
            "Documents": [],
        }

    def _visit_start(self, appointment: Appointment) -> str | None:
        form = self._variants["visit_times"]
        if form == "absent":
            return None
        first = self._first_start.setdefault(appointment.id, appointment.start)
        wall = first if form == "stale" else appointment.start
        moment = wall.replace(tzinfo=self._clinic.zone_of(appointment))
        return self._stamps.stamp(moment)


_BEGUN = frozenset({records.ARRIVED, records.CHECKED_IN, records.IN_ROOM, records.IN_SESSION, records.COMPLETED})


def provider_name(booked: Practitioner) -> str:
    """How lists print a provider: `Osei, Imara MD`."""
    return f"{booked.last_name}, {booked.first_name} {booked.suffix}".strip()


def column_name(booked: Practitioner) -> str:
    """How the column is called: a provider's by the name in capitals, a desk's or room's as it is."""
    return booked.last_name.upper() if booked.is_provider else booked.name


def _word(appointment: Appointment) -> str | None:
    return WORDS.get(appointment.status, appointment.status)
