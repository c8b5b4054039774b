"""Where reading athenahealth goes on: what bookmarks hold about the two feeds of changes and about a window."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import msgspec

from visitsync.connectors.athenahealth.drift import EASTERN
from visitsync.domain.local_time import zone_named

Mark = TypeVar("Mark", bound=msgspec.Struct)

LONGEST_REPLAY = timedelta(hours=24)
"""athenahealth keeps what was handed out for a time that nobody knows; the daily sweep finds what is older."""
MOST_REMEMBERED = 4_000
"""Rows handed out lately; of more than these nobody is told apart."""
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
DIGEST = 8
"""Characters per remembered row."""


class Batch(msgspec.Struct, frozen=True, array_like=True):
    """The rows that one answer handed out, and when (aware, UTC)."""

    at: datetime
    digests: str


class FeedMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading a feed goes on, and whether something handed out may have got lost. Instants are aware, UTC."""

    read_at: datetime
    """When the last reading began that ended well."""
    replayed_at: datetime
    """When the last reading began that also replayed what had been handed out before."""
    complete_since: datetime
    """Since then every row that was handed out is among `handed`."""
    looked_at: datetime
    """When the subscription was looked at last."""
    is_open: bool = False
    """A reading has begun and not (yet) ended well: what it was handed may be lost."""
    wants_replay: bool = False
    """Something that was handed out could not be understood then, and can be by now."""
    suspected_at: tuple[datetime, ...] = ()
    """When rows had been handed out that never came here, although every reading had ended well; of the last day."""
    handed: tuple[Batch, ...] = ()
    departments: tuple[str, ...] | None = None
    """The departments known when the list was looked at last; None: never looked at for this feed."""


class WindowMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading a window goes on."""

    day: date
    """The first day of the days being read, or to be read next."""
    group: str = ""
    """The first of the departments being read."""
    offset: int = 0
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


def feed_mark(text: str | None, now: datetime) -> FeedMark:
    """The mark in a text; without one since just now, with an unreadable one as if the last reading had failed."""
    mark = read(text, FeedMark)
    if mark is None:
        since = now - LONGEST_REPLAY if text else now
        return FeedMark(read_at=since, replayed_at=since, complete_since=now, looked_at=NEVER, is_open=bool(text))
    # Should our clock have been ahead once, nothing may lie in the future.
    early = {name: min(getattr(mark, name), now) for name in ("read_at", "replayed_at", "complete_since", "looked_at")}
    return msgspec.structs.replace(mark, **early)


def digest(identity: str) -> str:
    """What is remembered of a row that was handed out."""
    return base64.urlsafe_b64encode(hashlib.blake2b(identity.encode(), digest_size=6).digest()).decode()


def remembering(mark: FeedMark, ids: Iterable[str], now: datetime, *, overlap: timedelta) -> FeedMark:
    """The mark with rows that were handed out now, less those of so long ago that no replay will reach them."""
    oldest = min(mark.replayed_at, mark.read_at) - overlap - timedelta(minutes=10)
    new = "".join(digest(identity) for identity in ids)
    kept = [batch for batch in mark.handed if batch.at >= oldest] + ([Batch(now, new)] if new else [])
    if sum(len(batch.digests) for batch in kept) > MOST_REMEMBERED * DIGEST:
        return msgspec.structs.replace(mark, handed=(), complete_since=now)
    return msgspec.structs.replace(mark, handed=tuple(kept))


def remembered(mark: FeedMark) -> frozenset[str]:
    """The digests of all rows that a mark remembers."""
    return frozenset(
        batch.digests[start : start + DIGEST] for batch in mark.handed for start in range(0, len(batch.digests), DIGEST)
    )


def eastern(instant: datetime) -> str:
    """An instant as athenahealth wants its windows: US Eastern wall time (section 7)."""
    return instant.astimezone(zone_named(EASTERN)).strftime("%m/%d/%Y %H:%M:%S")


def clocks_agree(first: datetime, last: datetime) -> bool:
    """Whether the Eastern clocks did not change between two instants."""
    zone = zone_named(EASTERN)
    return first.astimezone(zone).utcoffset() == last.astimezone(zone).utcoffset()
