"""A clinic's practitioners, their roles, its locations and its kinds of visits as resources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.fhir.answers import Row, concept, stamp, without_nothing
from visitsync.simulator_kit.fhir.search import Collection
from visitsync.simulator_kit.records import AppointmentType, Location, Practitioner

NPI = "http://hl7.org/fhir/sid/us-npi"
TIMEZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
TYPES = "urn:example:appointment-types"
DOCTOR = ("http://terminology.hl7.org/CodeSystem/practitioner-role", "doctor", "Doctor")
RECEPTIONIST = ("http://snomed.info/sct", "159561009", "Receptionist")
Record = TypeVar("Record", Practitioner, Location, AppointmentType)


class Practice:
    """Who and what can be booked in one clinic."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._variants = variants

    def practitioners(self) -> Collection:
        """Everybody with a column in the schedule."""
        return _collection(lambda: self._clinic.practitioners, self.practitioner)

    def roles(self) -> Collection:
        """In which role each of them works."""
        return _collection(lambda: self._clinic.practitioners, self.role)

    def locations(self) -> Collection:
        """Where."""
        return _collection(lambda: self._clinic.locations, self.location)

    def services(self) -> Collection:
        """What is offered: one HealthcareService for each type of appointment."""
        return _collection(lambda: self._clinic.types, self.service)

    def practitioner(self, each: Practitioner) -> Row:
        number = [{"system": NPI, "value": each.npi}] if each.npi else []
        name = without_nothing({"use": "official", "family": each.last_name, "given": _parts(each.first_name)})
        return without_nothing(
            _head("Practitioner", str(each.id), each)
            | {"active": each.is_enabled, "identifier": number, "name": [name]}
        )

    def role(self, each: Practitioner) -> Row:
        places = each.location_ids or tuple(location.id for location in self._clinic.locations)
        return without_nothing(
            _head("PractitionerRole", role_id(each.id), each)
            | {
                "active": each.is_enabled,
                "practitioner": {"reference": f"Practitioner/{each.id}", "display": each.name},
                "code": [concept("", DOCTOR if each.is_provider else RECEPTIONIST)],
                "location": [{"reference": f"Location/{place}"} for place in places],
            }
        )

    def location(self, each: Location) -> Row:
        address = {"line": [each.address], "city": each.city, "state": each.state, "postalCode": each.postal_code}
        row = _head("Location", str(each.id), each) | {
            "status": "active" if each.is_active else "inactive",
            "name": each.name,
            "mode": "instance",
            "address": address,
        }
        if self._variants["fhir_location_zone"] == "extension":
            row["extension"] = [{"url": TIMEZONE, "valueCode": each.zone}]
        return row

    def service(self, each: AppointmentType) -> Row:
        return _head("HealthcareService", f"hs-{each.id}", each) | {
            "active": each.is_active,
            "name": each.name,
            "type": [type_concept(each)],
        }


def type_concept(each: AppointmentType) -> Row:
    """A type of appointment as a code of the practice's own list."""
    return concept(each.name, (TYPES, f"T{each.id}", each.name))


def role_id(practitioner_id: int) -> str:
    """What the role of a practitioner is called."""
    return f"role-{practitioner_id}"


def _head(resource: str, identity: str, each: Practitioner | Location | AppointmentType) -> Row:
    return {
        "resourceType": resource,
        "id": identity,
        "meta": {"versionId": "1", "lastUpdated": stamp(each.changed_at)},
    }


def _collection(records: Callable[[], Iterable[Record]], as_row: Callable[[Record], Row]) -> Collection:
    def rows() -> list[Row]:
        return [as_row(each) for each in records()]

    return Collection(rows=rows, one=lambda identity: next((row for row in rows() if row["id"] == identity), None))


def _parts(text: str) -> list[str]:
    return [text] if text else []
