"""What Today says of the connections: one quiet line each, and a notice where something is the matter."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.domain.decision import Finding
from visitsync.domain.explanation import explain
from visitsync.rules.silence import is_too_quiet
from visitsync.storage.database import Transaction
from visitsync.storage.practices import ConnectionState
from visitsync.sync.desk import Desk
from visitsync.sync.how_current import HowCurrent, how_current
from visitsync.sync.jobs import sync_is_due_at
from visitsync.sync.lateness import what_takes_long
from visitsync.sync.office import Office


class Notice(msgspec.Struct, frozen=True):
    """Something is the matter with a connection, and what to do about it."""

    title: str
    sentence: str
    fix: str


class Connections(msgspec.Struct, frozen=True, kw_only=True):
    """All of a practice's."""

    lines: tuple[str, ...]
    """When each was read, and when next."""
    notices: tuple[Notice, ...]


def connections_of(transaction: Transaction, office: Office) -> Connections:
    """As they are now; a query each."""
    due: dict[UUID, datetime | None] = {one: sync_is_due_at(transaction.connection, one) for one in office.desks}
    found = how_current(office, due)
    return Connections(
        lines=tuple(one.sentence for one in found),
        notices=tuple(notice for one in found for notice in _notices(one, office.desks[one.connection_id])),
    )


def _notices(one: HowCurrent, desk: Desk) -> Iterable[Notice]:
    if one.troubles:
        return [Notice(f"{one.emr_name}: {each.title}", each.sentence, each.fix) for each in one.troubles]
    return _slow(desk) if one.state is ConnectionState.ACTIVE else ()


def _slow(desk: Desk) -> Iterable[Notice]:
    """It takes longer than is normal, although nothing is known to be wrong."""
    screen, facts = desk.screen, desk.practice.connection
    since = facts.last_complete_read_at or desk.connection.created_at
    if not desk.manifest.is_listed:
        if is_too_quiet(since, screen.now, desk.practice):
            words = explain(Finding("feed-too-quiet"), screen)
            yield Notice(f"{desk.manifest.name}: {words.title}", words.sentence, words.fix)
    elif late := what_takes_long(None, since, desk.practice, screen.now):
        yield Notice(f"{desk.manifest.name}: Running late", late.what, late.then)
