"""One look at a practice: what is the matter, who is to be told of it, and that they were, all in one transaction."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from visitsync.domain.local_time import zone_named
from visitsync.domain.telling_choices import MOST_HOURS
from visitsync.storage import concerns, telling_choices, tellings
from visitsync.storage.concerns import Concern
from visitsync.storage.database import Transaction
from visitsync.storage.telling_choices import Listener
from visitsync.sync.engine import Engine
from visitsync.sync.office import Office, OfficeCache
from visitsync.sync.telling.deciding import (
    ALL_CLEAR_KEEPS,
    News,
    Situation,
    awaits_digest,
    digest,
    digest_key,
    news,
)
from visitsync.sync.telling.following import follow
from visitsync.sync.telling.seen import Coming, Seen, calendar_of, coming, connections_seen, visits_seen

KEPT_DAYS = 90
"""What was told is shown for so long."""


def tell(engine: Engine, offices: OfficeCache, practice_id: UUID, *, sends_mail: bool) -> int:
    """Tells the practice's people what they do not know yet; returns how many tellings that made.

    Nobody is told twice, however many workers look and whichever of them dies: where another one is at it, nothing is
    done. Sends nothing by itself (see posting).
    """
    with engine.database.practice(practice_id) as transaction:
        if not tellings.alone(transaction):
            return 0
        office = offices.office(transaction, engine.vault, engine.clock())
        listeners = telling_choices.listeners(transaction, office.now)
        soon = coming(transaction, engine.vault, office, office.now, office.now + timedelta(hours=MOST_HOURS))
        seen = [*visits_seen(soon, office.now), *connections_seen(transaction, office)]
        situation = _situation(transaction, office, seen, sends_mail=sends_mail)
        found = [one for listener in listeners for one in news(listener, situation)]
        found += _digests(transaction, engine, office, listeners, situation)
        return _keep(transaction, found, office.now)


def _situation(transaction: Transaction, office: Office, seen: Sequence[Seen], *, sends_mail: bool) -> Situation:
    followed = _followed(transaction, seen, office.now)
    calendar, ids = calendar_of(office), [one.concern_id for one in followed]
    today = digest_key(calendar, office.now)
    return Situation(
        now=office.now,
        calendar=calendar,
        concerns=followed,
        visits={one.subject: one.visit for one in seen if one.visit is not None},
        told=tellings.told_of(transaction, ids) | {(who, today) for who in tellings.who_was_told(transaction, today)},
        unmailed=tellings.unmailed(transaction, ids),
        sends_mail=sends_mail,
    )


def _followed(transaction: Transaction, seen: Sequence[Seen], now: datetime) -> list[Concern]:
    """The concerns as they are now, kept."""
    known = concerns.unsettled(transaction, now - ALL_CLEAR_KEEPS)
    changed = follow([one for one in known if one.ended_at is None], seen, now)
    concerns.save(transaction, changed)
    after = {one.concern_id: one for one in known} | {one.concern_id: one for one in changed}
    return list(after.values())


def _digests(
    transaction: Transaction, engine: Engine, office: Office, listeners: Sequence[Listener], situation: Situation
) -> list[News]:
    awaiting = [one for one in listeners if awaits_digest(one, situation)]
    if not awaiting:
        return []
    visits = _until_next_open_day(transaction, engine, office, situation)
    return [digest(one, visits, situation) for one in awaiting]


def _until_next_open_day(
    transaction: Transaction, engine: Engine, office: Office, situation: Situation
) -> tuple[Coming, ...]:
    calendar = situation.calendar
    last = calendar.next_open_day(calendar.local(office.now).date())
    ends = datetime.combine(last + timedelta(days=1), time(), zone_named(office.zone))
    return coming(transaction, engine.vault, office, office.now, ends)


def _keep(transaction: Transaction, found: Sequence[News], now: datetime) -> int:
    made = [one.telling for one in found if one.telling is not None]
    if found:
        tellings.save(transaction, made, [told for one in found for told in one.told], now=now)
        tellings.forget(transaction, now - timedelta(days=KEPT_DAYS))
        concerns.forget_ended(transaction, now - timedelta(days=KEPT_DAYS))
    return len(made)
