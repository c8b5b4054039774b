"""Wall time, zone and instant of an appointment, kept together; the one place where a wall clock becomes an instant."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, reset_tzpath

import msgspec
import tzdata

# The same time zone rules on every machine: those of the pinned package, never those of the server.
reset_tzpath(to=())
TZDB_VERSION: str = tzdata.IANA_VERSION


class Clarity(StrEnum):
    """Whether a wall time names exactly one instant."""

    CERTAIN = "certain"
    NONEXISTENT = "nonexistent"
    """The clocks skip this wall time in spring."""
    AMBIGUOUS = "ambiguous"
    """The clocks show this wall time twice in autumn, and the EMR did not say which."""
    CONTRADICTORY = "contradictory"
    """Two statements of the EMR about this time do not agree."""


class LocalTime(msgspec.Struct, frozen=True, gc=False):
    """When something happens, as the EMR's screen shows it (`wall`), where (`zone`), and as an instant (UTC).

    Where `clarity` is not CERTAIN the instant is only good for sorting: no visit may be made from it.
    """

    wall: datetime
    zone: str
    instant: datetime
    clarity: Clarity = Clarity.CERTAIN


class UnknownZone(ValueError):
    """The name is not in the time zone database; a person must set the zone of the location or practice."""


@lru_cache(maxsize=512)
def zone_named(name: str) -> ZoneInfo:
    """The zone of that name; legacy names such as US/Eastern count. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


@lru_cache(maxsize=65_536)
def from_wall(wall: datetime, zone: str) -> LocalTime:
    """Reads a naive wall time in a zone. Never guesses: skipped and repeated times are flagged. Raises UnknownZone."""
    tz = zone_named(zone)
    earlier = wall.replace(tzinfo=tz, fold=0)
    later = wall.replace(tzinfo=tz, fold=1)
    instant = earlier.astimezone(UTC)
    if earlier.utcoffset() == later.utcoffset():
        return LocalTime(wall, zone, instant)
    skipped = instant.astimezone(tz).replace(tzinfo=None) != wall
    return LocalTime(wall, zone, instant, Clarity.NONEXISTENT if skipped else Clarity.AMBIGUOUS)


@lru_cache(maxsize=65_536)
def from_instant(instant: datetime, zone: str) -> LocalTime:
    """Reads an aware instant, as seen on a clock in that zone. Raises UnknownZone."""
    at = instant.astimezone(UTC)
    return LocalTime(at.astimezone(zone_named(zone)).replace(tzinfo=None), zone, at)


def from_fixed_offset(wall: datetime, offset_hours: float, zone: str) -> LocalTime:
    """Reads a wall time that the vendor shifted by a fixed offset from GMT, whatever the zone's clocks do that day."""
    return from_instant((wall - timedelta(hours=offset_hours)).replace(tzinfo=UTC), zone)
