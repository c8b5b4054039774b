"""The practices and their connections: who they are, where they lead, which worker may write for them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from psycopg.errors import CheckViolation, UniqueViolation
from psycopg.types.json import Jsonb

from visitsync.storage.database import Database, Transaction


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """A practice as the register knows it."""

    practice_id: UUID
    slug: str
    """Short name for the command line and for addresses: a–z, 0–9 and hyphens."""


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """What a practice says about itself."""

    practice_id: UUID
    name: str
    zone: str
    """IANA name."""
    closures: frozenset[date] = frozenset()
    """Days on which it is closed, in its own zone."""
    settings: Mapping[str, Any] = {}


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


class NoSuchPractice(LookupError):
    """No practice has this id or slug; `visitsync practice list` shows those that are there."""


class SlugTaken(ValueError):
    """Another practice has this slug, or it is not made of a–z, 0–9 and hyphens; choose another."""


class UnknownZone(ValueError):
    """Not the name of a time zone; write it like America/Chicago."""


class NoSuchConnection(LookupError):
    """The practice has no such connection; `visitsync practice show` lists those it has."""


class LostTheConnection(Exception):
    """Another worker has claimed this connection since: stop, and save nothing more for it."""


def add_practice(database: Database, *, slug: str, name: str, zone: str) -> Practice:
    """Registers a practice under a new random id. Raises SlugTaken, UnknownZone."""
    _refuse_unknown_zone(zone)
    practice = Practice(practice_id=uuid4(), name=name, zone=zone)
    try:
        with database.practice(practice.practice_id) as transaction:
            transaction.execute("insert into tenant (id, slug) values (%s, %s)", [practice.practice_id, slug])
            transaction.execute(
                "insert into practice (practice_id, name, zone) values (%s, %s, %s)",
                [practice.practice_id, name, zone],
            )
    except (UniqueViolation, CheckViolation):
        raise SlugTaken(f"The slug {slug!r} is taken, or not made of a–z, 0–9 and hyphens.") from None
    return practice


def tenants(database: Database) -> list[Tenant]:
    """Every practice in the register, by slug."""
    with database.shared() as connection:
        rows = connection.execute("select id, slug from tenant order by slug").fetchall()
    return [Tenant(practice_id=practice_id, slug=slug) for practice_id, slug in rows]


def find_tenant(database: Database, slug_or_id: str) -> Tenant:
    """The practice with this slug or this id as text. Raises NoSuchPractice."""
    with database.shared() as connection:
        row = connection.execute(
            "select id, slug from tenant where slug = %(it)s or id::text = lower(%(it)s)", {"it": slug_or_id}
        ).fetchone()
    if row is None:
        raise NoSuchPractice(f"No practice {slug_or_id!r}.")
    return Tenant(practice_id=row[0], slug=row[1])


def find_practice(transaction: Transaction) -> Practice:
    """The practice of this transaction. Raises NoSuchPractice."""
    row = transaction.execute(
        "select name, zone, closures, settings from practice where practice_id = %s", [transaction.practice_id]
    ).fetchone()
    if row is None:
        raise NoSuchPractice(f"No practice {transaction.practice_id}.")
    name, zone, closures, settings = row
    return Practice(
        practice_id=transaction.practice_id, name=name, zone=zone, closures=frozenset(closures), settings=settings
    )


def change_practice(
    transaction: Transaction,
    *,
    name: str | None = None,
    zone: str | None = None,
    closures: Iterable[date] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Changes what is given and leaves the rest; `settings` are replaced as a whole. Raises UnknownZone."""
    if zone is not None:
        _refuse_unknown_zone(zone)
    transaction.execute(
        """
        update practice set name = coalesce(%s, name), zone = coalesce(%s, zone),
                            closures = coalesce(%s::date[], closures), settings = coalesce(%s::jsonb, settings)
        where practice_id = %s
        """,
        [
            name,
            zone,
            None if closures is None else sorted(set(closures)),
            None if settings is None else Jsonb(dict(settings)),
            transaction.practice_id,
        ],
    )


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


def forget_connection(transaction: Transaction, connection_id: UUID) -> None:
    """Removes a connection that has never been read, as if it had not been added."""
    for table in ("bookmark", "connection"):
        transaction.execute(
            f"delete from {table} where practice_id = %s and connection_id = %s".encode(),
            [transaction.practice_id, connection_id],
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


def _refuse_unknown_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(f"{zone!r} is not the name of a time zone.") from None


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
