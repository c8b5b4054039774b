"""How current what we show is: when each connection was read last and is read next, and what is wrong with it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.domain.decision import Finding
from visitsync.domain.explanation import Explanation, explain
from visitsync.domain.time_words import in_words
from visitsync.rules.connection import check
from visitsync.storage.practices import ConnectionState
from visitsync.sync.desk import Desk
from visitsync.sync.never_received import next_read
from visitsync.sync.office import Office


class HowCurrent(msgspec.Struct, frozen=True, kw_only=True):
    """The quiet line about one connection."""

    connection_id: UUID
    emr: str
    emr_name: str
    state: ConnectionState
    last_read_at: datetime | None
    """Of an EMR that pushes: when it was last heard from (aware, UTC)."""
    next_read_at: datetime | None
    """None: nobody knows, or it pushes (aware, UTC)."""
    sentence: str
    """ "DrChrono was read today 10:42 AM, next today 10:47 AM." """
    troubles: tuple[Explanation, ...]
    """What is wrong with the connection, and what showed in passing."""


def how_current(office: Office, next_reads: Mapping[UUID, datetime | None]) -> tuple[HowCurrent, ...]:
    """One line per connection, oldest first. `next_reads` tells when the queue reads each connection."""
    return tuple(_of_desk(desk, next_read(desk, next_reads)) for desk in office.desks.values())


def _of_desk(desk: Desk, next_at: datetime | None) -> HowCurrent:
    findings: tuple[Finding, ...] = check(desk.practice.connection)
    return HowCurrent(
        connection_id=desk.connection.connection_id,
        emr=desk.manifest.emr,
        emr_name=desk.manifest.name,
        state=desk.connection.state,
        last_read_at=desk.practice.connection.last_complete_read_at,
        next_read_at=next_at,
        sentence=_sentence(desk, next_at),
        troubles=tuple(explain(one, desk.screen) for one in findings),
    )


def _sentence(desk: Desk, next_at: datetime | None) -> str:
    screen, name = desk.screen, desk.manifest.name
    read_at = desk.practice.connection.last_complete_read_at
    last = None if read_at is None else in_words(read_at, screen.zone, screen.now)
    if not desk.manifest.is_listed:
        return f"{name} sends by itself; last heard from {last}." if last else f"Nothing has come from {name} yet."
    if last is None:
        return f"{name} has not been read completely yet."
    if desk.practice.connection.is_paused:
        return f"{name} was read {last}; it is paused."
    if next_at is None or desk.connection.state is not ConnectionState.ACTIVE:
        return f"{name} was read {last}."
    coming = "due now" if next_at <= screen.now else in_words(next_at, screen.zone, screen.now)
    return f"{name} was read {last}, next {coming}."
