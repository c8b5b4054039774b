"""Ids, stamps and wrappers: what CareCloud's JSON has in common (reference, sections 2 and 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from visitsync.simulator_kit.clinic import Clinic

Row = dict[str, Any]
BUSINESS_ENTITY = 7001
APPOINTMENT_MARK, PATIENT_MARK = "0a9b-4c0d-8a00", "9a71-4e2f-9b00"

# How each list is wrapped: the row's own wrapper, and whether an object holds the list.
_ROWS = {
    "appointments": "appointment",
    "appointment_statuses": "appointment_status",
    "appointment_cancellation_reasons": "appointment_cancellation_reason",
    "appointment_resources": "resource",
}
_HELD = frozenset({"locations", "providers"})


def guid(number: int, mark: str) -> str:
    """A GUID that only the simulator can read a number from."""
    return f"{number:08x}-{mark}-{number:012x}"


def number_in(text: str, mark: str) -> int | None:
    """The number in one of our GUIDs; None for any other text."""
    try:
        number = int(text.rpartition("-")[2], 16)
    except ValueError:
        return None
    return number if text == guid(number, mark) else None


def listed(collection: str, rows: Sequence[object], shapes: str) -> object:
    """A list as the variant `shapes` wraps it; `rows` come without their own wrapper."""
    wrapper = _ROWS.get(collection)
    wrapped = [{wrapper: row} for row in rows] if wrapper else list(rows)
    if shapes == "keyed":
        return {collection: wrapped}
    return {collection: wrapped} if collection in _HELD and shapes == "recorded" else wrapped


class Stamps:
    """Writes moments as the vendor does: with the practice's own offset."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._form = "seconds" if variants["stamps"] == "seconds" else "minutes"

    def at(self, moment: datetime, *, in_utc: bool = False) -> str:
        """An ISO stamp with the offset that the practice's clocks have at that moment."""
        zone = UTC if in_utc else ZoneInfo(self._clinic.zone)
        return moment.astimezone(zone).replace(microsecond=0).isoformat(timespec=self._form)

    def exact(self, moment: datetime, *, in_utc: bool = False) -> str:
        """The same, always with seconds."""
        zone = UTC if in_utc else ZoneInfo(self._clinic.zone)
        return moment.astimezone(zone).replace(microsecond=0).isoformat()


def ids_as(row: Row, names: Sequence[str], shapes: str) -> Row:
    """Whole numbers as recorded, or quoted as the documentation has them."""
    if shapes != "documented":
        return row
    return {name: str(value) if name in names and value is not None else value for name, value in row.items()}
