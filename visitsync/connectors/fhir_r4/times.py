"""When an appointment is: instants with a zone, also where a server gets them wrong (fhir reference, section 10)."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.fhir.instants import NoZone, day_bounds, instant, moment, wall_of
from visitsync.connector_kit.fhir.picking import one_or_several
from visitsync.connector_kit.fhir.shapes import Number, Period
from visitsync.connectors.fhir_r4.payloads import AppointmentShape
from visitsync.connectors.fhir_r4.signs import decoded
from visitsync.domain.appointment import AppointmentStatus
from visitsync.domain.local_time import Clarity, LocalTime, UnknownZone, from_instant, from_wall

LOCAL = "local"
"""Value of the setting `z_means`: a time marked Z is the practice's own, whatever the mark says."""
LONGEST_MINUTES = 7 * 24 * 60
MAY_LACK_A_TIME = frozenset(
    {
        AppointmentStatus.PROPOSED,
        AppointmentStatus.CANCELLED,
        AppointmentStatus.WAITLIST,
        AppointmentStatus.ENTERED_IN_ERROR,
        AppointmentStatus.NO_SHOW,
    }
)
"""Invariant app-3 allows the first three; servers also leave it out in the others."""
_PERIODS = msgspec.json.Decoder(list[Period | None] | Period | None)


def time_of(
    row: AppointmentShape, status: AppointmentStatus | None, zone: str, settings: Mapping[str, str]
) -> tuple[LocalTime, int]:
    """Start and whole minutes. Raises RecordUnreadable.

    One without a time that needs none gets a time to sort by, marked as such: no visit can be made from it.
    """
    z_means = settings.get("z_means", "")
    if not row.start:
        if status not in MAY_LACK_A_TIME:
            raise RecordUnreadable("start: expected a date and time for an appointment of this status")
        return _time_to_sort_by(row, zone), 0
    try:
        start = _local_time(row.start, zone, z_means)
    except ValueError as error:
        raise RecordUnreadable(_told("start", zone, error)) from None
    if row.end and not (_is_local(row.start, z_means) and _ends_early(row)):
        minutes = _minutes_between(row.start, row.end)
        if minutes or row.minutes_duration is None:
            return start, minutes
    return start, _minutes_said(row.minutes_duration, status, settings.get("minutes_without_end", ""))


def stamp(text: str | None, name: str) -> datetime | None:
    """When something was noted; None where nothing is said or only a day. Raises RecordUnreadable."""
    if not text:
        return None
    try:
        return moment(text)
    except ValueError as error:
        if len(text) <= 10 and day_bounds(text) is not None:
            return None
        raise RecordUnreadable(f"{name}: {error}") from None


def _is_local(text: str, z_means: str) -> bool:
    return z_means == LOCAL and text[-1:] in "Zz"


def _ends_early(row: AppointmentShape) -> bool:
    """The practice's own clock may go back during an appointment; its length is then what is told besides."""
    try:
        return row.minutes_duration is not None and instant(row.end or "") <= instant(row.start or "")
    except ValueError:
        return False


@lru_cache(maxsize=65_536)
def _local_time(text: str, zone: str, z_means: str) -> LocalTime:
    if _is_local(text, z_means):
        instant(text)
        return from_wall(wall_of(text), zone)
    return from_instant(instant(text), zone)


@lru_cache(maxsize=65_536)
def _minutes_between(start: str, end: str) -> int:
    try:
        minutes = round((instant(end) - instant(start)).total_seconds() / 60)
    except ValueError as error:
        raise RecordUnreadable(f"end: {error}") from None
    if not 0 <= minutes <= LONGEST_MINUTES:
        raise RecordUnreadable("end: expected a time after the start, within seven days")
    return minutes


def _minutes_said(said: Number, status: AppointmentStatus | None, assumed: str) -> int:
    """Without an end, the length that is told; without that, the one that the practice set, if any."""
    whole = int(said) if isinstance(said, float) and said.is_integer() else said
    text = str(whole) if whole is not None else assumed
    if not text and status in MAY_LACK_A_TIME:
        return 0
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= LONGEST_MINUTES):
        raise RecordUnreadable("end: expected, or minutesDuration in whole minutes, or the setting minutes_without_end")
    return int(text)


def _time_to_sort_by(row: AppointmentShape, zone: str) -> LocalTime:
    """What was asked for, else when it was made or last changed."""
    raw = bytes(row.requested_period)
    periods = one_or_several(decoded(raw, _PERIODS, "requestedPeriod")) if raw else []
    candidates = (*(period.start for period in periods), row.created, row.meta.last_updated if row.meta else None)
    for text in candidates:
        if text and (known := _moment_or_day(text, zone)) is not None:
            return known
    raise RecordUnreadable("start: neither that, requestedPeriod, created nor meta.lastUpdated says when")


def _moment_or_day(text: str, zone: str) -> LocalTime | None:
    try:
        return _doubtful(moment(text), zone)
    except ValueError:
        days = day_bounds(text) if len(text) <= len("2026-11-17") else None
    if days is None:
        return None
    try:
        known = from_wall(datetime.combine(days[0], time.min), zone)
    except UnknownZone as error:
        raise RecordUnreadable(_told("start", zone, error)) from None
    return LocalTime(known.wall, known.zone, known.instant, Clarity.CONTRADICTORY)


def _doubtful(at: datetime, zone: str) -> LocalTime:
    try:
        known = from_instant(at.replace(microsecond=0) - timedelta(seconds=at.second), zone)
    except UnknownZone as error:
        raise RecordUnreadable(_told("start", zone, error)) from None
    return LocalTime(known.wall, known.zone, known.instant, Clarity.CONTRADICTORY)


def _told(name: str, zone: str, error: ValueError) -> str:
    if isinstance(error, UnknownZone):
        return f"{name}: nobody knows the time zone {zone}; set it in the connection's settings"
    if isinstance(error, NoZone):
        return f"{name}: {error}; the FHIR server must send instants with an offset"
    return f"{name}: {error}"
