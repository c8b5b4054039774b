"""The connections of a practice to its EMR: where they lead, how they are, and which worker may write for them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

import msgspec
from psycopg.types.json import Jsonb

from visitsync.storage.database import Transaction


class ConnectionState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """A person paused it."""
    NEEDS_RECONNECT = "needs_reconnect"
    """The credentials no longer work; a practice admin must sign in again."""


class StoredConnection(msgspec.Struct, frozen=True, kw_only=True):
    """One practice's link to one EMR, without its credentials."""

    connection_id: UUID
    emr: str
    base_url: str
    settings: Mapping[str, str]
    has_credentials: bool
    state: ConnectionState
    trouble: str | None
    """Code of the reason catalogue, if anything is wrong."""
    epoch: int
    created_at: datetime


class NoSuchConnection(LookupError):
    """The practice has no such connection; `visitsync practice show` lists those it has."""


class LostTheConnection(Exception):
    """Another worker has claimed this connection since: stop, and save nothing more for it."""


def add_connection(
    transaction: Transaction, *, emr: str, base_url: str, settings: Mapping[str, str] | None = None
) -> UUID:
    """Adds a connection under a new random id, which it returns; credentials follow by StoredCredentials.save."""
    connection_id = uuid4()
    transaction.execute(
        "insert into connection (practice_id, connection_id, emr, base_url, settings) values (%s, %s, %s, %s, %s)",
        [transaction.practice_id, connection_id, emr, base_url, Jsonb(dict(settings or {}))],
    )
    return connection_id


def connections(transaction: Transaction) -> list[StoredConnection]:
    """All of the practice, oldest first."""
    rows = transaction.execute(_SELECT + " order by created_at, connection_id", [transaction.practice_id])
    return [_connection(row) for row in rows]


def find_connection(transaction: Transaction, connection_id: UUID) -> StoredConnection:
    """Raises NoSuchConnection."""
    row = transaction.execute(_SELECT + " and connection_id = %s", [transaction.practice_id, connection_id]).fetchone()
    if row is None:
        raise NoSuchConnection(f"No connection {connection_id}.")
    return _connection(row)


def change_connection(
    transaction: Transaction,
    connection_id: UUID,
    *,
    base_url: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> None:
    """Changes what is given; `settings` are replaced as a whole. Raises NoSuchConnection."""
    _update(
        transaction,
        """
        update connection set base_url = coalesce(%s, base_url), settings = coalesce(%s::jsonb, settings)
        where practice_id = %s and connection_id = %s returning epoch
        """,
        connection_id,
        [base_url, None if settings is None else Jsonb(dict(settings))],
    )


def change_state(
    transaction: Transaction, connection_id: UUID, state: ConnectionState, *, trouble: str | None = None
) -> None:
    """Sets how it is, and what is wrong (None: nothing). Raises NoSuchConnection."""
    _update(
        transaction,
        "update connection set state = %s, trouble = %s where practice_id = %s and connection_id = %s returning epoch",
        connection_id,
        [state, trouble],
    )


def claim_connection(transaction: Transaction, connection_id: UUID) -> int:
    """Makes the caller the only one who may write for it, and returns the epoch that proves this to `hold`.

    Waits for a writing transaction under way. Commit at once: the claim holds from then on. Raises NoSuchConnection.
    """
    return _update(
        transaction,
        "update connection set epoch = epoch + 1 where practice_id = %s and connection_id = %s returning epoch",
        connection_id,
        [],
    )


def hold(transaction: Transaction, connection_id: UUID, epoch: int) -> None:
    """Keeps the claim valid until this transaction ends; call it before the first write. Raises LostTheConnection.

    A worker that was stopped and wakes up beside its replacement is refused here, however late. Other writers for the
    same connection wait meanwhile; rows that merely refer to the connection (a webhook's) do not.
    """
    row = transaction.execute(
        "select epoch from connection where practice_id = %s and connection_id = %s for no key update",
        [transaction.practice_id, connection_id],
    ).fetchone()
    if row is None or row[0] != epoch:
        raise LostTheConnection(f"Another worker has claimed connection {connection_id}.")


_SELECT = """
    select connection_id, emr, base_url, settings, credentials is not null, state, trouble, epoch, created_at
    from connection where practice_id = %s
    """


def _connection(row: tuple[object, ...]) -> StoredConnection:
    return msgspec.convert(dict(zip(StoredConnection.__struct_fields__, row, strict=True)), StoredConnection)


def _update(transaction: Transaction, statement: str, connection_id: UUID, values: list[object]) -> int:
    """Returns the epoch."""
    row = transaction.execute(statement, [*values, transaction.practice_id, connection_id]).fetchone()
    if row is None:
        raise NoSuchConnection(f"No connection {connection_id}.")
    return int(row[0])
