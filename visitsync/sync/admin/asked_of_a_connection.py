"""What a person asks of a connection that works: to be paused for a reason, to go on, to be read now."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from visitsync.storage import bookmarks, connection_history
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import ConnectionState, StoredConnection
from visitsync.storage.vault import Vault, place
from visitsync.sync.admin.connecting import pause, resume
from visitsync.sync.admin.refusals import FinishConnectingFirst
from visitsync.sync.jobs import sync_now

PAUSED_BECAUSE = "paused because"
READ_NOW = "asked to be read"
READS_AGAIN_AFTER = timedelta(minutes=1)
"""So long after somebody asked for a reading nobody else can: the EMR's allowance is for everybody."""
LONGEST_REASON = 300


class ReadAMomentAgo(ValueError):
    """Somebody has just asked for a reading; `again_at` (aware, UTC) is when it can be asked for next."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__("It was asked for a moment ago.")
        self.again_at = again_at


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """Who paused a connection, when (aware, UTC), and why; "" where no reason was given."""

    by: str
    at: datetime
    reason: str


class _Kept(msgspec.Struct, frozen=True):
    change_id: int
    sealed: bytes


def pause_because(transaction: Transaction, vault: Vault, connection_id: UUID, author: Author, reason: str) -> int:
    """Pauses it and keeps the reason, sealed; returns the number of the change.

    Raises FinishConnectingFirst, NoSuchConnection.
    """
    change_id = pause(transaction, connection_id, author)
    sealed = vault.seal(reason[:LONGEST_REASON].encode(), _place(transaction, connection_id))
    kept = msgspec.json.encode(_Kept(change_id, sealed)).decode()
    bookmarks.save(transaction, connection_id, PAUSED_BECAUSE, kept, now=author.now)
    return change_id


def resume_reading(transaction: Transaction, connection_id: UUID, author: Author) -> int:
    """It is read again, at once; returns the number of the change. Raises FinishConnectingFirst, NoSuchConnection."""
    bookmarks.forget(transaction, connection_id, PAUSED_BECAUSE)
    return resume(transaction, connection_id, author)


def paused(transaction: Transaction, vault: Vault, connection: StoredConnection) -> Pause | None:
    """Who paused it; None where it is not paused, or was never read."""
    latest = connection_history.latest_state_change(transaction, connection.connection_id)
    if connection.state is not ConnectionState.PAUSED or latest is None:
        return None
    kept = bookmarks.find(transaction, connection.connection_id, PAUSED_BECAUSE)
    found = None if kept is None else msgspec.json.decode(kept, type=_Kept)
    if found is None or found.change_id != latest.change_id:
        return Pause(by=latest.by, at=latest.at, reason="")
    reason = vault.open(found.sealed, _place(transaction, connection.connection_id)).decode()
    return Pause(by=latest.by, at=latest.at, reason=reason)


def read_now(transaction: Transaction, connection: StoredConnection, *, now: datetime) -> None:
    """Puts in a reading as soon as a worker is free (`now` aware). Raises ReadAMomentAgo, FinishConnectingFirst."""
    if connection.state is not ConnectionState.ACTIVE:
        raise FinishConnectingFirst("It is not being read at present: resume it, or sign it in again, first.")
    asked = bookmarks.find(transaction, connection.connection_id, READ_NOW)
    if asked is not None and now < (again_at := datetime.fromisoformat(asked) + READS_AGAIN_AFTER):
        raise ReadAMomentAgo(again_at)
    bookmarks.save(transaction, connection.connection_id, READ_NOW, now.isoformat(), now=now)
    sync_now(transaction.connection, transaction.practice_id, connection.connection_id)


def _place(transaction: Transaction, connection_id: UUID) -> bytes:
    return place("connection.paused", transaction.practice_id, connection_id)
