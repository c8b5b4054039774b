"""What an appointment row of ExampleCharts means."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.pages import RawRecord
from visitsync.connector_kit.video_words import video_words
from visitsync.connector_kit.wall_time import iso_wall, utc_instant
from visitsync.connectors.examplecharts.payloads import APPOINTMENTS, Id
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import LocalTime, UnknownZone, from_wall
from visitsync.domain.practice import CatalogEntry

STATUS = {
    "scheduled": AppointmentStatus.BOOKED,
    "confirmed": AppointmentStatus.BOOKED,
    "tentative": AppointmentStatus.PENDING,
    "arrived": AppointmentStatus.ARRIVED,
    "checked in": AppointmentStatus.CHECKED_IN,
    "completed": AppointmentStatus.FULFILLED,
    "no show": AppointmentStatus.NO_SHOW,
    "cancelled": AppointmentStatus.CANCELLED,
    "rescheduled": AppointmentStatus.CANCELLED,  # keeps its old time; another row holds the new one
}
"""The vendor's words, case-folded. Practices add their own, which only an admin can explain."""
IDENTITY = ("id", "patient_id", "provider_id", "starts_at")
LONGEST_MINUTES = 7 * 24 * 60


def to_appointment(record: RawRecord, context: TranslationContext) -> Appointment:
    """Raises RecordUnreadable, naming the field, where the row would have to be guessed at."""
    row = decode_record(record.body, APPOINTMENTS, identity=IDENTITY)
    if record_id(row.id) != record.id:
        raise RecordUnreadable("id: not the one that was asked for")
    location_id, patient_id = _optional_id(row.location_id), _optional_id(row.patient_id)
    status_text = row.status or ""
    return Appointment(
        id=record.id,
        start=_start(row.starts_at, _zone(location_id, context)),
        duration_minutes=_minutes(row.minutes),
        status=_status(status_text, context),
        status_text=status_text,
        marks=_marks(_optional_id(row.visit_type_id), location_id, context),
        patient_id=patient_id,
        other_patient_ids=tuple(map(record_id, row.other_patient_ids)),
        practitioner_id=_optional_id(row.provider_id),
        location_id=location_id,
        booked_at=_moment(row.created_at, "created_at"),
        changed_at=_moment(row.changed_at, "changed_at"),
        is_block=row.is_blocked or patient_id is None,
        is_deleted=row.is_deleted,
        is_group=bool(row.other_patient_ids),
        series_id=_optional_id(row.series_id),
        video_words=video_words(row.reason, row.note),
    )


def _status(text: str, context: TranslationContext) -> AppointmentStatus | None:
    word = text.strip().casefold()
    return context.status_meanings.get(word) or STATUS.get(word)


def _zone(location_id: str | None, context: TranslationContext) -> str:
    """The zone of an appointment's wall time, as the setting `times` says."""
    location = context.locations.get(location_id or "")
    if location is None or not location.zone or context.settings.get("times") == "practice":
        return context.practice_zone
    return location.zone


def _start(text: str, zone: str) -> LocalTime:
    try:
        return _local_time(text, zone)
    except UnknownZone:
        raise RecordUnreadable(f"starts_at: nobody knows the time zone {zone}; set it for the location") from None
    except ValueError as error:
        raise RecordUnreadable(f"starts_at: {error}") from None


@lru_cache(maxsize=65_536)  # few times are booked many times
def _local_time(text: str, zone: str) -> LocalTime:
    return from_wall(iso_wall(text), zone)


def _moment(text: str | None, name: str) -> datetime | None:
    try:
        return utc_instant(text) if text else None
    except ValueError as error:
        raise RecordUnreadable(f"{name}: {error}") from None


def _minutes(minutes: int) -> int:
    if not 0 <= minutes <= LONGEST_MINUTES:
        raise RecordUnreadable("minutes: expected at most a week")
    return minutes


def _marks(type_id: str | None, location_id: str | None, context: TranslationContext) -> tuple[Mark, ...]:
    """What may mark it as telemedicine; names stand in the lists alone."""
    candidates = (
        Mark(MarkKind.TYPE, type_id, _name(context.appointment_types, type_id)),
        Mark(MarkKind.LOCATION, location_id, _name(context.locations, location_id)),
    )
    return tuple(mark for mark in candidates if mark.id is not None)


def _name(entries: Mapping[str, CatalogEntry], identity: str | None) -> str | None:
    entry = entries.get(identity or "")
    return None if entry is None else entry.name


def _optional_id(value: Id | None) -> str | None:
    return None if value is None else record_id(value)
