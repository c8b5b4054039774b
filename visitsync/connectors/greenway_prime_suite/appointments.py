"""What a row of Prime Suite's schedule means (greenway reference, sections 4.4, 4.6 and 4.7). Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

from msgspec import UnsetType

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record
from visitsync.connector_kit.pages import RawRecord
from visitsync.connector_kit.video_words import video_words
from visitsync.connectors.greenway_prime_suite.payloads import (
    ROWS,
    AppointmentRow,
    BookedType,
    Column,
    Flag,
    NamedInsurance,
    Number,
    Place,
    Visit,
)
from visitsync.connectors.greenway_prime_suite.schedule_times import confirmed, minutes_until, start_of
from visitsync.connectors.greenway_prime_suite.values import flag, minutes, optional_id, said
from visitsync.connectors.greenway_prime_suite.visit_statuses import status_of
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.local_time import LocalTime

VISIT_TYPE = "visit:"
"""Stands before the ids of visit types, a code set of their own whose numbers recur among appointment types."""
IDENTITY = ("AppointmentID", "ScheduleDate", "StartTime", "Patient", "Resource")

Named = tuple[Number, str | None]
Given = TypeVar("Given", BookedType, Column)

_NO_VISIT, _NO_TYPE, _NO_COLUMN, _NO_PLACE = Visit(), BookedType(), Column(owner_id=0), Place()


def to_appointment(record: RawRecord, context: TranslationContext) -> Appointment:
    """Raises RecordUnreadable, naming the member, where the row would have to be guessed at."""
    row = decode_record(record.body, ROWS, identity=IDENTITY)
    if str(row.id) != record.id:
        raise RecordUnreadable("AppointmentID: not the one that was asked for")
    kind, column, visit = _given(row.type, "Type", _NO_TYPE), _column(row), _visit(row)
    place = row.place or _NO_PLACE
    location_id = optional_id(place.id) or optional_id(visit.location_id)
    start = _start(row, visit, location_id, context)
    patient_id = _patient_id(row)
    status, status_text = _status(row, visit, context)
    return Appointment(
        id=record.id,
        start=start,
        duration_minutes=_length(row, kind, start),
        status=status,
        status_text=status_text,
        marks=_marks(
            (kind.id, kind.name),
            (visit.type_id, visit.type_name),
            (column.id, column.name),
            (location_id, place.name),
            row.category,
        ),
        patient_id=patient_id,
        practitioner_id=_provider(column),
        location_id=location_id,
        is_block=patient_id is None,
        coverage_named=_coverage_named(row.insurance),
        video_words=video_words(row.complaint, row.comments) if row.complaint or row.comments else (),
    )


def _start(row: AppointmentRow, visit: Visit, location_id: str | None, context: TranslationContext) -> LocalTime:
    settings = context.settings
    location = context.locations.get(location_id) if location_id is not None else None
    zone = (location.zone if location is not None else None) or context.practice_zone
    start = start_of(row.day, row.starts, row.told_time, zone, settings.get("start_field") or "agreeing")
    return start if settings.get("visit_times") == "ignored" else confirmed(start, visit.starts)


def _length(row: AppointmentRow, kind: BookedType, start: LocalTime) -> int:
    """Until EndTime; where there is none, as long as its type says."""
    length = minutes_until(row.day, row.ends, start.wall) or minutes(kind.minutes, "Type.Duration")
    if length is None:
        raise RecordUnreadable("EndTime: missing, and Type.Duration says no length either")
    return length


def _patient_id(row: AppointmentRow) -> str | None:
    """None for time kept free: PatientID 0 or null."""
    if isinstance(row.patient, UnsetType):
        raise RecordUnreadable("Patient: missing")
    if row.patient is None:
        return None
    if isinstance(row.patient.id, UnsetType):
        raise RecordUnreadable("Patient.PatientID: missing")
    return optional_id(row.patient.id)


def _column(row: AppointmentRow) -> Column:
    column = _given(row.column, "Resource", _NO_COLUMN)
    if isinstance(column.owner_id, UnsetType):
        raise RecordUnreadable("Resource.OwnerCareProviderID: missing")
    return column


def _provider(column: Column) -> str | None:
    """The owner of the column, never the column itself; a room or machine has none."""
    return None if isinstance(column.owner_id, UnsetType) else optional_id(column.owner_id)


def _visit(row: AppointmentRow) -> Visit:
    if isinstance(row.visit, UnsetType) and isinstance(row.tracking, UnsetType):
        raise RecordUnreadable("Visit and Tracking: both missing, so that nothing tells whether it still stands")
    return _NO_VISIT if isinstance(row.visit, UnsetType) or row.visit is None else row.visit


def _status(row: AppointmentRow, visit: Visit, context: TranslationContext) -> tuple[AppointmentStatus | None, str]:
    tracked = None if isinstance(row.tracking, UnsetType) or row.tracking is None else row.tracking.status
    source = context.settings.get("status_words") or "both"
    words = (visit.status if source != "tracking" else None, tracked if source != "visit" else None)
    return _read_status(
        tuple(word for word in words if said(word) and word is not None),
        visit.has_arrived,
        visit.is_checked_out,
        context.status_meanings,
    )


def _read_status(
    words: tuple[str, ...], arrived: Flag, checked_out: Flag, meanings: Mapping[str, AppointmentStatus]
) -> tuple[AppointmentStatus | None, str]:
    if not words and arrived in _PLAINLY_NOT and checked_out in _PLAINLY_NOT:
        return AppointmentStatus.BOOKED, ""
    return status_of(
        words,
        has_arrived=flag(arrived, "Visit.PatientArrivalFlag"),
        is_checked_out=flag(checked_out, "Visit.IsCheckedOut"),
        meanings=meanings,
    )


_PLAINLY_NOT = (None, False, "N", "")


@lru_cache(maxsize=4096)
def _marks(kind: Named, visit_type: Named, column: Named, place: Named, category: str | None) -> tuple[Mark, ...]:
    """Everything that may mark telemedicine; cached because a practice books few combinations many times."""
    visit_type_id = optional_id(visit_type[0])
    candidates = (
        Mark(MarkKind.TYPE, optional_id(kind[0]), said(kind[1])),
        Mark(MarkKind.SERVICE, visit_type_id and VISIT_TYPE + visit_type_id, said(visit_type[1])),
        Mark(MarkKind.RESOURCE, optional_id(column[0]), said(column[1])),
        Mark(MarkKind.LOCATION, optional_id(place[0]), said(place[1])),
        Mark(MarkKind.MODE, None, said(category)),
    )
    return tuple(mark for mark in candidates if mark.id is not None or mark.text is not None)


def _coverage_named(insurance: NamedInsurance | UnsetType | None) -> bool | None:
    if isinstance(insurance, UnsetType):
        return None
    if insurance is None:
        return False
    return any(map(said, (insurance.name, insurance.company, insurance.plan))) or optional_id(insurance.id) is not None


def _given(value: Given | UnsetType | None, name: str, nothing: Given) -> Given:
    """What stands there; null is nothing, but a member that is missing is another format."""
    if isinstance(value, UnsetType):
        raise RecordUnreadable(f"{name}: missing")
    return nothing if value is None else value
