"""When an appointment is: the wall time of the schedule, and the instant that its visit tells (section 4.4). Pure."""

from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.wall_time import us_wall
from visitsync.connectors.greenway_prime_suite.microsoft_dates import is_microsoft_date, read_instant, read_stamp
from visitsync.domain.local_time import Clarity, LocalTime, UnknownZone, from_wall

LONGEST = timedelta(hours=16)
"""An end that seems to lie further behind the start is a slip, not a night."""
_DAY = timedelta(days=1)


Times = tuple[str | None, str | None, str | None]
"""StartTime, AppointmentTime and EndTime."""


@lru_cache(maxsize=65_536)
def slot_of(
    day: str, times: Times, visit_starts: str | None, type_minutes: int | None, zone: str, preferred: str
) -> tuple[LocalTime, int]:
    """When an appointment starts, and how many minutes it lasts: until EndTime, else as long as its type.

    `visit_starts`: Visit.FromDateTime, where it counts. `preferred`: the setting start_field. Raises RecordUnreadable.
    """
    start = _start(day, times, zone, preferred)
    length = _minutes_until(day, times[2], start.wall) or type_minutes
    if length is None:
        raise RecordUnreadable("EndTime: missing, and Type.Duration says no length either")
    return (_confirmed(start, visit_starts) if visit_starts else start), length


def _start(day: str, times: Times, zone: str, preferred: str) -> LocalTime:
    """The start as the schedule shows it. StartTime and AppointmentTime that disagree are flagged, not chosen from."""
    starts, told, _ = times
    if preferred != "agreeing":
        chosen = starts if preferred == "StartTime" else told
        return _local(_clock(day, chosen, preferred), zone)
    first, name = (starts, "StartTime") if _is_given(starts) or not _is_given(told) else (told, "AppointmentTime")
    start = _local(_clock(day, first, name), zone)
    if _is_given(starts) and _is_given(told) and _clock(day, told, "AppointmentTime") != start.wall:
        return _contradicted(start)
    return start


def _minutes_until(day: str, ends: str | None, start: datetime) -> int | None:
    """How long after the start (wall time) EndTime is, past midnight too; None where there is no end."""
    if not _is_given(ends):
        return None
    end = _clock(day, ends, "EndTime")
    length = end - start if end >= start else end + _DAY - start
    if length > LONGEST:
        raise RecordUnreadable("EndTime: lies before the start")
    return int(length.total_seconds()) // 60 or None


def _confirmed(start: LocalTime, instant_text: str) -> LocalTime:
    """The start with what Visit.FromDateTime says about it: it settles a doubtful hour, or contradicts."""
    if start.clarity is Clarity.CONTRADICTORY:
        return start
    try:
        instant = read_instant(instant_text)
    except ValueError as error:
        raise RecordUnreadable(f"Visit.FromDateTime: {error}") from None
    if instant is None or (start.clarity is Clarity.CERTAIN and instant == start.instant):
        return start
    return _settled(start, instant)


def _settled(start: LocalTime, instant: datetime) -> LocalTime:
    """Of an hour that comes twice either may be meant."""
    either = (start.instant, start.instant + timedelta(hours=1))
    if start.clarity is Clarity.AMBIGUOUS and instant in either:
        return LocalTime(start.wall, start.zone, instant)
    # Around a wall time that does not exist two readings are as good as each other: it stays what it is.
    return start if start.clarity is Clarity.NONEXISTENT else _contradicted(start)


def _clock(day: str, time_of_day: str | None, name: str) -> datetime:
    """`10/20/2026` and `9:30 AM` or `09:30`."""
    if not _is_given(time_of_day):
        raise RecordUnreadable(f"{name}: missing")
    try:
        return us_wall(f"{_us_day(day)} {(time_of_day or '').strip()}")
    except ValueError:
        raise RecordUnreadable(
            f"ScheduleDate and {name}: expected a date like 10/20/2026 and a time like 9:30 AM or 09:30"
        ) from None


def _us_day(day: str) -> str:
    """Microsoft's form is met elsewhere in these answers; written by itself it tells the day in its own offset."""
    if not is_microsoft_date(day):
        return day.strip()
    stamp = read_stamp(day)
    if stamp is None or stamp.offset is None:
        raise ValueError("expected the offset whose day is meant")
    return f"{stamp.instant + stamp.offset:%m/%d/%Y}"


def _local(wall: datetime, zone: str) -> LocalTime:
    try:
        return from_wall(wall, zone)
    except UnknownZone:
        raise RecordUnreadable(f"the time zone {zone} is unknown; set it for the practice or location") from None


def _contradicted(start: LocalTime) -> LocalTime:
    return msgspec.structs.replace(start, clarity=Clarity.CONTRADICTORY)


def _is_given(text: str | None) -> bool:
    return bool(text) and not (text or "").isspace()
