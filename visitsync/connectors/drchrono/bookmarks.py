"""Where reading DrChrono goes on: what bookmarks hold, and which `since` covers everything since the last reading."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import msgspec

from visitsync.connector_kit.http import Answer
from visitsync.domain.local_time import UnknownZone, zone_named

Mark = TypeVar("Mark", bound=msgspec.Struct)

FORGOTTEN = timedelta(days=30)
"""How far back reading goes where a bookmark makes no sense (any more)."""


class ChangesMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading changes goes on."""

    since: datetime
    """Everything changed before this instant has been read (aware, UTC)."""
    zones: tuple[str, ...] = ()
    """The zones of the practice's doctors: `since` is a naive wall time in one of them, nobody knows which."""
    zones_read_at: datetime | None = None
    began: datetime | None = None
    """When the reading began that `next` belongs to."""
    next: str = ""
    """The next page, as DrChrono gave it; "" between two readings."""


class WindowMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading a window goes on."""

    day: date
    """The first day of the days being read, or to be read next."""
    next: str = ""
    is_finished: bool = False


def write(mark: msgspec.Struct) -> str:
    """A mark as the text that others keep."""
    return msgspec.json.encode(mark).decode()


def read(text: str | None, kind: type[Mark]) -> Mark | None:
    """The mark in a text; None where there is none, or one that this version cannot read."""
    try:
        return msgspec.json.decode(text, type=kind) if text else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def changes_mark(text: str | None, now: datetime) -> ChangesMark:
    """The mark in a text; without one since just now, with an unreadable one since long ago."""
    mark = read(text, ChangesMark)
    if mark is None:
        return ChangesMark(since=now - FORGOTTEN if text else now)
    # Should our clock have been ahead once, `since` must not point into the future.
    return mark if mark.since <= now else msgspec.structs.replace(mark, since=now)


def since_parameter(since: datetime, zones: Iterable[str], overlap: timedelta) -> str:
    """A naive wall time that lies before `since` in every one of these zones, with room for lag and a repeated hour."""
    walls = [(since - overlap).astimezone(zone_named(zone)).replace(tzinfo=None, microsecond=0) for zone in zones]
    return min(walls).isoformat()


def known_zones(names: Iterable[str | None]) -> tuple[str, ...]:
    """Those of these zones that exist, each once."""
    return tuple(dict.fromkeys(name for name in names if name and _is_zone(name)))


def told_time(answer: Answer, now: datetime) -> datetime:
    """The earlier of DrChrono's clock (its Date header) and ours: a mark must not be ahead of what was read."""
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError):
        return now
    return now if told.tzinfo is None else min(told.astimezone(UTC), now)


def _is_zone(name: str) -> bool:
    try:
        zone_named(name)
    except UnknownZone:
        return False
    return True
