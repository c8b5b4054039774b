"""How departments, providers and appointment types look in athenahealth's JSON (section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from visitsync.connectors.athenahealth.simulator.patient_row import is_yes
from visitsync.connectors.athenahealth.simulator.settings import PRACTICE_ID
from visitsync.connectors.athenahealth.simulator.stamps import LEGACY_ZONES, Row
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import AppointmentType, Location, Practitioner

WINTER, SUMMER = datetime(2026, 1, 15), datetime(2026, 7, 15)  # noqa: DTZ001 - wall times
VIRTUAL_WORDS = ("virtual", "video", "tele")


class PracticeRows:
    """Writes what a practice is made of."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._variants = variants

    def practices(self) -> list[Row]:
        """Every practice that the key can reach."""
        return [{"practiceid": PRACTICE_ID, "name": self._clinic.name, "hasclinicals": True}]

    def departments(self, query: Mapping[str, str]) -> list[Row]:
        """Every department; those that the portal does not show only when asked for."""
        shows_all = is_yes(query, "showalldepartments")
        return [self._department(one) for one in self._clinic.locations if shows_all or not _is_hidden(one)]

    def providers(self, query: Mapping[str, str]) -> list[Row]:
        """Clinicians, rooms and desks; whoever is switched off is not listed."""
        return [self._provider(one) for one in self._clinic.practitioners if one.is_enabled]

    def types(self, query: Mapping[str, str]) -> list[Row]:
        """Appointment types; those that patients cannot book only when asked for."""
        hides = query.get("hidenonpatient", "true").lower() != "false"
        return [_type(one) for one in self._clinic.types if one.is_active and not (hides and _is_for_staff(one))]

    def _department(self, location: Location) -> Row:
        zone = ZoneInfo(location.zone)
        winter, summer = _hours(WINTER, zone), _hours(SUMMER, zone)
        row: Row = {
            "departmentid": str(location.id),
            "name": location.name,
            "patientdepartmentname": location.name,
            "address": location.address,
            "city": location.city,
            "state": location.state,
            "zip": location.postal_code,
            "phone": location.phone,
            "timezone": _hours(self._clinic.wall_time(zone=location.zone), zone),
            "timezoneoffset": min(winter, summer),
            "timezonename": LEGACY_ZONES.get(location.zone, location.zone),
            "doesnotobservedst": winter == summer,
            "ishospitaldepartment": False,
            "servicedepartment": True,
            "providergroupid": "1",
            "clinicals": "ON",
        }
        if self._variants["department_zone"] == "offset":
            del row["timezonename"]
        return row

    def _provider(self, practitioner: Practitioner) -> Row:
        row: Row = {
            "providerid": practitioner.id,
            "firstname": practitioner.first_name,
            "lastname": practitioner.last_name,
            "displayname": f"{practitioner.name} {practitioner.suffix}".strip(),
            "schedulingname": practitioner.last_name[:10].upper(),
            "billable": practitioner.is_provider,
            "hideinportal": not practitioner.is_provider,
            "specialty": practitioner.specialty,
            "specialtyid": "8",
            "providertype": practitioner.suffix,
            "providertypeid": practitioner.suffix,
            "homedepartment": "",
        }
        if practitioner.npi:
            row["npi"] = int(practitioner.npi)
        if self._variants["entitytype"] == "told":
            row["entitytype"] = "Person" if practitioner.is_provider else "Non-person entity"
        return row


def _type(kind: AppointmentType) -> Row:
    return {
        "appointmenttypeid": kind.id,
        "name": kind.name,
        "shortname": kind.name[:4].upper(),
        "patientdisplayname": f"{kind.name} ",
        "duration": kind.minutes,
        "generic": False,
        "patient": not _is_for_staff(kind),
        "templatetypeonly": False,
        "createencounteroncheckin": True,
    }


def _is_for_staff(kind: AppointmentType) -> bool:
    """Telehealth types commonly are: patients cannot book them by themselves."""
    return any(word in kind.name.lower() for word in VIRTUAL_WORDS)


def _is_hidden(location: Location) -> bool:
    return not location.is_active or any(word in location.name.lower() for word in VIRTUAL_WORDS)


def _hours(wall: datetime, zone: ZoneInfo) -> int:
    return int((wall.replace(tzinfo=zone).utcoffset() or timedelta()).total_seconds() // 3600)
