"""What a row of Prime Suite's schedule means (greenway reference, sections 4.4, 4.6 and 4.7). Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

import msgspec
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
    Person,
    Place,
    Tracking,
    Visit,
)
from visitsync.connectors.greenway_prime_suite.schedule_times import slot_of
from visitsync.connectors.greenway_prime_suite.values import flag, minutes, optional_id, said
from visitsync.connectors.greenway_prime_suite.visit_statuses import status_of
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind

VISIT_TYPE = "visit:"
"""Stands before the ids of visit types, a code set of their own whose numbers recur among appointment types."""
IDENTITY = ("AppointmentID", "ScheduleDate", "StartTime", "Patient", "Resource", "Type", "Visit")
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
Given = TypeVar("Given", BookedType, Column)

_NO_VISIT, _NO_TYPE, _NO_COLUMN, _NO_PLACE = Visit(), BookedType(), Column(owner_id=0), Place()


def to_appointment(record: RawRecord, context: TranslationContext) -> Appointment:
    """Raises RecordUnreadable, naming the member, where the row would have to be guessed at."""
    row = _decoded(record.body)
    if str(row.id) != record.id:
        raise RecordUnreadable("AppointmentID: not the one that was asked for")
    settings = context.settings
    visit = row.visit if isinstance(row.visit, Visit) else _no_visit(row)
    booked = _booked(row.type, row.column, row.place, visit.location_id, visit.type_id, visit.type_name, row.category)
    location = context.locations.get(booked.location_id or "")
    start, length = slot_of(
        row.day,
        (row.starts, row.told_time, row.ends),
        visit.starts if settings.get("visit_times") != "ignored" else None,
        booked.minutes,
        (location.zone if location is not None else None) or context.practice_zone,
        settings.get("start_field") or "agreeing",
    )
    patient_id = _patient_id(row.patient)
    status, status_text = _status(row, visit, context)
    return Appointment(
        id=record.id,
        start=start,
        duration_minutes=length,
        status=status,
        status_text=status_text,
        marks=booked.marks,
        patient_id=patient_id,
        practitioner_id=booked.provider_id,
        location_id=booked.location_id,
        is_block=patient_id is None,
        coverage_named=_coverage_named(row.insurance),
        video_words=_words_of_video(row.complaint, row.comments) if row.complaint or row.comments else (),
    )


def _decoded(body: bytes) -> AppointmentRow:
    """The row in its type; where a quick look shows anything odd, read with care."""
    is_plain = b"\\" not in body or b"\\u00" not in body
    if is_plain and body.count(b'"Patient":') == 1 and body.count(b'"ScheduleDate":') == 1:
        try:
            return ROWS.decode(body)
        except _BROKEN:
            pass
    return decode_record(body, ROWS, identity=IDENTITY)


def _no_visit(row: AppointmentRow) -> Visit:
    if isinstance(row.visit, UnsetType) and isinstance(row.tracking, UnsetType):
        raise RecordUnreadable("Visit and Tracking: both missing, so that nothing tells whether it still stands")
    return _NO_VISIT


class Booked(NamedTuple):
    """What an appointment is booked as, with whom and where."""

    marks: tuple[Mark, ...]
    provider_id: str | None
    location_id: str | None
    minutes: int | None
    """How long appointments of its type are."""


@lru_cache(maxsize=4096)
def _booked(
    kind: BookedType | UnsetType | None,
    column: Column | UnsetType | None,
    place: Place | None,
    other_location_id: Number,
    visit_type_id: Number,
    visit_type_name: str | None,
    category: str | None,
) -> Booked:
    """Cached because a practice books few combinations many times. Raises RecordUnreadable."""
    kind, column, place = _given(kind, "Type", _NO_TYPE), _given(column, "Resource", _NO_COLUMN), place or _NO_PLACE
    if isinstance(column.owner_id, UnsetType):
        raise RecordUnreadable("Resource.OwnerCareProviderID: missing")
    location_id, visit_type = optional_id(place.id) or optional_id(other_location_id), optional_id(visit_type_id)
    marks = (
        Mark(MarkKind.TYPE, optional_id(kind.id), said(kind.name)),
        Mark(MarkKind.SERVICE, visit_type and VISIT_TYPE + visit_type, said(visit_type_name)),
        Mark(MarkKind.RESOURCE, optional_id(column.id), said(column.name)),
        Mark(MarkKind.LOCATION, location_id, said(place.name)),
        Mark(MarkKind.MODE, None, said(category)),
    )
    return Booked(
        marks=tuple(mark for mark in marks if mark.id is not None or mark.text is not None),
        # The owner of the column, never the column itself; a room or machine has none.
        provider_id=optional_id(column.owner_id),
        location_id=location_id,
        minutes=minutes(kind.minutes, "Type.Duration"),
    )


def _patient_id(patient: Person | UnsetType | None) -> str | None:
    """None for time kept free: PatientID 0 or null."""
    if patient is None:
        return None
    if isinstance(patient, UnsetType):
        raise RecordUnreadable("Patient: missing")
    if isinstance(patient.id, UnsetType):
        raise RecordUnreadable("Patient.PatientID: missing")
    return optional_id(patient.id)


def _status(row: AppointmentRow, visit: Visit, context: TranslationContext) -> tuple[AppointmentStatus | None, str]:
    tracked = row.tracking.status if isinstance(row.tracking, Tracking) else None
    source = context.settings.get("status_words") or "both"
    words = (visit.status if source != "tracking" else None, tracked if source != "visit" else None)
    if context.status_meanings:
        return _read_status(words, visit.has_arrived, visit.is_checked_out, context.status_meanings)
    return _usual_status(words, visit.has_arrived, visit.is_checked_out)


@lru_cache(maxsize=4096)
def _usual_status(
    words: tuple[str | None, ...], arrived: Flag, checked_out: Flag
) -> tuple[AppointmentStatus | None, str]:
    return _read_status(words, arrived, checked_out, {})


def _read_status(
    words: tuple[str | None, ...], arrived: Flag, checked_out: Flag, meanings: Mapping[str, AppointmentStatus]
) -> tuple[AppointmentStatus | None, str]:
    return status_of(
        tuple(word for word in words if word is not None and said(word)),
        has_arrived=flag(arrived, "Visit.PatientArrivalFlag"),
        is_checked_out=flag(checked_out, "Visit.IsCheckedOut"),
        meanings=meanings,
    )


def _words_of_video(complaint: str | None, comments: str | None) -> tuple[str, ...]:
    found = _words_in_complaint(complaint) if complaint else ()
    return tuple(dict.fromkeys((*found, *video_words(comments)))) if comments else found


@lru_cache(maxsize=1024)
def _words_in_complaint(complaint: str) -> tuple[str, ...]:
    """The same few complaints stand on most appointments."""
    return video_words(complaint)


@lru_cache(maxsize=1024)
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
