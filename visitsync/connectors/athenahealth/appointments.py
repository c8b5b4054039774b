"""What an appointment row of athenahealth means (reference, section 6)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.pages import RawRecord
from visitsync.connector_kit.video_words import video_words
from visitsync.connectors.athenahealth.coverages import names_a_payer
from visitsync.connectors.athenahealth.drift import EASTERN, flag, local_time, minutes, moment, optional_id
from visitsync.connectors.athenahealth.payloads import APPOINTMENTS, AppointmentRow, Id, Note
from visitsync.connectors.athenahealth.zones import zone_of_department
from visitsync.domain.appointment import Appointment, AppointmentStatus, Mark, MarkKind
from visitsync.domain.practice import CatalogEntry

STATUS = {
    "f": AppointmentStatus.BOOKED,  # "future", also of past ones that nobody checked in
    "2": AppointmentStatus.CHECKED_IN,
    "3": AppointmentStatus.FULFILLED,  # checked out
    "4": AppointmentStatus.FULFILLED,  # charge entered
    "x": AppointmentStatus.CANCELLED,
}
"""The vendor's letters, case-folded (section 6.3)."""

OPEN_SLOT = "o"
"""Nobody is booked there: no appointment at all."""
IDENTITY = ("appointmentid", "patientid", "date", "starttime", "departmentid", "appointmentstatus")


def to_appointment(record: RawRecord, context: TranslationContext) -> Appointment:
    """Raises RecordUnreadable, naming the field, where the row would have to be guessed at."""
    row = decode_record(record.body, APPOINTMENTS, identity=IDENTITY)
    if row.appointmentid != record.id and record_id(row.appointmentid) != record.id:
        raise RecordUnreadable("appointmentid: not the one that was asked for")
    department_id, provider_id, type_id = _places(row.departmentid, row.providerid, row.appointmenttypeid)
    patient_id = _patient_id(row)
    zone = zone_of_department(department_id, context, is_from_file=not record.asked)
    is_department_stamp = context.settings.get("last_modified_zone") == "department"
    return Appointment(
        id=record.id,
        start=local_time(row.date, row.starttime, zone),
        duration_minutes=minutes(row.duration, "duration"),
        status=_status(row, context),
        status_text=str(row.appointmentstatus),
        marks=_marks(
            (type_id, _name(context.appointment_types, type_id) or row.appointmenttype),
            (department_id, _name(context.locations, department_id)),
        ),
        patient_id=patient_id,
        practitioner_id=provider_id,
        location_id=department_id,
        booked_at=moment(row.scheduleddatetime, EASTERN, "scheduleddatetime"),
        changed_at=moment(row.lastmodified, zone if is_department_stamp else EASTERN, "lastmodified"),
        is_block=patient_id is None,
        is_deleted=row.appointmentstatus == OPEN_SLOT,
        replaced_by_id=optional_id(row.rescheduledappointmentid) if row.rescheduledappointmentid else None,
        coverage_named=None if row.insurances is msgspec.UNSET else names_a_payer(row.insurances or ()),
        video_words=_words(row.appointmentnotes) if row.appointmentnotes else (),
    )


def _patient_id(row: AppointmentRow) -> str | None:
    """None for time kept free. Raises RecordUnreadable where somebody has booked it and it is not told who."""
    patient_id = None if row.patientid is msgspec.UNSET else optional_id(row.patientid)
    if patient_id is None and row.scheduleddatetime:
        raise RecordUnreadable("patientid: missing, although somebody has booked it")
    if row.patientid is msgspec.UNSET and status_letter(row.appointmentstatus) != OPEN_SLOT:
        raise RecordUnreadable("patientid: missing, as in the list of one patient's appointments; read it by its id")
    return patient_id


def status_letter(value: int | str | None) -> str:
    """The letter or digit of a status, case-folded; "" where none is told."""
    return "" if value is None else str(value).strip().casefold()


def _status(row: AppointmentRow, context: TranslationContext) -> AppointmentStatus | None:
    if row.appointmentstatus == "f" and not context.status_meanings:  # nearly all
        return AppointmentStatus.BOOKED
    letter = status_letter(row.appointmentstatus)
    status = context.status_meanings.get(letter) or STATUS.get(letter)
    if row.cancelreasonnoshow and letter == "x" and flag(row.cancelreasonnoshow, "cancelreasonnoshow"):
        return AppointmentStatus.NO_SHOW
    return status


Named = tuple[str | None, str | None]


# What follows is cached because a practice books few combinations many times.
@lru_cache(maxsize=4096)
def _places(department: Id, provider: Id, kind: Id) -> tuple[str | None, str | None, str | None]:
    """Their ids as text."""
    return optional_id(department), optional_id(provider), optional_id(kind)


@lru_cache(maxsize=4096)
def _marks(kind: Named, department: Named) -> tuple[Mark, ...]:
    candidates = (Mark(MarkKind.TYPE, *kind), Mark(MarkKind.LOCATION, *department))
    return tuple(mark for mark in candidates if mark.id is not None or mark.text)


def _name(entries: Mapping[str, CatalogEntry], identity: str | None) -> str | None:
    entry = entries.get(identity) if identity is not None else None
    return None if entry is None else entry.name


def _words(notes: Sequence[Note]) -> tuple[str, ...]:
    return video_words(*(note.text for note in notes))
