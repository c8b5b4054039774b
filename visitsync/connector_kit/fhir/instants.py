"""Reads FHIR's times: instants with a zone, dates that may be partial (fhir reference, section 10)."""

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from visitsync.connector_kit.wall_time import FIRST_YEAR, LAST_YEAR, iso_date

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|z|[+-]\d\d:?\d\d)?", re.ASCII)
_PARTIAL_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?Z", re.ASCII)
_YEARS = (str(FIRST_YEAR), str(LAST_YEAR))
EXPECTED = "expected a date and time with Z or an offset, like 2026-11-17T15:00:00Z"


class NoZone(ValueError):
    """A date and time, but nobody says on whose clock."""


@lru_cache(maxsize=65_536)
def instant(text: str) -> datetime:
    """An aware instant in UTC. Raises NoZone where no offset is given, ValueError for anything else.

    Fractions of a second may have any length; what is beyond microseconds is dropped. `24:00` and leap seconds, which
    FHIR does not have, are refused.
    """
    wall, zone = _parts(text)
    if zone is None:
        raise NoZone("expected Z or an offset: without one nobody knows the zone")
    offset = datetime.fromisoformat(f"2000-01-01T00:00{zone.upper().replace('Z', '+00:00')}").tzinfo
    return wall.replace(tzinfo=offset).astimezone(UTC)


@lru_cache(maxsize=65_536)
def wall_of(text: str) -> datetime:
    """What stands on the clock of an instant, whatever its zone (naive). Raises ValueError."""
    return _parts(text)[0]


def moment(text: str) -> datetime:
    """Like `instant`, for stamps that are all different."""
    if _USUAL.fullmatch(text) and _YEARS[0] <= text[:4] <= _YEARS[1]:
        return datetime.fromisoformat(text)
    return instant.__wrapped__(text)


def whole_date(text: str) -> date | None:
    """A date from `2026-11-17`; None for a year or a year and month alone, and for anything that is no date."""
    try:
        return iso_date(text)
    except ValueError:
        return None


def day_bounds(text: str) -> tuple[date, date] | None:
    """First and last day that a date, partial date or date and time may mean; None for anything else."""
    day = text[:10]
    if not _PARTIAL_DATE.fullmatch(day):
        return None
    try:
        first = date.fromisoformat((day + "-01-01")[:10])
    except ValueError:
        return None
    if len(day) == 10:
        return first, first
    return first, date(first.year, 12, 31) if len(day) == 4 else _last_of_month(first)


def _last_of_month(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _parts(text: str) -> tuple[datetime, str | None]:
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise ValueError(EXPECTED)
    day, minute, second, fraction, zone = found.groups()
    wall = datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{((fraction or '.') + '000000')[:7]}")
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise ValueError(f"expected a year between {FIRST_YEAR} and {LAST_YEAR}")
    return wall, zone
