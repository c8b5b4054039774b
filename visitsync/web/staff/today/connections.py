"""What Today says of the connections: one quiet line each, and a notice where something is the matter."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.domain.decision import Finding
from visitsync.domain.explanation import explain
from visitsync.rules.silence import TOO_QUIET
from visitsync.storage.database import Transaction
from visitsync.storage.practices import ConnectionState
from visitsync.sync.desk import Desk
from visitsync.sync.how_current import HowCurrent, how_current
from visitsync.sync.jobs import sync_is_due_at
from visitsync.sync.lateness import LateKind, what_takes_long
from visitsync.sync.office import Office
from visitsync.sync.push_health import push_health


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
    """As they are now; a query each, and four more for one that pushes."""
    due: dict[UUID, datetime | None] = {one: sync_is_due_at(transaction.connection, one) for one in office.desks}
    found = how_current(office, due)
    return Connections(
        lines=tuple(one.sentence for one in found),
        notices=tuple(
            notice for one in found for notice in _notices(transaction, one, office.desks[one.connection_id])
        ),
    )


def _notices(transaction: Transaction, one: HowCurrent, desk: Desk) -> Iterable[Notice]:
    if one.troubles:
        return [Notice(f"{one.emr_name}: {each.title}", each.sentence, each.fix) for each in one.troubles]
    return _slow(transaction, desk) if one.state is ConnectionState.ACTIVE else ()


def _slow(transaction: Transaction, desk: Desk) -> Iterable[Notice]:
    """It takes longer than is normal, although nothing is known to be wrong."""
    screen, facts = desk.screen, desk.practice.connection
    heard_at = facts.last_complete_read_at
    push = None if desk.manifest.is_listed else push_health(transaction, desk.connection, heard_at, screen.now)
    late = what_takes_long(push, heard_at or desk.connection.created_at, desk.practice, screen.now)
    if late is None:
        return
    if late.kind is LateKind.TOO_QUIET:
        words = explain(Finding(TOO_QUIET), screen)
        yield Notice(f"{desk.manifest.name}: {words.title}", words.sentence, words.fix)
    else:
        yield Notice(f"{desk.manifest.name}: {late.title}", late.what, late.then)
