"""athenahealth's dates, stamps and drifting types (sections 3 and 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
EASTERN = ZoneInfo("America/New_York")
LEGACY_ZONES = {
    "America/New_York": "US/Eastern",
    "America/Chicago": "US/Central",
    "America/Denver": "US/Mountain",
    "America/Los_Angeles": "US/Pacific",
}


def us_day(day: date) -> str:
    """MM/DD/YYYY."""
    return day.strftime("%m/%d/%Y")


def stamp(moment: datetime, zone: ZoneInfo = EASTERN) -> str:
    """MM/DD/YYYY HH:MM:SS, US Eastern unless told otherwise."""
    return moment.astimezone(zone).strftime("%m/%d/%Y %H:%M:%S")


def read_day(text: str) -> date:
    """Raises ValueError."""
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - wall date


def read_stamp(text: str) -> datetime:
    """The moment of an Eastern stamp; of a repeated wall time the earlier one. Raises ValueError."""
    return datetime.strptime(text, "%m/%d/%Y %H:%M:%S").replace(tzinfo=EASTERN).astimezone(UTC)


def filled(row: Row) -> Row:
    """Keys without a value are left out."""
    return {name: value for name, value in row.items() if value is not None}


def drifted(row: Row, variants: Mapping[str, str]) -> Row:
    """The row in the types and names of the chosen year, its keys in another order for every second row."""
    if variants["drift"] == "2016":
        row = {name: _as_text(value) for name, value in row.items()}
    if variants["names_with_yn"] == "yes":
        row = {(f"{name}yn" if name in WITH_YN else name): value for name, value in row.items()}
    return row if _number(row) % 2 else dict(reversed(list(row.items())))


WITH_YN = frozenset({"emailexists", "frozen", "urgent", "coordinatorenterprise", "homebound"})


def _as_text(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def _number(row: Row) -> int:
    return sum(len(str(value)) for name, value in row.items() if name.endswith("id"))
