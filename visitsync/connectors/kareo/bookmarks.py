"""Where reading Kareo goes on: what bookmarks hold."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

FORGOTTEN = timedelta(days=30)
"""How far back changes are read where a bookmark makes no sense (any more)."""


def write_instant(instant: datetime) -> str:
    """Everything that was changed before this instant (aware) has been read."""
    return instant.astimezone(UTC).isoformat()


def read_instant(bookmark: str | None, now: datetime) -> datetime:
    """The instant from which changes are to be read: now without a bookmark, never in the future."""
    if bookmark is None:
        return now
    try:
        instant = datetime.fromisoformat(bookmark)
    except ValueError:
        return now - FORGOTTEN
    # Should our clock have been ahead once, the bookmark must not stay there.
    return min(instant, now) if instant.tzinfo is not None else now - FORGOTTEN


def write_wall(wall: datetime) -> str:
    """The window has been read up to this wall time."""
    return wall.isoformat()


def read_wall(bookmark: str | None) -> datetime:
    """The wall time up to which the window has been read; the beginning of time where the bookmark makes no sense."""
    try:
        wall = datetime.fromisoformat(bookmark or "")
    except ValueError:
        return _NEVER
    return _NEVER if wall.tzinfo is not None else wall


def spans(first: datetime, last: datetime, longest: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """From `first` to `last` in pieces of at most that length."""
    while last - first > longest:
        yield first, first + longest
        first += longest
    yield first, last


_NEVER = datetime.combine(date.min, time.min)
