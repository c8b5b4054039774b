"""What a row of GetAppointments means. Source: kareo reference, sections 4 and 5.1."""

from datetime import timedelta
from functools import lru_cache
from itertools import chain

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.video_words import video_words
from visitsync.connectors.kareo.members import Row, identity, whole_minutes, zone_of
from visitsync.connectors.kareo.statuses import status_named
from visitsync.connectors.kareo.texts import local_time, stamp
from visitsync.domain.appointment import Appointment, Mark, MarkKind
from visitsync.domain.local_time import Clarity, LocalTime, from_instant

REASON_SLOTS = tuple((f"AppointmentReasonID{n}", f"AppointmentReason{n}") for n in range(1, 11))
RESOURCE_SLOTS = tuple((f"ResourceID{n}", f"ResourceName{n}", f"ResourceTypeID{n}") for n in range(1, 11))
"""The approved reason, and the provider among rooms and devices, may stand in any of ten slots."""
PROVIDER = "1"
"""ResourceTypeID of a provider."""
_REPEATED = timedelta(hours=1)


def appointment_of(row: Row, record_id: str, context: TranslationContext) -> Appointment:
    """The appointment of a row. Raises RecordUnreadable."""
    settings = context.settings
    location_id, location_name = _location(row, context)
    start, minutes = _start_and_minutes(row, context.practice_zone)
    zone = zone_of(location_id, context)
    stamps_zone = "UTC" if settings.get("list_stamps") == "utc" else context.practice_zone
    booked = _booked_of(row)
    patient_id = identity(row, "PatientID")
    is_block = patient_id is None or row.get("Type", "").startswith(("O", "o"))
    status_text = row.get("ConfirmationStatus", "")
    notes = row.get("Notes")
    return Appointment(
        id=record_id,
        start=start if start.zone == zone else _seen_from(start, zone),
        duration_minutes=minutes,
        status=status_named(status_text),
        status_text=status_text,
        marks=booked.marks,
        patient_id=patient_id,
        practitioner_id=booked.practitioner_id,
        practitioner_name=booked.practitioner_name,
        location_id=location_id,
        location_name=location_name if location_id is None else None,
        booked_at=stamp(row.get("CreatedDate", ""), stamps_zone),
        changed_at=stamp(row.get("LastModifiedDate", ""), stamps_zone),
        is_block=is_block,
        series_id=record_id.partition("@")[0] if "@" in record_id else None,
        video_words=video_words(notes) if notes else (),
        lacks_detail=not is_block and (booked.practitioner_id is None or settings.get("details") == "always"),
    )


def reasons_of(row: Row) -> list[tuple[str, str]]:
    """(id, text) of all reasons of a row, in the order of their slots; the list of 2021 has no ids."""
    return [
        (row.get(id_name, ""), row.get(name, "")) for id_name, name in REASON_SLOTS if name in row or id_name in row
    ]


_NAMES_OF_BOOKED = frozenset(
    {"ServiceLocationID", "ServiceLocationName", *chain.from_iterable((*REASON_SLOTS, *RESOURCE_SLOTS))}
)


class _Booked(msgspec.Struct, frozen=True, gc=False):
    """What is booked where and with whom, as far as the row itself tells."""

    marks: tuple[Mark, ...]
    practitioner_id: str | None
    practitioner_name: str | None


def _booked_of(row: Row) -> _Booked:
    names = _names_of_booked(tuple(row))
    return _booked(names, tuple([row[name] for name in names]))


# Cached because rows hold few combinations of members, and a practice books few combinations of what they say.
@lru_cache(maxsize=4096)
def _names_of_booked(members: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in members if name in _NAMES_OF_BOOKED)


@lru_cache(maxsize=16_384)
def _booked(names: tuple[str, ...], values: tuple[str, ...]) -> _Booked:
    row = dict(zip(names, values, strict=True))
    practitioner_id, resources = _resources(row)
    return _Booked(
        marks=(*_reasons(row), *_place(row), *resources),
        practitioner_id=practitioner_id,
        practitioner_name=_only_name(resources) if practitioner_id is None else None,
    )


def _reasons(row: Row) -> list[Mark]:
    return [Mark(MarkKind.REASON, key or None, text or None) for key, text in reasons_of(row)]


def _place(row: Row) -> tuple[Mark, ...]:
    key, name = row.get("ServiceLocationID"), row.get("ServiceLocationName")
    return (Mark(MarkKind.LOCATION, key, name),) if key or name else ()


def _resources(row: Row) -> tuple[str | None, list[Mark]]:
    """The id of the first provider, and all resources."""
    marks: list[Mark] = []
    provider = None
    for id_name, name, type_name in RESOURCE_SLOTS:
        if name in row or id_name in row:
            marks.append(Mark(MarkKind.RESOURCE, row.get(id_name), row.get(name)))
            if provider is None and row.get(type_name) == PROVIDER:
                provider = identity(row, id_name)
    return provider, marks


def _only_name(resources: list[Mark]) -> str | None:
    """Among several names nobody can tell the provider's from a room's."""
    return resources[0].text if len(resources) == 1 else None


def _location(row: Row, context: TranslationContext) -> tuple[str | None, str | None]:
    """Its id, where the row or the practice's own list tells, and its name."""
    name = row.get("ServiceLocationName")
    key = identity(row, "ServiceLocationID")
    if key is None and name is not None:
        same = [entry.id for entry in context.locations.values() if entry.name == name]
        key = same[0] if len(same) == 1 else None
    return key, name


def _start_and_minutes(row: Row, zone: str) -> tuple[LocalTime, int]:
    end = row.get("EndDate")
    if end is None and (minutes := row.get("AppointmentDuration", "")).isdecimal():
        return _time("StartDate", row.get("StartDate", ""), zone), int(minutes)
    return _between(row.get("StartDate", ""), end or "", zone)


@lru_cache(maxsize=65_536)
def _between(start_text: str, end_text: str, zone: str) -> tuple[LocalTime, int]:
    start, end = _time("StartDate", start_text, zone), _time("EndDate", end_text, zone)
    if start.clarity is end.clarity is Clarity.CERTAIN:
        return start, whole_minutes((end.instant - start.instant).total_seconds())
    # Within a change of clocks only the clock faces are known; an end "before" the start is in the repeated hour.
    shown = end.wall - start.wall
    return start, whole_minutes((shown if shown >= timedelta() else shown + _REPEATED).total_seconds())


def _time(name: str, text: str, zone: str) -> LocalTime:
    try:
        return local_time(text, zone)
    except ValueError:
        raise RecordUnreadable(f"{name}: expected a date and time") from None


@lru_cache(maxsize=65_536)
def _seen_from(time: LocalTime, zone: str) -> LocalTime:
    there = from_instant(time.instant, zone)
    return LocalTime(there.wall, zone, there.instant, time.clarity)
