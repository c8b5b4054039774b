"""Reads the times of HL7 v2 (TS and DTM): wall clocks mostly, sometimes with an offset, sometimes only days."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec

from visitsync.connector_kit.wall_time import FIRST_YEAR, LAST_YEAR, instant_in_zone
from visitsync.domain.local_time import Clarity, LocalTime, from_instant, from_wall, zone_named

_HL7 = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:[.,](\d{1,9}))?)?)?)?)?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII
)


_SECONDS = {f"{second:02d}": timedelta(seconds=second) for second in range(60)}


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """A time as written: wall clock, how precise, and the offset of its own if it has one."""

    wall: datetime
    has_day: bool
    has_time: bool
    offset: timedelta | None = None


@lru_cache(maxsize=65_536)
def read_stamp(text: str) -> Stamp:
    """A stamp from `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ]`, also with blanks or in ISO's dashes. Raises ValueError."""
    match = _HL7.fullmatch(text.strip()) or _ISO.fullmatch(text.strip())
    if match is None:
        raise ValueError("expected a time like 20261022093000")
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    wall = datetime(  # noqa: DTZ001 - a wall time, naive on purpose
        int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0),
        int((fraction or "0")[:6].ljust(6, "0")),
    )  # fmt: skip
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise ValueError(f"expected a year between {FIRST_YEAR} and {LAST_YEAR}")
    return Stamp(wall, day is not None, hour is not None, _offset(offset))


def local_time(stamp: Stamp, zone: str, *, is_utc: bool = False) -> LocalTime:
    """When that is: by the stamp's own offset, else on the clocks of `zone`. Raises UnknownZone.

    `is_utc`: this sender writes UTC where it writes no offset. The offset of MSH-7 never counts: it is the offset of
    the day of sending, an hour wrong for a visit behind the change of the clocks (section 7).
    """
    offset = timedelta(0) if stamp.offset is None and is_utc else stamp.offset
    if offset is None:
        return from_wall(stamp.wall, zone)
    return from_instant((stamp.wall - offset).replace(tzinfo=UTC), zone)


def instant_of(text: str, zone: str, *, is_utc: bool = False, arrived: datetime | None = None) -> datetime | None:
    """The instant (aware, UTC) of a message's own time; None where it has none or makes no sense. For ordering.

    Of an hour that the clocks show twice it is the later one if that had passed when the message arrived.
    """
    if len(text) == 14 and not is_utc and text.isdigit() and "1900" < text[:4] < "2199":
        try:
            return _later_if_passed(_quick_instant(text, zone), text, zone, arrived)
        except ValueError:
            return None
    try:
        stamp = read_stamp(text)
    except ValueError:
        return None
    return local_time(stamp, zone, is_utc=is_utc).instant if stamp.has_day else None


def _quick_instant(text: str, zone: str) -> datetime:
    seconds = _SECONDS.get(text[12:])
    if seconds is None:
        raise ValueError("expected seconds up to 59")
    return _minute(text[:12], zone) + seconds


@lru_cache(maxsize=4_096)
def _minute(text: str, zone: str) -> datetime:
    """When a minute such as `202611171000` begins; many messages are sent within one."""
    return instant_in_zone(f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:]}:00", zone)


def _later_if_passed(instant: datetime, text: str, zone: str, arrived: datetime | None) -> datetime:
    if arrived is None or arrived - instant < timedelta(minutes=50):
        return instant
    wall = read_stamp(text).wall
    if from_wall(wall, zone).clarity is not Clarity.AMBIGUOUS:
        return instant
    later = wall.replace(tzinfo=zone_named(zone), fold=1).astimezone(UTC)
    return later if later <= arrived + timedelta(minutes=10) else instant


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if text == "Z":
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError("expected an offset between -1400 and +1400")
    return (-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes)
