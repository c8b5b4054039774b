"""Everything that is so in a clinic, as plain data: what an oracle in another process compares with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from visitsync.simulator_kit.records import Appointment

if TYPE_CHECKING:
    from visitsync.simulator_kit.app import App


def truth(app: App) -> dict[str, Any]:
    """All records of the clinic; appointments also with vendor id, zone, instant and kind of wall time."""
    clinic = app.clinic
    return {
        "now": app.clock(),
        "clinic": clinic.name,
        "zone": clinic.zone,
        "locations": [_fields_of(location) for location in clinic.locations],
        "practitioners": [_fields_of(practitioner) for practitioner in clinic.practitioners],
        "staff": [_fields_of(user) for user in clinic.staff],
        "types": [_fields_of(kind) for kind in clinic.types],
        "patients": [_fields_of(patient) for patient in clinic.patients],
        "appointments": [_appointment(app, appointment) for appointment in clinic.appointments],
    }


def wall_time_is(start: datetime, zone: ZoneInfo) -> str:
    """Is this wall time "certain", "missing" (clocks skipped it) or "repeated" (it comes twice)?"""
    first, second = (start.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return "certain"
    round_trip = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    return "repeated" if round_trip == start else "missing"


def _fields_of(record: Any) -> dict[str, Any]:
    """One level deep, because `dataclasses.asdict` takes ten seconds for a large clinic."""
    return {name: getattr(record, name) for name in record.__slots__}


def _appointment(app: App, appointment: Appointment) -> dict[str, Any]:
    clinic = app.clinic
    zone = clinic.zone_of(appointment)
    return _fields_of(appointment) | {
        "vendor_id": app.vendor_id(appointment.id),
        "zone": zone.key,
        "instant": clinic.instant_of(appointment),
        "ends_at": clinic.instant_of(appointment) + timedelta(minutes=appointment.minutes),
        "wall_time_is": wall_time_is(appointment.start, zone),
    }
