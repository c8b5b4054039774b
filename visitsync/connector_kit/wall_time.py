"""Reads the times that EMRs write as text: tolerant of their known forms, strict about everything else."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from visitsync.domain.local_time import Clarity, from_wall

# Outside these years a stamp is a placeholder (0001-01-01, 9999-12-31) and no time of anything.
FIRST_YEAR, LAST_YEAR = 1880, 2199

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?", re.ASCII)
_ISO_ZONE = re.compile(r"(Z|z|[+-]\d\d:?\d\d)\Z", re.ASCII)
_US = re.compile(
    r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})"
    r"( +(?P<hour>\d{1,2}):(?P<minute>\d\d)(:(?P<second>\d\d))?( ?(?P<half>[AaPp])[Mm])?)?",
    re.ASCII,
)


@lru_cache(maxsize=65_536)
def iso_wall(text: str) -> datetime:
    """A naive wall time from `2026-11-17T10:00[:00[.000]]`, T or a space. Raises ValueError, also for an offset."""
    if not _ISO.fullmatch(text):
        raise ValueError("expected a local date and time like 2026-11-17T10:00:00")
    return _plausible(datetime.fromisoformat(text[:26].replace(",", ".")))


@lru_cache(maxsize=65_536)
def us_wall(text: str) -> datetime:
    """A naive wall time from `11/17/2026 10:00:00 AM`; seconds, AM or PM, and the time may be missing.

    Raises ValueError.
    """
    match = _US.fullmatch(text.strip())
    if match is None:
        raise ValueError("expected a local date and time like 11/17/2026 10:00:00 AM")
    day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    clock = time(_hour_of_day(match), int(match["minute"] or 0), int(match["second"] or 0))
    return _plausible(datetime.combine(day, clock))


@lru_cache(maxsize=65_536)
def utc_instant(text: str, *, naive_is_utc: bool = False) -> datetime:
    """An aware instant in UTC from an ISO stamp with Z or an offset; one without only if told so. Raises ValueError."""
    zone = _ISO_ZONE.search(text)
    if zone is None:
        if not naive_is_utc:
            raise ValueError("expected a time with Z or an offset")
        return iso_wall(text).replace(tzinfo=UTC)
    wall = iso_wall(text[: zone.start()])
    offset = datetime.fromisoformat(f"2000-01-01T00:00{zone[0].upper().replace('Z', '+00:00')}").tzinfo
    return wall.replace(tzinfo=offset).astimezone(UTC)


def instant_in_zone(text: str, zone: str) -> datetime:
    """The instant (UTC) of a naive ISO stamp in a zone; of a repeated hour the earlier. For ordering, not for visits.

    Fast where stamps are all different. Raises ValueError and UnknownZone.
    """
    hour = _steady_hour(text[:14], zone)
    within = _WITHIN_HOUR.get(text[14:])
    if hour is None or within is None:
        return from_wall(iso_wall(text), zone).instant
    return hour + within


@lru_cache(maxsize=65_536)
def iso_date(text: str) -> date:
    """A date from `2026-11-17`. Raises ValueError."""
    if len(text) != 10 or not text.isascii() or text[4] != "-" or text[7] != "-":
        raise ValueError("expected a date like 2026-11-17")
    return date.fromisoformat(text)


_WITHIN_HOUR = {
    f"{minute:02d}:{second:02d}": timedelta(minutes=minute, seconds=second)
    for minute in range(60)
    for second in range(60)
}


@lru_cache(maxsize=16_384)
def _steady_hour(text: str, zone: str) -> datetime | None:
    """The instant at which an hour such as `2026-11-17T10:` begins; None where the clocks change in or around it."""
    try:
        start = iso_wall(f"{text}00")
    except ValueError:
        return None
    first, last = from_wall(start, zone), from_wall(start + timedelta(minutes=59, seconds=59), zone)
    is_steady = first.clarity is last.clarity is Clarity.CERTAIN
    return first.instant if is_steady and last.instant - first.instant < timedelta(hours=1) else None


def _hour_of_day(match: re.Match[str]) -> int:
    hour, half = int(match["hour"] or 0), (match["half"] or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("expected an hour between 1 and 12 before AM or PM")
    return hour % 12 + (12 if half == "p" else 0)


def _plausible(stamp: datetime) -> datetime:
    if not FIRST_YEAR <= stamp.year <= LAST_YEAR:
        raise ValueError(f"expected a year between {FIRST_YEAR} and {LAST_YEAR}")
    return stamp
