"""Reads what Kareo writes as text: times in lists and in single records, yes and no.

Lists write `11/17/2026 10:00:00 AM` without a zone (some clients met ISO); single records write ISO in UTC.
Source: kareo reference, section 4.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from visitsync.connector_kit.wall_time import iso_date, iso_wall, us_wall, utc_instant
from visitsync.domain.local_time import LocalTime, from_instant, from_wall, zone_named

_MANY = 65_536


def is_yes(text: str) -> bool:
    """Lists write `True`, single records `true`; XML also knows `1`."""
    return text.strip().lower() in {"true", "1"}


def as_utc(text: str, offset_hours: int) -> str:
    """A list's time, shifted by that offset from GMT, as ISO text in UTC; unchanged where it is no such time.

    So the same moment reads the same, whichever offset it was asked with.
    """
    hour, _, rest = text.partition(":")
    shifted = _hour_as_utc(hour, rest[_LENGTH_WITHIN_HOUR:], offset_hours)
    within = rest[:_LENGTH_WITHIN_HOUR]
    if shifted is not None and within in _WITHIN_HOUR:
        return f"{shifted}{within}Z"
    try:
        return f"{(list_wall(text) - timedelta(hours=offset_hours)).isoformat()}Z"
    except (ValueError, OverflowError):
        return text


as_utc_again = lru_cache(maxsize=_MANY)(as_utc)
"""The same for starts and ends, of which a schedule has few different ones."""


@lru_cache(maxsize=_MANY)
def local_time(text: str, zone: str) -> LocalTime:
    """A time with Z or an offset as an instant, any other as a wall time of the zone (skipped or repeated: flagged).

    Raises ValueError, UnknownZone.
    """
    return from_instant(utc_instant(text), zone) if _is_exact(text) else from_wall(list_wall(text), zone)


def stamp(text: str, zone: str) -> datetime | None:
    """When something was created or changed (aware, UTC); None where the text says nothing usable.

    In the hour that comes twice in autumn the earlier one: no visit depends on it.
    """
    try:
        if _is_exact(text):
            return datetime.fromisoformat(text).astimezone(UTC) if len(text) == _LENGTH_OF_OURS else utc_instant(text)
        hour, _, rest = text.partition(":")
        start = _steady_hour(hour, rest[_LENGTH_WITHIN_HOUR:], zone)
        within = _WITHIN_HOUR.get(rest[:_LENGTH_WITHIN_HOUR])
        return from_wall(list_wall(text), zone).instant if start is None or within is None else start + within
    except ValueError:
        return None


def single_instant(text: str) -> datetime:
    """A time of a single record: UTC, as documented, also where it lacks the Z. Raises ValueError."""
    return utc_instant(text, naive_is_utc=True)


def birth_date(text: str) -> date | None:
    """A date of birth in any of the forms met, or None."""
    try:
        return list_wall(text.strip()).date()
    except ValueError:
        return None


def list_wall(text: str) -> datetime:
    """A naive wall time as lists write it, US or ISO; a date alone is its midnight. Raises ValueError."""
    day, _, clock = text.partition(" ")
    if "/" in day:  # in two parts, because few days and clock times fill many stamps
        return datetime.combine(_us_day(day), _us_clock(clock))
    return datetime.combine(iso_date(text), time.min) if len(text) == _LENGTH_OF_DATE else iso_wall(text)


_WITHIN_HOUR = {
    f"{minute:02d}:{second:02d}": timedelta(minutes=minute, seconds=second)
    for minute in range(60)
    for second in range(60)
}
_LENGTH_WITHIN_HOUR = len("00:00")
_LENGTH_OF_OURS = len("2026-11-17T15:00:00Z")
_LENGTH_OF_DATE = len("2026-11-17")


def _is_exact(text: str) -> bool:
    """Whether an ISO text ends in Z or an offset."""
    return text[-1:] in {"Z", "z"} or "+" in text[_LENGTH_OF_DATE:] or "-" in text[_LENGTH_OF_DATE:]


# Few hours fill many stamps.
@lru_cache(maxsize=_MANY)
def _hour_as_utc(hour: str, half: str, offset_hours: int) -> str | None:
    """How as_utc writes the times of an hour, given as `11/17/2026 10` and ` AM`, up to the minute; None: unknown.

    A shift by whole hours leaves minutes and seconds as they are.
    """
    try:
        start = list_wall(f"{hour}:00:00{half}") - timedelta(hours=offset_hours)
    except (ValueError, OverflowError):
        return None
    return None if start.microsecond else f"{start:%Y-%m-%dT%H}:"


@lru_cache(maxsize=_MANY)
def _steady_hour(hour: str, half: str, zone: str) -> datetime | None:
    """When an hour, given as `11/17/2026 10` and ` AM`, begins; None: unknown, or on a day when a clock changes."""
    try:
        wall = list_wall(f"{hour}:00:00{half}")
    except ValueError:
        return None
    offset = _steady_offset(wall.date(), zone)
    return None if offset is None else (wall - offset).replace(tzinfo=UTC)


@lru_cache(maxsize=_MANY)
def _us_day(text: str) -> date:
    return us_wall(text).date()


@lru_cache(maxsize=86_400)
def _us_clock(text: str) -> time:
    return us_wall(f"1/1/2000 {text}").time() if text else time.min


@lru_cache(maxsize=8192)
def _steady_offset(day: date, zone: str) -> timedelta | None:
    """The zone's offset on a day when no clock changes, else None."""
    offsets = [datetime.combine(day, at, zone_named(zone)).utcoffset() for at in (time.min, time.max)]
    return offsets[0] if offsets[0] == offsets[1] else None
