"""Where reading ExampleCharts goes on: what bookmarks hold."""

from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

Mark = TypeVar("Mark", bound=msgspec.Struct)

FORGOTTEN = timedelta(days=30)
"""How far back reading goes where a bookmark makes no sense (any more)."""


class ChangesMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading changes goes on."""

    since: datetime
    """Everything changed before this instant has been read (aware, UTC)."""
    began: datetime | None = None
    """When the reading began that `cursor` belongs to (aware, UTC)."""
    cursor: str = ""
    """The next page; "" between two readings."""


class WindowMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading a window goes on."""

    cursor: str = ""
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
    """The mark in a text; without one since just now, with an unreadable one since long ago. `now` is aware."""
    return read(text, ChangesMark) or ChangesMark(since=now - FORGOTTEN if text else now)
