"""Reads single values in all forms in which athenahealth sends them: numbers as text, US dates, Eastern stamps."""

import re
from datetime import date, datetime
from functools import lru_cache

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import record_id
from visitsync.connector_kit.wall_time import instant_in_zone, us_wall
from visitsync.domain.local_time import LocalTime, UnknownZone, from_wall

STAMP_LENGTH = len("11/17/2026 14:30:00")
LONGEST_MINUTES = 7 * 24 * 60
EASTERN = "America/New_York"
"""The clock of athenahealth's own stamps and of the windows that it is asked for (sections 3 and 7)."""

_FLAGS = {"": False, "false": False, "n": False, "0": False, "true": True, "y": True, "1": True}
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_TIME = re.compile(r"\d{1,2}:\d\d(:\d\d)?( ?[AaPp][Mm])?", re.ASCII)


def optional_id(value: int | str | None) -> str | None:
    """An id as text; null, "" and 0 name nothing. Raises RecordUnreadable."""
    if value is None or value == "" or value == "0":
        return None
    if type(value) is int:
        return str(value) if value else None
    return record_id(value)


def text_of(value: int | str | None) -> str:
    """A number or text as text."""
    return "" if value is None else str(value)


def flag(value: bool | int | str | None, name: str) -> bool:
    """True or false. Raises RecordUnreadable for anything that is neither."""
    if value is False or value is None:
        return False
    if value is True:
        return True
    known = _FLAGS.get(str(value).strip().lower())
    if known is None:
        raise RecordUnreadable(f"{name}: expected true or false")
    return known


def minutes(value: float | str | None, name: str) -> int:
    """A duration in whole minutes. Raises RecordUnreadable."""
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 6 else None
    if value is None or isinstance(value, bool) or not 0 <= value <= LONGEST_MINUTES or value != int(value):
        raise RecordUnreadable(f"{name}: expected whole minutes")
    return int(value)


def local_time(day: str, clock: str, zone: str) -> LocalTime:
    """A department's wall time, from `date` and `starttime`. Raises RecordUnreadable."""
    try:
        return _local_time(day, clock, zone)
    except UnknownZone:
        raise RecordUnreadable(
            f"starttime: nobody knows the time zone {zone[:60]!a} of the department; set it under department_zones"
        ) from None


@lru_cache(maxsize=65_536)
def _local_time(day: str, clock: str, zone: str) -> LocalTime:
    if not _DAY.fullmatch(day):
        raise RecordUnreadable("date: expected a date like 11/17/2026")
    if not _TIME.fullmatch(clock):
        raise RecordUnreadable("starttime: expected a time like 14:30")
    try:
        wall = us_wall(f"{day} {clock}")
    except ValueError as error:
        raise RecordUnreadable(f"date, starttime: {error}") from None
    return from_wall(wall, zone)


def moment(text: str | None, zone: str, name: str) -> datetime | None:
    """The instant of a stamp, to order changes by; of a repeated hour the earlier. Raises RecordUnreadable."""
    if not text:
        return None
    if not text[2:3] == text[5:6] == "/" or text[10:11] != " " or len(text) != STAMP_LENGTH:
        raise RecordUnreadable(f"{name}: expected a date and time like 11/17/2026 14:30:00")
    try:
        return instant_in_zone(f"{text[6:10]}-{text[:2]}-{text[3:5]}T{text[11:]}", zone)
    except UnknownZone:
        raise RecordUnreadable(f"{name}: nobody knows the time zone of the department") from None
    except ValueError as error:
        raise RecordUnreadable(f"{name}: {error}") from None


def us_date(text: str) -> date:
    """A date from `11/17/2026`. Raises ValueError."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise ValueError("expected a date like 11/17/2026")
    return date(int(found[3]), int(found[1]), int(found[2]))
