"""Follows what is the matter: when it began, whether it got worse, and when it is over for good."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import msgspec

from visitsync.domain.telling_choices import Kind
from visitsync.storage.concerns import Concern
from visitsync.sync.telling.seen import Seen, rank_of

SETTLES: Mapping[str, timedelta] = {Kind.ALARM: timedelta(minutes=10), Kind.WARNING: timedelta(minutes=3)}
"""What is gone for so long is over; what comes back before is still the same, and nobody is told again."""
STANDS: Mapping[str, timedelta] = {
    "connection-paused": timedelta(hours=24),
    "connection-lacks-permission": timedelta(minutes=15),
    "access-switched-off": timedelta(minutes=15),
}
"""By code: so long it stands before anybody is told; a pause may be meant, and a refusal may pass."""
STANDS_OF_VISITS = timedelta(minutes=5)
"""Whoever books may still be at it."""


def follow(known: Iterable[Concern], seen: Sequence[Seen], now: datetime) -> list[Concern]:
    """The concerns that are new or changed; `known` are the open ones, `now` is aware."""
    by_subject = {one.subject: one for one in seen}
    changed = []
    for concern in known:
        after = _after(concern, by_subject.pop(concern.subject, None), now)
        if after != concern:
            changed.append(after)
    return changed + [_new(one, now) for one in by_subject.values()]


def has_stood(concern: Concern, now: datetime) -> bool:
    """Whether it is still there, and has been for long enough to tell somebody."""
    stands = STANDS_OF_VISITS if concern.kind == Kind.WARNING else STANDS.get(concern.code, timedelta())
    return concern.ended_at is None and concern.gone_at is None and now - concern.began_at >= stands


def was_mended(concern: Concern) -> bool:
    """Whether it is over because it was put right, and not because its visit has begun."""
    return concern.ended_at is not None and concern.gone_at is not None


def _after(concern: Concern, seen: Seen | None, now: datetime) -> Concern:
    if seen is None:
        return _unseen(concern, now)
    if concern.kind == Kind.ALARM and rank_of(seen.code) < rank_of(concern.code):
        concern = msgspec.structs.replace(concern, code=seen.code, title=seen.title, lines=seen.lines)
    return msgspec.structs.replace(concern, gone_at=None)


def _unseen(concern: Concern, now: datetime) -> Concern:
    gone_at = concern.gone_at
    if gone_at is None and concern.starts_at is not None and concern.starts_at <= now:
        return msgspec.structs.replace(concern, ended_at=now)
    gone_at = gone_at or now
    is_over = now - gone_at >= SETTLES[concern.kind]
    return msgspec.structs.replace(concern, gone_at=gone_at, ended_at=now if is_over else None)


def _new(seen: Seen, now: datetime) -> Concern:
    return Concern(
        concern_id=uuid4(),
        kind=seen.kind,
        subject=seen.subject,
        code=seen.code,
        starts_at=seen.visit.starts_at if seen.visit else None,
        title=seen.title,
        lines=seen.lines,
        began_at=now,
    )
