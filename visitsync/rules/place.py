"""1. Is it booked where this practice syncs: at a connected location, in no excluded column?"""

from collections.abc import Mapping

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Finding
from visitsync.domain.practice import CatalogEntry, PracticeContext


class PlaceLookup(msgspec.Struct, frozen=True):
    """Which places count. Choosing locations is optional: as long as none is connected, all count."""

    connected: frozenset[str]
    """Ids, names and synonyms of connected locations; empty: all count."""
    excluded: frozenset[str]
    locations: Mapping[str, CatalogEntry]


def place_lookup(practice: PracticeContext) -> PlaceLookup:
    """Works out the practice's choice of places once."""
    connected = [entry for entry in practice.locations.values() if entry.is_connected]
    return PlaceLookup(
        connected=frozenset(name for entry in connected for name in (entry.id, entry.name, *entry.synonyms)),
        excluded=practice.connection.excluded_resources,
        locations=practice.locations,
    )


def check(appointment: Appointment, lookup: PlaceLookup) -> tuple[Finding, ...]:
    """A4 and A10."""
    if not lookup.connected and not lookup.excluded:
        return ()
    return (*_unconnected_location(appointment, lookup), *_excluded_resource(appointment, lookup))


def _unconnected_location(appointment: Appointment, lookup: PlaceLookup) -> tuple[Finding, ...]:
    place = appointment.location_id or appointment.location_name
    if not lookup.connected or not place or place in lookup.connected:
        return ()
    entry = lookup.locations.get(place)
    name = entry.name if entry else appointment.location_name
    return (Finding("location-not-connected", {"found": f"“{name}”" if name else f"number {place}"}),)


def _excluded_resource(appointment: Appointment, lookup: PlaceLookup) -> tuple[Finding, ...]:
    if not lookup.excluded:
        return ()
    candidates = [text for mark in appointment.marks for text in (mark.text, mark.id)]
    location = lookup.locations.get(appointment.location_id or "")
    candidates += [appointment.location_id, appointment.location_name, location.name if location else None]
    candidates += [appointment.practitioner_id, appointment.practitioner_name]
    hit = next((text for text in candidates if text in lookup.excluded), None)
    return (Finding("resource-excluded", {"found": f"“{hit}”"}),) if hit else ()
