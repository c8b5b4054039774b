"""What GetAppointment adds to a row: the instant, the provider, the mode. Source: kareo reference, section 5.2."""

from datetime import datetime

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.video_words import video_words
from visitsync.connectors.kareo.members import Members, identity, part, parts, text, whole_minutes, zone_of
from visitsync.connectors.kareo.statuses import status_named
from visitsync.connectors.kareo.texts import is_yes, single_instant
from visitsync.domain.appointment import AppointmentDetail, Mark, MarkKind
from visitsync.domain.local_time import LocalTime, from_instant


def detail_of(single: Members, record_id: str, context: TranslationContext) -> AppointmentDetail:
    """The detail of an appointment. Raises RecordUnreadable.

    When it was changed is left to the list: stamps of two sources must not be compared. Of an occurrence that shares
    its series' id, whatever differs between occurrences is left out, unless the answer is about this very occurrence.
    """
    location_id = identity(single, "ServiceLocationId")
    start = _time(single, "StartTime", zone_of(location_id, context))
    length = _time(single, "EndTime", start.zone).instant - start.instant
    # The wall time in an id is the practice's, whatever zone an admin gave the location.
    is_this_one = _is_about(record_id, from_instant(start.instant, context.practice_zone).wall)
    status_text = text(single, "AppointmentStatus")
    status = status_named(status_text) if is_this_one else None
    patient_id = identity(part(single, "PatientSummary"), "PatientId")
    return AppointmentDetail(
        id=record_id,
        start=start if is_this_one else None,
        duration_minutes=whole_minutes(length.total_seconds()) if is_this_one else None,
        status=status,
        status_text=status_text if status else None,
        marks=_marks(single, location_id, context),
        patient_id=patient_id,
        other_patient_ids=_group(single, patient_id),
        practitioner_id=identity(single, "ProviderId"),
        location_id=location_id,
        booked_at=stamp_of(single, "CreatedAt"),
        is_deleted=is_yes(text(single, "IsDeleted")),
        is_group=is_yes(text(single, "IsGroupAppointment")),
        is_block=text(single, "AppointmentType") == "O",
        video_words=video_words(text(single, "Notes")),
    )


def _is_about(record_id: str, wall: datetime) -> bool:
    occurrence = record_id.partition("@")[2]
    return not occurrence or datetime.fromisoformat(occurrence) == wall


def stamp_of(single: Members, name: str) -> datetime | None:
    """When something happened to it (aware, UTC); None where the answer says nothing usable."""
    try:
        return single_instant(text(single, name))
    except ValueError:
        return None


def _time(single: Members, name: str, zone: str) -> LocalTime:
    try:
        return from_instant(single_instant(text(single, name)), zone)
    except ValueError:
        raise RecordUnreadable(f"{name}: expected a date and time in UTC") from None


def _marks(single: Members, location_id: str | None, context: TranslationContext) -> tuple[Mark, ...]:
    marks = []
    if reason_id := identity(single, "AppointmentReasonId"):
        reason = context.appointment_types.get(reason_id)
        marks.append(Mark(MarkKind.REASON, reason_id, reason.name if reason else None))
    if location_id and (location := context.locations.get(location_id)):
        marks.append(Mark(MarkKind.LOCATION, location_id, location.name))
    if mode := text(single, "AppointmentMode"):
        marks.append(Mark(MarkKind.MODE, None, mode))
    return tuple(marks)


def _group(single: Members, patient_id: str | None) -> tuple[str, ...]:
    """The other patients of a group who have not cancelled."""
    coming = [each for each in parts(single, "PatientSummaries") if text(each, "Status") != "CANCELLED"]
    ids = dict.fromkeys(key for each in coming if (key := identity(each, "PatientId")))
    return tuple(key for key in ids if key != patient_id)
