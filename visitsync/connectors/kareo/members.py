"""Reads members of a decoded record, strict about their kind; errors name the member and never its value."""

from collections.abc import Mapping
from typing import Any

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable

Members = Mapping[str, Any]
Row = dict[str, str]

NO_IDS = frozenset({"", "0"})


def text(members: Members, name: str) -> str:
    """A text, "" where there is none. Raises RecordUnreadable."""
    value = members.get(name, "")
    if not isinstance(value, str):
        raise RecordUnreadable(f"{name}: expected text")
    return value


def identity(members: Members, name: str) -> str | None:
    """An id; 0 and nothing mean nobody. Raises RecordUnreadable for what is no whole number."""
    value = text(members, name)
    if value in NO_IDS:
        return None
    if not (value.isascii() and value.isdecimal()):
        raise RecordUnreadable(f"{name}: expected a whole number")
    return value


def part(members: Members, name: str) -> Members:
    """A record within the record, empty where there is none. Raises RecordUnreadable."""
    value = members.get(name) or {}
    if not isinstance(value, dict):
        raise RecordUnreadable(f"{name}: expected a record")
    return value


def parts(members: Members, name: str) -> list[Members]:
    """The records of a list, none where there is no list. Raises RecordUnreadable."""
    value = members.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise RecordUnreadable(f"{name}: expected a list of records")
    return value


def whole_minutes(seconds: float) -> int:
    """A length. Raises RecordUnreadable for one below zero."""
    if seconds < 0:
        raise RecordUnreadable("the end is before the start")
    return round(seconds / 60)


def zone_of(location_id: str | None, context: TranslationContext) -> str:
    """Kareo tells no zone: that of the location where an admin set one, else the practice's."""
    location = context.locations.get(location_id or "")
    return (location.zone if location else None) or context.practice_zone
