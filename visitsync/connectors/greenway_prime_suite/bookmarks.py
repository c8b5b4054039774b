"""Where reading Prime Suite goes on: a bookmark holds the first day that has not been read."""

from datetime import date, datetime

import msgspec

FINISHED = "finished"


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Inside a reading the days before `next` are read; between two readings it is None."""

    next: date | None = None
    last_read_at: datetime | None = None
    """When the reading before began that came to its end (aware, UTC)."""
    is_finished: bool = False


def write(mark: Mark) -> str:
    """A mark as the text that others keep."""
    return msgspec.json.encode(mark).decode()


def read(text: str | None) -> Mark:
    """The mark in a text; an empty one where there is none, or one that this version cannot read."""
    try:
        return msgspec.json.decode(text, type=Mark) if text else Mark()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Mark()
