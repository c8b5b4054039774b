"""Microsoft's JSON dates, `/Date(1792503000000-0400)/`: an instant in milliseconds, and where it was written."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from visitsync.connector_kit.wall_time import FIRST_YEAR, LAST_YEAR
from visitsync.domain.local_time import zone_named

_FORM = re.compile(r"/Date\((?P<ms>-?\d{1,15})(?P<offset>[+-]\d{4})?\)/", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNSET_YEAR = 1
"""What the vendor's platform writes where nothing was entered: the first of January of the year 1."""


class Stamp(NamedTuple):
    """The instant (UTC), and the offset written behind it, None where there is none."""

    instant: datetime
    offset: timedelta | None


def is_microsoft_date(text: str) -> bool:
    """Whether the text has the form of one, whatever it holds."""
    return text.startswith("/Date(")


@lru_cache(maxsize=65_536)
def read_stamp(text: str) -> Stamp | None:
    """The milliseconds are UTC; the offset only tells where the server stands (greenway reference, section 4.4).

    None for the platform's own "never". Raises ValueError.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError("expected a date like /Date(1792503000000-0400)/")
    try:
        instant = _EPOCH + timedelta(milliseconds=int(found["ms"]))
    except OverflowError:
        raise ValueError("expected a date between the years 1 and 9999") from None
    offset = _offset(found["offset"])
    if min(instant.year, (instant + (offset or timedelta(0))).year if instant.year > _UNSET_YEAR else 1) == _UNSET_YEAR:
        return None
    return Stamp(instant, offset)


@lru_cache(maxsize=65_536)
def read_instant(text: str) -> datetime | None:
    """An instant (UTC) at which something of today's practices may happen; None for "never". Raises ValueError."""
    stamp = read_stamp(text)
    if stamp is None:
        return None
    if not FIRST_YEAR <= stamp.instant.year <= LAST_YEAR:
        raise ValueError(f"expected a year between {FIRST_YEAR} and {LAST_YEAR}")
    return stamp.instant


def read_day(text: str, zone: str) -> date | None:
    """The calendar day that was meant: in the written offset, else in the zone. None for "never".

    In UTC a birthday would move a day. Raises ValueError, and UnknownZone.
    """
    stamp = read_stamp(text)
    if stamp is None:
        return None
    where = zone_named(zone) if stamp.offset is None else timezone(stamp.offset)
    try:
        return stamp.instant.astimezone(where).date()
    except OverflowError:
        raise ValueError("expected a date between the years 1 and 9999") from None


def write_stamp(instant: datetime) -> str:
    """An aware instant in the form that the vendor's own requests use."""
    return f"/Date({(instant - _EPOCH) // timedelta(milliseconds=1)}+0000)/"


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    hours, minutes = int(text[1:3]), int(text[3:])
    if hours > 14 or minutes > 59:
        raise ValueError("expected an offset between -1400 and +1400")
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)
