"""How doctors, offices, profiles, users and the smaller collections look in DrChrono's JSON (section 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from visitsync.connectors.drchrono.simulator.appointment_row import profile_id
from visitsync.connectors.drchrono.simulator.stamps import LEGACY_ZONES, Row
from visitsync.simulator_kit.cast import PAYERS
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import AppointmentType, Location, Practitioner, StaffUser

PRACTICE_GROUP = 4100
DOCTOR_USER_IDS_FROM = 9_000


class PracticeRows:
    """Writes what a practice is made of."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic

    def doctors(self) -> list[Row]:
        """Every clinician, and every desk that has a column of its own."""
        return [self._doctor(practitioner) for practitioner in self._clinic.practitioners]

    def offices(self) -> list[Row]:
        """Every place, closed ones too."""
        return [self._office(location) for location in self._clinic.locations]

    def profiles(self) -> list[Row]:
        """Every visit type once per doctor who has it, each time with another id."""
        return [
            _profile(practitioner, kind)
            for practitioner in self._clinic.practitioners
            for kind in self._clinic.types
            if kind.practitioner_id in (None, practitioner.id)
        ]

    def users(self, permissions: Mapping[str, bool]) -> list[Row]:
        """Every login. A staff login's doctor is the one they mostly work for, so is_doctor says who is one."""
        doctors = [
            _user(DOCTOR_USER_IDS_FROM + p.id, p.name, p.id, is_doctor=p.is_provider, permissions=permissions)
            for p in self._clinic.practitioners
        ]
        first = next((p.id for p in self._clinic.practitioners), None)
        staff = [
            _user(u.id, _name(u), u.practitioner_id or first, is_doctor=False, permissions=permissions)
            for u in self._clinic.staff
            if not u.is_practitioner and u.is_active
        ]
        return doctors + staff

    def staff(self) -> list[Row]:
        """Staff logins; the endpoint is documented, its fields are invented."""
        return [
            {"id": u.id, "first_name": u.first_name, "last_name": u.last_name, "email": u.email}
            for u in self._clinic.staff
        ]

    def schedule_blocks(self) -> list[Row]:
        """The newer way to keep time free."""
        return [
            {
                "id": a.id,
                "provider": a.practitioner_id,
                "office": a.location_id,
                "start_time": a.start.isoformat(timespec="seconds"),
                "end_time": (a.start + timedelta(minutes=a.minutes)).isoformat(timespec="seconds"),
                "color": None,
                "description": a.reason,
            }
            for a in self._clinic.appointments
            if a.is_block and not a.is_archived
        ]

    def insurances(self, term: str) -> list[Row]:
        """The payer directory."""
        return [
            {"payer_name": company, "payer_id": payer_id, "state": "PA"}
            for company, payer_id, _ in PAYERS
            if term.lower() in company.lower()
        ]

    def _doctor(self, practitioner: Practitioner) -> Row:
        """A clinician (or a desk that has a column of its own)."""
        return {
            "id": practitioner.id,
            "first_name": practitioner.first_name,
            "last_name": practitioner.last_name,
            "suffix": practitioner.suffix,
            "email": practitioner.email,
            "specialty": practitioner.specialty if practitioner.is_provider else "",
            "job_title": "" if practitioner.is_provider else "Administrative",
            "npi_number": practitioner.npi,
            "group_npi_number": "",
            "office_phone": "(555) 555-0100",
            "cell_phone": "",
            "home_phone": "",
            "country": "US",
            "timezone": LEGACY_ZONES.get(practitioner.zone, practitioner.zone),
            "practice_group": PRACTICE_GROUP,
            "practice_group_name": self._clinic.name,
            "website": "",
            "profile_picture": None,
            "is_account_suspended": not practitioner.is_enabled,
        }

    def _office(self, location: Location) -> Row:
        """A place; it has no time zone."""
        return {
            "id": location.id,
            "name": location.name,
            "doctor": self._first_doctor_at(location),
            "exam_rooms": [
                {"index": index, "name": name, "online_scheduling": False}
                for index, name in enumerate(location.rooms, start=1)
            ],
            "start_time": "08:00:00",
            "end_time": "18:00:00",
            "address": location.address,
            "city": location.city,
            "state": location.state,
            "zip_code": location.postal_code,
            "country": "US",
            "phone_number": location.phone,
            "fax_number": "",
            "online_scheduling": False,
            "archived": not location.is_active,
            "tax_id_number_professional": "",
        }

    def _first_doctor_at(self, location: Location) -> int | None:
        return next((p.id for p in self._clinic.practitioners if location.id in p.location_ids), None)


def _profile(practitioner: Practitioner, kind: AppointmentType) -> Row:
    """A visit type as one doctor has it."""
    return {
        "id": profile_id(practitioner.id, kind),
        "name": kind.name,
        "sort_order": 999,
        "color": kind.color,
        "doctor": practitioner.id,
        "reason": kind.name,
        "duration": kind.minutes,
        "online_scheduling": False,
        "archived": not kind.is_active,
    }


def _user(user_id: int, name: str, doctor: int | None, *, is_doctor: bool, permissions: Mapping[str, bool]) -> Row:
    return {
        "id": user_id,
        "username": name.lower().replace(" ", "."),
        "doctor": doctor,
        "is_doctor": is_doctor,
        "is_staff": not is_doctor,
        "practice_group": PRACTICE_GROUP,
        "permissions": dict(permissions),
    }


def _name(user: StaffUser) -> str:
    return f"{user.first_name} {user.last_name}"
