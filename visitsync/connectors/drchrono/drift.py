"""Reads single values in all the forms in which DrChrono sends them: numbers as text, null for "", naive stamps."""

from datetime import datetime
from functools import lru_cache

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import record_id
from visitsync.connector_kit.wall_time import instant_in_zone, iso_wall
from visitsync.domain.local_time import LocalTime, UnknownZone, from_wall

LONGEST_MINUTES = 7 * 24 * 60
_NOTHING = ("", "0")
_FLAGS = {"": False, "false": False, "0": False, "true": True, "1": True}


def optional_id(value: int | str | None) -> str | None:
    """An id as text; null, "" and 0 name nothing. Raises RecordUnreadable."""
    if type(value) is int:
        return str(value) if value else None
    if value is None:
        return None
    return None if value in _NOTHING else record_id(value)


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


def minutes(value: float | str | None) -> int:
    """A duration in whole minutes. Raises RecordUnreadable."""
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 6 else None
    if value is None or isinstance(value, bool) or not 0 <= value <= LONGEST_MINUTES or value != int(value):
        raise RecordUnreadable("duration: expected whole minutes")
    return int(value)


def local_time(text: str, zone: str, name: str) -> LocalTime:
    """A naive wall time in a zone. Raises RecordUnreadable."""
    try:
        return _local_time(text, zone)
    except ValueError as error:
        raise _unreadable(name, zone, error) from None


def moment(text: str | None, zone: str, name: str) -> datetime | None:
    """The instant of a naive stamp, to order changes by; of a repeated hour the earlier. Raises RecordUnreadable."""
    if not text:
        return None
    try:
        return instant_in_zone(text, zone)
    except ValueError as error:
        raise _unreadable(name, zone, error) from None


@lru_cache(maxsize=65_536)
def _local_time(text: str, zone: str) -> LocalTime:
    return from_wall(iso_wall(text), zone)


def _unreadable(name: str, zone: str, error: ValueError) -> RecordUnreadable:
    if isinstance(error, UnknownZone):
        return RecordUnreadable(f"{name}: nobody knows the time zone {zone}; set it in the connection's settings")
    return RecordUnreadable(f"{name}: {error}")
