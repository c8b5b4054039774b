"""Decides what each person is told now, once each: the digest, warnings, alarms, and all clear. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from visitsync.domain.telling_choices import Kind, sees_all_visits, wanted
from visitsync.storage.concerns import Concern
from visitsync.storage.telling_choices import Listener
from visitsync.storage.tellings import MailState, Telling, Told
from visitsync.sync.telling.following import has_stood, was_mended
from visitsync.sync.telling.seen import Coming
from visitsync.sync.telling.times import Calendar, digest_is_due, may_be_told
from visitsync.sync.telling.words import Words, digest_words, ready_words, warning_words, works_again_words

KEEPS: Mapping[Kind, timedelta] = {
    Kind.DIGEST: timedelta(hours=8),
    Kind.WARNING: timedelta(hours=12),
    Kind.ALARM: timedelta(hours=24),
}
"""A mail that could not go for so long is not sent any more."""
ALL_CLEAR_KEEPS = timedelta(hours=24)
"""After so long nobody wants to hear that something is over."""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided from."""

    now: datetime
    """Aware."""
    calendar: Calendar
    concerns: Sequence[Concern]
    """Those that are open, and those that are over since ALL_CLEAR_KEEPS ago."""
    visits: Mapping[str, Coming]
    """Subject of a concern → its visit, as it stands now."""
    told: Set[tuple[UUID, str]] = frozenset()
    """(person, what) of all that was told of these concerns, and of today's digest."""
    unmailed: Set[tuple[UUID, UUID]] = frozenset()
    """(person, concern) of which no mail has left: nor does the mail that it is over."""
    sends_mail: bool = True


class News(msgspec.Struct, frozen=True):
    """One telling, with all that is told by it; without one there was nothing to say."""

    telling: Telling | None
    told: tuple[Told, ...]


def digest_key(calendar: Calendar, now: datetime) -> str:
    """What a digest of today is told as."""
    return f"digest {calendar.local(now).date().isoformat()}"


def awaits_digest(listener: Listener, situation: Situation) -> bool:
    """Whether this person's digest is due, and did not come yet."""
    key = digest_key(situation.calendar, situation.now)
    return (
        Kind.DIGEST in wanted(listener.choices, listener.role)
        and (listener.staff_id, key) not in situation.told
        and digest_is_due(listener.choices, situation.calendar, situation.now)
    )


def digest(listener: Listener, visits: Iterable[Coming], situation: Situation) -> News:
    """The digest of somebody who awaits it; `visits` are all from now to the end of the next open day."""
    is_own = not sees_all_visits(listener.role)
    told = Told(staff_id=listener.staff_id, what=digest_key(situation.calendar, situation.now))
    theirs = [one for one in visits if _is_theirs(listener, one)]
    words = digest_words(theirs, situation.calendar, situation.now, is_own=is_own)
    return _news(listener, Kind.DIGEST, words, [told], situation) if words else News(None, (told,))


def news(listener: Listener, situation: Situation) -> Iterator[News]:
    """The warnings, alarms and all-clears that this person is told now."""
    if not may_be_told(listener.choices, situation.calendar, situation.now):
        return
    kinds = wanted(listener.choices, listener.role)
    concerns = [one for one in situation.concerns if one.kind in kinds]
    yield from _warnings(listener, [one for one in concerns if one.kind == Kind.WARNING], situation)
    yield from _alarms(listener, [one for one in concerns if one.kind == Kind.ALARM], situation)


def _warnings(listener: Listener, concerns: Iterable[Concern], situation: Situation) -> Iterator[News]:
    zone, now = situation.calendar.zone, situation.now
    concerns = sorted(concerns, key=lambda one: one.starts_at or now)
    over = [one for one in concerns if _is_all_clear(listener, one, situation)]
    for group in _by_mail(listener, over, situation):
        starts = [one.starts_at for one in group if one.starts_at is not None]
        yield _all_clear(listener, ready_words(starts, zone, now), group, situation)
    begun = [one for one in concerns if _is_to_be_told(listener, one, situation) and _is_near(listener, one, situation)]
    if begun:
        words = warning_words([situation.visits[one.subject] for one in begun], zone, now)
        yield _begun(listener, words, begun, situation)


def _alarms(listener: Listener, concerns: Iterable[Concern], situation: Situation) -> Iterator[News]:
    for one in concerns:
        if _is_all_clear(listener, one, situation):
            yield _all_clear(listener, works_again_words(one.title), [one], situation)
        elif _is_to_be_told(listener, one, situation):
            yield _begun(listener, Words(one.title, one.lines), [one], situation)


def _is_to_be_told(listener: Listener, concern: Concern, situation: Situation) -> bool:
    key = (listener.staff_id, _begun_key(concern))
    return has_stood(concern, situation.now) and key not in situation.told


def _is_near(listener: Listener, concern: Concern, situation: Situation) -> bool:
    visit = situation.visits.get(concern.subject)
    if visit is None or not _is_theirs(listener, visit):
        return False
    return visit.starts_at - situation.now <= timedelta(hours=listener.choices.hours_ahead)


def _is_theirs(listener: Listener, visit: Coming) -> bool:
    if not sees_all_visits(listener.role):
        return visit.staff_id == str(listener.staff_id)
    choices = listener.choices
    is_there = not choices.locations or visit.location in choices.locations
    return is_there and (not choices.practitioners or visit.practitioner in choices.practitioners)


def _is_all_clear(listener: Listener, concern: Concern, situation: Situation) -> bool:
    begun = f"began {concern.concern_id}"
    return (
        was_mended(concern)
        and any(staff == listener.staff_id and what.startswith(begun) for staff, what in situation.told)
        and (listener.staff_id, _ended_key(concern)) not in situation.told
    )


def _by_mail(listener: Listener, over: Sequence[Concern], situation: Situation) -> list[list[Concern]]:
    """Those whose warning left as a mail, and those whose warning did not."""
    silent = [one for one in over if (listener.staff_id, one.concern_id) in situation.unmailed]
    return [group for group in ([one for one in over if one not in silent], silent) if group]


def _begun(listener: Listener, words: Words, concerns: Sequence[Concern], situation: Situation) -> News:
    told = [Told(staff_id=listener.staff_id, what=_begun_key(one), concern_id=one.concern_id) for one in concerns]
    news = _news(listener, Kind(concerns[0].kind), words, told, situation)
    starts = [one.starts_at for one in concerns if one.starts_at is not None]
    if news.telling is None or not starts:
        return news
    return News(msgspec.structs.replace(news.telling, good_until=max(starts)), news.told)


def _all_clear(listener: Listener, words: Words, concerns: Sequence[Concern], situation: Situation) -> News:
    told = [Told(staff_id=listener.staff_id, what=_ended_key(one), concern_id=one.concern_id) for one in concerns]
    is_silent = (listener.staff_id, concerns[0].concern_id) in situation.unmailed
    heard = msgspec.structs.replace(situation, sends_mail=situation.sends_mail and not is_silent)
    return _news(listener, Kind(concerns[0].kind), words, told, heard, is_all_clear=True)


def _news(
    listener: Listener,
    kind: Kind,
    words: Words,
    told: Sequence[Told],
    situation: Situation,
    *,
    is_all_clear: bool = False,
) -> News:
    telling = Telling(
        telling_id=uuid4(),
        staff_id=listener.staff_id,
        kind=kind,
        is_all_clear=is_all_clear,
        title=words.title,
        lines=words.lines,
        leads_to=_leads_to(listener, kind),
        told_at=situation.now,
        good_until=situation.now + KEEPS[kind],
        mail=MailState.WAITING if situation.sends_mail else MailState.NONE,
    )
    return News(telling, tuple(msgspec.structs.replace(one, telling_id=telling.telling_id) for one in told))


def _leads_to(listener: Listener, kind: Kind) -> str:
    if kind is Kind.ALARM:
        return "connections"
    if not sees_all_visits(listener.role):
        return "my-day"
    return "today" if kind is Kind.DIGEST else "attention"


def _begun_key(concern: Concern) -> str:
    return f"began {concern.concern_id} {concern.code}" if concern.kind == Kind.ALARM else f"began {concern.concern_id}"


def _ended_key(concern: Concern) -> str:
    return f"ended {concern.concern_id}"
