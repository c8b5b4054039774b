"""What an appointment of CareCloud means (reference, section 3)."""

import json
from collections.abc import Mapping
from functools import lru_cache

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.pages import RawRecord
from visitsync.connector_kit.video_words import video_words
from visitsync.connectors.carecloud.payloads import (
    BARE_APPOINTMENTS,
    WRAPPED_APPOINTMENTS,
    AppointmentRow,
    Id,
    PlacePart,
)
from visitsync.connectors.carecloud.statuses import status_of
from visitsync.connectors.carecloud.values import minutes_between, moment, optional_id, start_time
from visitsync.domain.appointment import Appointment, Mark, MarkKind
from visitsync.domain.practice import CatalogEntry

RESOURCE = "resource/"
"""Before the id of a schedule column in the catalog, where providers have numbers of their own."""
WRAPPER = b'"appointment":'
_COUNTED = ((b'"id":', 5), (b'_time":', 2))
"""How often these stand in a row as recorded; the ids are its own and those of status, patient, place and reason."""


def to_appointment(record: RawRecord, context: TranslationContext) -> Appointment:
    """Raises RecordUnreadable, naming the field, where the row would have to be guessed at."""
    row = read_row(record.body)
    if row.id != record.id and record_id(row.id) != record.id:
        raise RecordUnreadable("id: not the one that was asked for")
    location_id, location_name, resource, provider_id = _places(row.location, row.resource_id, row.provider_id)
    settings = context.settings
    zone = zone_of(location_id, context)
    start = start_time(row.start_time, zone, settings.get("foreign_offset", ""))
    status, status_text = status_of(
        row.appointment_status, row.cancellation_details, row.appointment_cancellation_reason_id, context
    )
    reason_id = optional_id(row.visit_reason_id)
    patient_id = optional_id(row.patient.id) if row.patient is not None else None
    return Appointment(
        id=record.id,
        start=start,
        duration_minutes=minutes_between(row.start_time, row.end_time),
        status=status,
        status_text=status_text,
        marks=_marks(
            (reason_id, _name(context.appointment_types, reason_id)),
            (location_id, location_name),
            (resource, _name(context.practitioners, resource)),
        ),
        patient_id=patient_id,
        practitioner_id=provider_id or _default_provider(resource, context),
        location_id=location_id,
        booked_at=moment(row.created_at, "created_at"),
        changed_at=moment(row.updated_at, "updated_at"),
        is_block=patient_id is None,
        series_id=optional_id(row.recurrence_id),
        video_words=video_words(row.chief_complaint, row.comments) if row.chief_complaint or row.comments else (),
    )


def read_row(body: bytes) -> AppointmentRow:
    """The appointment in its wrapper, or bare. Raises RecordUnreadable."""
    for name, times in _COUNTED:
        if body.count(name) != times:
            _refuse_repeats(body)
            break
    if WRAPPER in body[:200]:
        return decode_record(body, WRAPPED_APPOINTMENTS).appointment
    return decode_record(body, BARE_APPOINTMENTS)


def zone_of(location_id: str | None, context: TranslationContext) -> str:
    """Whose wall clock an appointment is shown on: its location's where that is known, else the practice's.

    CareCloud names no zones at all (section 4), so all of them come from the practice.
    """
    chosen = context.settings.get("location_zones")
    if chosen and location_id is not None and location_id in (zones := location_zones(chosen)):
        return zones[location_id]
    entry = context.locations.get(location_id) if location_id is not None else None
    return (entry.zone if entry is not None else None) or context.practice_zone


@lru_cache(maxsize=256)
def location_zones(setting: str) -> Mapping[str, str]:
    """The setting `50007=America/Denver, 50008=US/Pacific` as zones by location."""
    pairs = (pair.partition("=") for pair in setting.split(","))
    return {place.strip(): zone.strip() for place, _, zone in pairs if place.strip() and zone.strip()}


def _refuse_repeats(body: bytes) -> None:
    """Slow and exact; only where a quick count of the names looked odd. Raises RecordUnreadable."""

    def once(members: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in members]
        if len(set(names)) < len(names):
            raise RecordUnreadable("a member of the appointment stands there twice")
        return dict(members)

    try:
        json.loads(body, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return  # decoding will say what is wrong with it


def _default_provider(resource: str | None, context: TranslationContext) -> str | None:
    """A row may name the column alone; the column's own provider is then meant (section 4)."""
    entry = context.practitioners.get(resource) if resource is not None else None
    return None if entry is None else entry.owner_id


Named = tuple[str | None, str | None]


# What follows is cached because a practice books few combinations many times.
@lru_cache(maxsize=4096)
def _places(
    location: PlacePart | None, resource_id: Id, provider_id: Id
) -> tuple[str | None, str | None, str | None, str | None]:
    """Id and name of the location, what the column is called in the catalog, and the provider's id."""
    resource, provider = optional_id(resource_id), optional_id(provider_id)
    named = RESOURCE + resource if resource is not None else None
    if location is None:
        return None, None, named, provider
    return optional_id(location.id), location.name or None, named, provider


@lru_cache(maxsize=4096)
def _marks(reason: Named, location: Named, resource: Named) -> tuple[Mark, ...]:
    candidates = (
        Mark(MarkKind.TYPE, *reason),
        Mark(MarkKind.LOCATION, *location),
        Mark(MarkKind.RESOURCE, *resource),
    )
    return tuple(mark for mark in candidates if mark.id is not None or mark.text is not None)


def _name(entries: Mapping[str, CatalogEntry], identity: str | None) -> str | None:
    entry = entries.get(identity) if identity is not None else None
    return None if entry is None else entry.name
