"""How locations, providers, columns, visit reasons, statuses and reasons look in CareCloud's JSON (section 4)."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.connectors.carecloud.simulator.appointment_row import (
    CODES,
    OWN_STATUS_ID,
    REASONS,
    RESOURCES_FROM,
    STATUS,
)
from visitsync.connectors.carecloud.simulator.shapes import BUSINESS_ENTITY, Row, Stamps
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Location, Practitioner


class PracticeRows:
    """Writes what a practice is made of. What is inactive is not there, also where it is asked for by its id."""

    def __init__(self, clinic: Clinic, stamps: Stamps, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._stamps = stamps
        self._variants = variants

    def locations(self) -> list[Row]:
        """Every open place; none has a time zone."""
        return [_location(place) for place in self._clinic.locations if place.is_active]

    def providers(self) -> list[Row]:
        """Clinicians who may work."""
        return [_provider(one) for one in self._clinic.practitioners if one.is_provider and one.is_enabled]

    def resources(self) -> list[Row]:
        """The columns of the schedule: of clinicians, rooms, desks."""
        return [self._resource(one) for one in self._clinic.practitioners if one.is_enabled]

    def resource(self, number: str) -> Row | None:
        """One column, with whose it is; None for one that is not there."""
        if not number.isdigit():
            return None
        found = self._clinic.practitioners.get(int(number) - RESOURCES_FROM)
        if found is None or not found.is_enabled:
            return None
        provider = {"id": found.id, "name": found.name} if found.is_provider else None
        return self._resource(found) | {"default_provider": provider}

    def visit_reasons(self) -> list[Row]:
        """Every visit reason in use."""
        return [
            {"id": kind.id, "name": kind.name, "description": None} for kind in self._clinic.types if kind.is_active
        ]

    def statuses(self) -> list[Row]:
        """The vendor's, and one that this practice's staff invented, if any."""
        own = sorted({one.status for one in self._clinic.appointments if one.status not in STATUS})
        made = [{"id": OWN_STATUS_ID + number, "code": "X", "name": name} for number, name in enumerate(own)]
        return [{"id": number, "code": code, "name": name} for code, (number, name) in CODES.items()] + made

    def cancellation_reasons(self) -> list[Row]:
        """Global ones, and some of the practice's own."""
        stamp = self._stamps.exact(self._clinic.clock())
        return [
            {
                "id": number,
                "name": name,
                "code": code,
                "description": None,
                "is_default": False,
                "sort_code": number,
                "business_entity_id": BUSINESS_ENTITY if number == 7 else None,
                "created_at": stamp,
                "updated_at": stamp,
            }
            for number, (code, name) in REASONS.items()
        ]

    def blockouts(self) -> list[Row]:
        """Time kept free; the only place where a zone is told."""
        return [
            {
                "id": one.id,
                "name": one.reason,
                "resource_id": RESOURCES_FROM + one.practitioner_id,
                "start_time": self._stamps.exact(self._clinic.instant_of(one)),
                "timezone": "Eastern Time (US & Canada)",
            }
            for one in self._clinic.appointments
            if one.is_block and not one.is_archived
        ]

    def _resource(self, one: Practitioner) -> Row:
        return {
            "id": RESOURCES_FROM + one.id,
            "business_entity_id": BUSINESS_ENTITY,
            "name": one.name,
            "code": f"R{one.id}",
            "description": None,
            "status": "A",
            "sort_code": one.id,
            "is_for_requests": False,
            "appointment_confirmation": "P",
            "created_at": self._stamps.exact(one.created_at),
        }


def _location(place: Location) -> Row:
    return {
        "id": place.id,
        "name": place.name,
        "is_visible_appointment_scheduler": True,
        "place_of_service_code": "11",
        "address": {
            "line1": place.address,
            "line2": None,
            "line3": None,
            "city": place.city,
            "zip_code": f"{place.postal_code}-0000",
            "state_name": "Pennsylvania",
            "country_name": "UNITED STATES",
        },
        "phones": [{"phone_number": "5555550100", "phone_type": "Main", "phone_ext": None, "is_primary": True}],
    }


def _provider(one: Practitioner) -> Row:
    return {
        "id": one.id,
        "npi": one.npi or None,
        "name": one.name,
        "email": one.email or None,
        "phone_number": None,
        "specialty": {"name": one.specialty, "taxonomy": "207Q00000X"} if one.specialty else None,
        "first_name": one.first_name or None,
        "last_name": one.last_name or None,
    }
