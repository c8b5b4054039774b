"""A practice with the desks of all its connections, kept between questions as long as its settings and lists stay."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

import msgspec

from visitsync.domain.practice import ConnectionFacts, PracticeContext
from visitsync.storage import practices
from visitsync.storage.database import Transaction
from visitsync.storage.practice_context import read_times
from visitsync.storage.practices import ConnectionState, Practice
from visitsync.storage.present_state import ConnectionNow, PresentState, present_state
from visitsync.storage.vault import Vault
from visitsync.sync.context_cache import GOOD_FOR
from visitsync.sync.desk import Desk, desk_of, screen_for

AT_MOST = 4_096
"""Practices kept; the one that was asked for longest ago goes first."""


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a practice that answers need, besides appointments and patients, as it stands at `now`."""

    practice: Practice
    desks: Mapping[UUID, Desk]
    """By connection, oldest first."""
    now: datetime
    """Aware."""

    @property
    def zone(self) -> str:
        """IANA name."""
        return self.practice.zone


class _Kept(msgspec.Struct, kw_only=True):
    state: PresentState
    loaded_at: datetime
    practice: Practice
    desks: Mapping[UUID, Desk]


class OfficeCache:
    """Offices by practice; may be shared between threads. Holds settings, lists and staff addresses, no patients.

    Do not ask inside a transaction that has changed settings: were it rolled back, others would get what never was.
    """

    def __init__(self, *, at_most: int = AT_MOST) -> None:
        self._kept: OrderedDict[UUID, _Kept] = OrderedDict()
        self._at_most = at_most
        self._lock = Lock()

    def office(self, transaction: Transaction, vault: Vault, now: datetime) -> Office:
        """The practice of this transaction as it stands: one query, unless settings or lists changed since.

        Raises NoSuchPractice.
        """
        state = present_state(transaction)
        with self._lock:
            kept = self._kept.get(transaction.practice_id)
        if kept is None or not _is_good(kept, state, now):
            kept = _loaded(transaction, vault, state, now)
        elif kept.state != state:
            kept = _brought_up_to_date(kept, state, now)
        self._keep(transaction.practice_id, kept)
        desks = {identity: _as_of(desk, now) for identity, desk in kept.desks.items()}
        return Office(practice=kept.practice, desks=desks, now=now)

    def _keep(self, practice_id: UUID, kept: _Kept) -> None:
        with self._lock:
            self._kept[practice_id] = kept
            self._kept.move_to_end(practice_id)
            while len(self._kept) > self._at_most:
                self._kept.popitem(last=False)


def office_of(transaction: Transaction, vault: Vault, now: datetime) -> Office:
    """The practice as it stands, read anew. Raises NoSuchPractice."""
    return OfficeCache().office(transaction, vault, now)


def _is_good(kept: _Kept, state: PresentState, now: datetime) -> bool:
    return (
        kept.state.revision == state.revision
        and kept.desks.keys() == {one.connection_id for one in state.connections}
        and timedelta() <= now - kept.loaded_at < GOOD_FOR
    )


def _loaded(transaction: Transaction, vault: Vault, state: PresentState, now: datetime) -> _Kept:
    desks = {one.connection_id: desk_of(transaction, vault, one, now) for one in practices.connections(transaction)}
    return _Kept(state=state, loaded_at=now, practice=practices.find_practice(transaction), desks=desks)


def _brought_up_to_date(kept: _Kept, state: PresentState, now: datetime) -> _Kept:
    desks = {one.connection_id: _standing(kept.desks[one.connection_id], one) for one in state.connections}
    return _Kept(state=state, loaded_at=kept.loaded_at, practice=kept.practice, desks=desks)


def _standing(desk: Desk, now: ConnectionNow) -> Desk:
    """The desk with its connection as it is now; what stays the same stays the same object (see rules.lookups)."""
    facts = _facts(desk, now)
    practice: PracticeContext = desk.practice
    if facts != practice.connection:
        practice = msgspec.structs.replace(practice, connection=facts)
    connection = msgspec.structs.replace(desk.connection, state=now.state, trouble=now.trouble)
    return msgspec.structs.replace(desk, connection=connection, practice=practice)


def _facts(desk: Desk, now: ConnectionNow) -> ConnectionFacts:
    facts = msgspec.structs.replace(
        desk.practice.connection,
        is_paused=now.state is ConnectionState.PAUSED,
        trouble=now.trouble,
        notices=now.notices,
    )
    return read_times(facts, now.began_at, desk.manifest)


def _as_of(desk: Desk, now: datetime) -> Desk:
    return msgspec.structs.replace(desk, screen=screen_for(desk.manifest, desk.practice.zone, now))
