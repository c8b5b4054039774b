"""Where reading a FHIR server goes on, by the server's own clock (fhir reference, section 5)."""

from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import msgspec

from visitsync.connector_kit.fhir.instants import moment
from visitsync.connector_kit.fhir.searching import SearchPage

Mark = TypeVar("Mark", bound=msgspec.Struct)

FORGOTTEN = timedelta(days=30)
"""How far back reading goes where a bookmark makes no sense (any more)."""
METADATA_GOOD_FOR = timedelta(hours=24)


class ChangesMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading changes goes on."""

    since: datetime
    """Everything changed before this instant has been read (aware, UTC)."""
    way: str = ""
    """How changes are read, and …"""
    chosen_at: datetime | None = None
    """… when that was found out from what the server says of itself."""
    began: datetime | None = None
    """When, by the server's clock, the reading began that `next` belongs to."""
    next: str = ""
    """The next page, as the server gave it; "" between two readings."""


class PeopleMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading changed patients goes on: first patients, then their coverage."""

    since: datetime
    began: datetime | None = None
    is_at_coverage: bool = False
    next: str = ""


class WindowMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading a window goes on."""

    day: date
    """The first day of the days being read, or to be read next."""
    group: int = 0
    """Which of the groups of practitioners or locations."""
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
    mark = read(text, ChangesMark) or ChangesMark(since=_start(text, now))
    if mark.chosen_at is None or not timedelta() <= now - mark.chosen_at < METADATA_GOOD_FOR:
        return msgspec.structs.replace(mark, since=min(mark.since, now), way="", chosen_at=None)
    return msgspec.structs.replace(mark, since=min(mark.since, now))


def people_mark(text: str | None, now: datetime) -> PeopleMark:
    """The same for patients."""
    mark = read(text, PeopleMark) or PeopleMark(since=_start(text, now))
    return msgspec.structs.replace(mark, since=min(mark.since, now))


def told_time(page: SearchPage, now: datetime) -> datetime:
    """The earlier of the server's clock and ours: a mark must never be ahead of what was read."""
    return min(_server_time(page) or now, now)


def _server_time(page: SearchPage) -> datetime | None:
    try:
        if page.bundle.last_updated:
            return moment(page.bundle.last_updated)
        told = parsedate_to_datetime(page.answer.headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return None if told.tzinfo is None else told.astimezone(UTC)


def _start(text: str | None, now: datetime) -> datetime:
    return now - FORGOTTEN if text else now
