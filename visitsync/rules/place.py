"""1. Is it booked where this practice syncs: at a connected location, in no excluded column?"""

from collections.abc import Mapping

import msgspec

from visitsync.domain.appointment import Appointment, MarkKind
from visitsync.domain.decision import Finding
from visitsync.domain.practice import CatalogEntry, PracticeContext


class PlaceLookup(msgspec.Struct, frozen=True):
    """Which places count. Choosing locations is optional: as long as none is connected, all count."""

    connected: frozenset[str]
    """Ids, names and synonyms of connected locations; empty: all count."""
    excluded: Mapping[str, str]
    """What is excluded, ids and names, also the ids of those who are excluded by name → its name for staff."""
    locations: Mapping[str, CatalogEntry]
    drifted: Mapping[str, Finding]
    """Id of a connected location that the EMR has retired or renamed → what is to be said."""


_PLACES = frozenset({MarkKind.LOCATION, MarkKind.ROOM, MarkKind.RESOURCE})


def place_lookup(practice: PracticeContext) -> PlaceLookup:
    """Works out the practice's choice of places once. A room belongs to its location and is not chosen by itself."""
    locations = practice.locations.values()
    connected = [entry for entry in locations if entry.is_connected and entry.owner_id is None]
    return PlaceLookup(
        connected=frozenset(name for entry in connected for name in (entry.id, entry.name, *entry.synonyms)),
        excluded=_excluded(practice),
        locations=practice.locations,
        drifted={entry.id: finding for entry in connected if (finding := _drift(entry)) is not None},
    )


def _drift(entry: CatalogEntry) -> Finding | None:
    """A4 and A5, where somebody has chosen the location and the EMR's list changed under the choice."""
    if not entry.is_active:
        return Finding("location-retired", {"found": f"“{entry.name}”"})
    if entry.previous_name is not None:
        return Finding("location-renamed", {"found": entry.name, "previous": entry.previous_name})
    return None


def _excluded(practice: PracticeContext) -> dict[str, str]:
    excluded = practice.connection.excluded_resources
    if not excluded:
        return {}
    listed = (*practice.locations.values(), *practice.practitioners.values())
    named = {entry.id: entry.name for entry in listed if entry.name in excluded or entry.id in excluded}
    return {**{name: name for name in excluded}, **named}


def check(appointment: Appointment, lookup: PlaceLookup) -> tuple[Finding, ...]:
    """A4, A5 and A10."""
    if not lookup.connected and not lookup.excluded:
        return ()
    drifted = lookup.drifted.get(appointment.location_id or "")
    return (
        *_unconnected_location(appointment, lookup),
        *_excluded_resource(appointment, lookup),
        *((drifted,) if drifted is not None else ()),
    )


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
    named = [text for mark in appointment.marks if mark.kind in _PLACES for text in (mark.text or "", mark.id or "")]
    named += [appointment.location_name or "", appointment.location_id or ""]
    named += [appointment.practitioner_name or "", appointment.practitioner_id or ""]
    hit = next((lookup.excluded[text] for text in named if text in lookup.excluded), None)
    return (Finding("resource-excluded", {"found": f"“{hit}”"}),) if hit is not None else ()
