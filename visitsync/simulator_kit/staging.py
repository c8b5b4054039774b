"""Booking one perfect telemedicine appointment, so that a scenario spoils exactly one thing about it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Appointment, AppointmentType, Coverage, Location, Patient, Practitioner

TELEMEDICINE = "Telemedicine Visit"
OFFICE_VISIT = "Office Visit"
TELEMEDICINE_TYPES = (TELEMEDICINE, "Telehealth Follow-Up", "Video Consult")
VIRTUAL_LOCATION = "Virtual Care"


def a_patient(clinic: Clinic, **changes: Any) -> Patient:
    """Open a complete chart of somebody invented, with an address nobody else uses."""
    number = len(clinic.patients) + 1
    wanted: dict[str, Any] = {
        "first_name": "Ottoline",
        "last_name": f"Varga {number}",
        "birth_date": date(1984, 5, 17),
        "sex": "F",
        "email": f"ottoline.varga.{number}@example.net",
        "mobile_phone": f"(555) 555-{number % 10_000:04d}",
        "address": f"{number} Tamarack Row",
        "city": "Alderton",
        "state": "PA",
        "postal_code": "19001",
        "coverage": Coverage(
            company="Harbor Mutual Health", payer_id="HMH01", member_id=f"HMH-{number:07d}", plan_name="Harbor PPO"
        ),
        "practitioner_id": the_practitioner(clinic).id,
        "location_ids": (the_location(clinic).id,),
    }
    return clinic.add_patient(**wanted | changes)


def a_booking(clinic: Clinic, *, in_days: float = 2, patient: Patient | None = None, **changes: Any) -> Appointment:
    """Book a telemedicine appointment that lacks nothing, two days ahead at a free hour; change what you like."""
    practitioner_id = changes.pop("practitioner_id", the_practitioner(clinic).id)
    location_id = changes.pop("location_id", the_location(clinic).id)
    return clinic.book(
        patient_id=(patient or a_patient(clinic)).id,
        practitioner_id=practitioner_id,
        location_id=location_id,
        type_id=changes.pop("type_id", the_type(clinic, TELEMEDICINE).id),
        has_video_room=changes.pop("has_video_room", True),
        start=changes.pop("start", None) or a_free_hour(clinic, practitioner_id, location_id, in_days),
        **changes,
    )


def a_free_hour(clinic: Clinic, practitioner_id: int, location_id: int, in_days: float) -> datetime:
    """A wall time that many days ahead, in the location's zone, on which the practitioner has nothing yet.

    Less than one day means so many hours from now; else the first free half hour from nine o'clock.
    """
    now = clinic.wall_time(zone=clinic.locations[location_id].zone)
    if in_days < 1:
        return (now + timedelta(days=in_days)).replace(microsecond=0)
    taken = {a.start for a in clinic.appointments if a.practitioner_id == practitioner_id}
    hour = datetime.combine(now.date() + timedelta(days=int(in_days)), time(9))
    while hour in taken or hour.weekday() >= 5:
        hour += timedelta(minutes=30)
        if hour.hour >= 17:
            hour = datetime.combine(hour.date() + timedelta(days=1), time(9))
    return hour


def the_practitioner(clinic: Clinic) -> Practitioner:
    """The first clinician who may work; made up if there is none."""
    working = (p for p in clinic.practitioners if p.is_provider and p.is_enabled)
    found = next(working, None)
    return found or clinic.add_practitioner("Imara", "Osei", npi="1000000004", email="imara.osei@example.org")


def the_location(clinic: Clinic) -> Location:
    """The first open location; made up if there is none."""
    found = next((location for location in clinic.locations if location.is_active), None)
    return found or clinic.add_location("Main Street")


def the_location_called(clinic: Clinic, name: str) -> Location:
    """The location of exactly this name; made up if there is none."""
    found = next((location for location in clinic.locations if location.name == name), None)
    return found or clinic.add_location(name)


def the_type(clinic: Clinic, name: str) -> AppointmentType:
    """The type of exactly this name; made up if there is none."""
    found = next((kind for kind in clinic.types if kind.name == name and kind.practitioner_id is None), None)
    return found or clinic.add_type(name)
