"""What an appointment row of DrChrono means (reference, sections 5.1 and 9)."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.pages import RawRecord
from visitsync.connector_kit.video_words import video_words
from visitsync.connectors.drchrono.drift import flag, local_time, minutes, moment, optional_id
from visitsync.connectors.drchrono.payloads import APPOINTMENTS, TELEHEALTH_ROWS, AppointmentRow, Id
from visitsync.connectors.drchrono.zones import zone_of_doctor, zone_of_stamps
from visitsync.domain.appointment import Appointment, AppointmentDetail, AppointmentStatus, Mark, MarkKind
from visitsync.domain.practice import CatalogEntry

STATUS = {
    "": AppointmentStatus.BOOKED,  # freshly booked
    "confirmed": AppointmentStatus.BOOKED,
    "not confirmed": AppointmentStatus.BOOKED,  # nobody has answered the reminder; the booking stands
    "checked in online": AppointmentStatus.CHECKED_IN,
    "checked in": AppointmentStatus.CHECKED_IN,
    "arrived": AppointmentStatus.ARRIVED,
    "in room": AppointmentStatus.ARRIVED,
    "in session": AppointmentStatus.ARRIVED,
    "complete": AppointmentStatus.FULFILLED,
    "no show": AppointmentStatus.NO_SHOW,
    "cancelled": AppointmentStatus.CANCELLED,
    "rescheduled": AppointmentStatus.CANCELLED,  # keeps its old time; another row holds the new one
}
"""The vendor's words, case-folded. Practices add their own, which only an admin can explain."""

TELEHEALTH = Mark(kind=MarkKind.MODE, id="telehealth", text="Telehealth")
IDENTITY = ("id", "patient", "doctor", "scheduled_time")


def to_appointment(record: RawRecord, context: TranslationContext) -> Appointment:
    """Raises RecordUnreadable, naming the field, where the row would have to be guessed at."""
    row = decode_record(record.body, APPOINTMENTS, identity=IDENTITY)
    if row.id != record.id and record_id(row.id) != record.id:
        raise RecordUnreadable("id: not the one that was asked for")
    doctor_id = optional_id(row.doctor)
    patient_id = optional_id(row.patient)
    profile_id, office_id, room_id = _places(row.profile, row.office, row.exam_room)
    marks, words = _marks(
        row.reason,
        (profile_id, _name(context.appointment_types, profile_id)),
        (office_id, _name(context.locations, office_id)),
        (room_id, _name(context.locations, room_id)),
    )
    zone = zone_of_doctor(doctor_id, context)
    stamp_zone = zone_of_stamps(zone, context)
    status_text = row.status or ""
    noted = video_words(row.notes) if row.notes else ()
    return Appointment(
        id=record.id,
        start=local_time(row.scheduled_time, zone, "scheduled_time"),
        duration_minutes=minutes(row.duration),
        status=_status(status_text, context),
        status_text=status_text,
        marks=marks,
        patient_id=patient_id,
        practitioner_id=doctor_id,
        location_id=office_id,
        booked_at=moment(row.created_at, stamp_zone, "created_at"),
        changed_at=moment(row.updated_at, stamp_zone, "updated_at"),
        is_block=patient_id is None or flag(row.appt_is_break, "appt_is_break"),
        is_deleted=flag(row.deleted_flag, "deleted_flag") or flag(row.archived, "archived"),
        series_id=_series_id(record.id, row),
        replaces_id=optional_id(row.cloned_from),
        coverage_named=_coverage_named(row),
        video_words=tuple(dict.fromkeys((*words, *noted))) if noted else words,
        lacks_detail=context.settings.get("telehealth_rows") == "read",
    )


def to_detail(record: RawRecord, rows: list[bytes]) -> AppointmentDetail:
    """A telehealth row for the appointment is a mark of telemedicine; none says nothing. Raises RecordUnreadable."""
    for body in rows:
        row = decode_record(body, TELEHEALTH_ROWS)
        if optional_id(row.appointment) not in (None, record.id):
            raise RecordUnreadable("appointment: not the one that was asked for")
    return AppointmentDetail(id=record.id, marks=(TELEHEALTH,) if rows else ())


def _status(text: str, context: TranslationContext) -> AppointmentStatus | None:
    word = text.strip().casefold()
    return context.status_meanings.get(word) or STATUS.get(word)


Named = tuple[str | None, str | None]


# What follows is cached because a practice books few combinations many times.
@lru_cache(maxsize=4096)
def _places(profile: Id, office: Id, exam_room: Id) -> tuple[str | None, str | None, str | None]:
    """The ids of profile, office and exam room; a room is called by its office and its index there."""
    office_id, room = optional_id(office), optional_id(exam_room)
    return optional_id(profile), office_id, f"{office_id}/{room}" if office_id and room else None


@lru_cache(maxsize=4096)
def _marks(reason: str | None, profile: Named, office: Named, room: Named) -> tuple[tuple[Mark, ...], tuple[str, ...]]:
    """All marks, and the words of video in the reason."""
    candidates = (
        Mark(MarkKind.TYPE, *profile),
        Mark(MarkKind.REASON, None, reason if reason and not reason.isspace() else None),
        Mark(MarkKind.LOCATION, *office),
        Mark(MarkKind.ROOM, *room),
    )
    marks = tuple(mark for mark in candidates if mark.id is not None or mark.text is not None)
    return marks, video_words(reason)


def _name(entries: Mapping[str, CatalogEntry], identity: str | None) -> str | None:
    entry = entries.get(identity) if identity is not None else None
    return None if entry is None else entry.name


def _series_id(identity: str, row: AppointmentRow) -> str | None:
    if base := optional_id(row.base_recurring_appointment):
        return base
    if "_" in identity:  # an occurrence that nobody has touched yet is called by its day and its series
        return identity.rpartition("_")[2]
    return identity if flag(row.recurring_appointment, "recurring_appointment") else None


def _coverage_named(row: AppointmentRow) -> bool | None:
    name, payer_id = row.primary_insurer_name, row.primary_insurer_payer_id
    if name is msgspec.UNSET and payer_id is msgspec.UNSET:
        return None
    return bool(name and name.strip()) or bool(payer_id and payer_id.strip())
