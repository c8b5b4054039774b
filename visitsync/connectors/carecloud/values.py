"""Reads single values in all the forms in which CareCloud sends them: quoted numbers, stamps with offsets, states."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import record_id
from visitsync.connector_kit.wall_time import FIRST_YEAR, LAST_YEAR, iso_date
from visitsync.domain.local_time import Clarity, LocalTime, UnknownZone, from_instant, zone_named

LONGEST_MINUTES = 7 * 24 * 60
HOLD = "hold"
"""The setting by which a time is not trusted where its offset is not that of the zone."""
_FLAGS = {"": False, "false": False, "0": False, "n": False, "true": True, "1": True, "y": True}
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
_EXPECTED = "expected a time with its offset, like 2026-11-17T10:00:00-05:00"


def optional_id(value: int | str | None) -> str | None:
    """An id as text; null and "" name nothing. Raises RecordUnreadable."""
    if type(value) is int:
        return str(value)
    return None if value is None or value == "" else record_id(value)


def flag(value: bool | int | str | None, name: str) -> bool:
    """True or false. Raises RecordUnreadable for anything that is neither."""
    if value is None or value is False or value is True:
        return bool(value)
    known = _FLAGS.get(str(value).strip().lower())
    if known is None:
        raise RecordUnreadable(f"{name}: expected true or false")
    return known


def text(value: str | int | None) -> str:
    """A word as text; "" for null."""
    return "" if value is None else str(value).strip()


def start_time(stamp: str, zone: str, foreign_offset: str) -> LocalTime:
    """The instant that a stamp names, as seen on a clock in the zone. Raises RecordUnreadable.

    `foreign_offset`: what to make of an offset that the zone does not have then: the setting of that name.
    """
    try:
        return _start_time(stamp, zone, foreign_offset)
    except UnknownZone:
        raise RecordUnreadable(
            f"start_time: nobody knows the time zone {zone}; set it in the connection's settings"
        ) from None
    except ValueError as error:
        raise RecordUnreadable(f"start_time: {error}") from None


def minutes_between(start: str, end: str) -> int:
    """A duration in whole minutes. Raises RecordUnreadable."""
    try:
        return _minutes_between(start, end)
    except ValueError as error:
        raise RecordUnreadable(f"end_time: {error}") from None


def moment(stamp: str | None, name: str) -> datetime | None:
    """The instant (UTC) of a stamp with its offset. Raises RecordUnreadable."""
    if not stamp:
        return None
    try:
        return _instant(stamp).astimezone(UTC)
    except ValueError as error:
        raise RecordUnreadable(f"{name}: {error}") from None


def birth_date(stated: str | None) -> tuple[date | None, str]:
    """A date, or the text that is none."""
    if not stated:
        return None, ""
    try:
        return iso_date(stated), ""
    except ValueError:
        return None, stated


def has_foreign_offset(stamp: str, zone: str) -> bool:
    """Whether the zone's clocks show another offset at that moment. Raises ValueError, UnknownZone."""
    told = _instant(stamp)
    return told.utcoffset() != told.astimezone(zone_named(zone)).utcoffset()


def postal_code(value: str | int | None) -> str:
    """Nine digits without a hyphen as people write them; the filler 0000 says nothing."""
    stated = text(value)
    if len(stated) == 9 and stated.isascii() and stated.isdigit():
        return stated[:5] if stated.endswith("0000") else f"{stated[:5]}-{stated[5:]}"
    return stated.removesuffix("-0000") if len(stated) == 10 else stated


@lru_cache(maxsize=65_536)
def _start_time(stamp: str, zone: str, foreign_offset: str) -> LocalTime:
    told = _instant(stamp)
    found = from_instant(told, zone)
    is_utc = told.utcoffset() == timedelta(0)
    if foreign_offset == HOLD and not is_utc and has_foreign_offset(stamp, zone):
        return msgspec.structs.replace(found, clarity=Clarity.CONTRADICTORY)
    return found


@lru_cache(maxsize=65_536)
def _minutes_between(start: str, end: str) -> int:
    minutes, rest = divmod(_instant(end) - _instant(start), timedelta(minutes=1))
    if rest or not 0 <= minutes <= LONGEST_MINUTES:
        raise ValueError("expected whole minutes after the start")
    return minutes


def _instant(stamp: str) -> datetime:
    if not _STAMP.fullmatch(stamp):
        raise ValueError(_EXPECTED)
    told = datetime.fromisoformat(stamp)
    if not FIRST_YEAR <= told.year <= LAST_YEAR:
        raise ValueError(f"expected a year between {FIRST_YEAR} and {LAST_YEAR}")
    return told
