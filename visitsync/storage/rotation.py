"""Seals everything stored anew after a data key was added, so that the older keys can be given up."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import msgspec
from psycopg import sql

from visitsync.storage import help_requests
from visitsync.storage.being_dealt_with import note_place
from visitsync.storage.credentials import credentials_place
from visitsync.storage.database import Database, Transaction
from visitsync.storage.staff import email_place
from visitsync.storage.vault import HEADER_BYTES, KeyMissing, SealBroken, Vault

BATCH_ROWS = 500


class SealedColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of sealed values. `key`: the primary key after practice_id. `place` takes the practice and `of_row`."""

    table: str
    column: str
    key: tuple[str, ...]
    of_row: tuple[str, ...]
    place: Callable[..., bytes]


class Resealed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one batch."""

    table: str
    resealed: int
    broken: int
    """Values that do not open, and stay as they are: their bytes or their key are lost."""


def _bound(purpose: bytes) -> Callable[..., bytes]:
    """The places that the modules of appointments, patients and so on use."""

    def place(practice_id: UUID, connection_id: UUID, *ids: str) -> bytes:
        return purpose + practice_id.bytes + connection_id.bytes + "|".join(ids).encode()

    return place


SEALED_COLUMNS = (
    SealedColumn(
        table="connection",
        column="credentials",
        key=("connection_id",),
        of_row=("connection_id",),
        place=credentials_place,
    ),
    SealedColumn(table="staff", column="email", key=("staff_id",), of_row=("staff_id",), place=email_place),
    SealedColumn(
        table="being_dealt_with", column="note", key=("dealing_id",), of_row=("dealing_id",), place=note_place
    ),
    SealedColumn(
        table="help_request",
        column="note",
        key=("request_id",),
        of_row=("request_id",),
        place=help_requests.note_place,
    ),
    SealedColumn(
        table="intake", column="body", key=("intake_id",), of_row=("connection_id",), place=_bound(b"intake|")
    ),
    SealedColumn(
        table="patient",
        column="record",
        key=("patient_id", "connection_id"),
        of_row=("connection_id", "patient_id"),
        place=_bound(b"patient|"),
    ),
    SealedColumn(
        table="appointment",
        column="record",
        key=("appointment_id", "connection_id"),
        of_row=("connection_id", "appointment_id"),
        place=_bound(b"appointment record|"),
    ),
    SealedColumn(
        table="appointment",
        column="raw",
        key=("appointment_id", "connection_id"),
        of_row=("connection_id", "appointment_id"),
        place=_bound(b"appointment|"),
    ),
    SealedColumn(
        table="quarantine",
        column="raw",
        key=("connection_id", "kind", "record_key"),
        of_row=("connection_id", "kind", "record_key"),
        place=_bound(b"quarantine|"),
    ),
)


def reseal(database: Database, vault: Vault, practice_id: UUID, *, batch_rows: int = BATCH_ROWS) -> Iterator[Resealed]:
    """Seals one practice's values with the newest key, a batch per transaction, yielding after each.

    Can be stopped anywhere and begun again: what is sealed with the newest key is not touched. Runs beside the
    workers; rows that they hold at that moment are left out, so look at `key_usage` before giving up a key.
    Raises StorageUnavailable.
    """
    for sealed in SEALED_COLUMNS:
        after: tuple[object, ...] | None = None
        while True:
            with database.practice(practice_id) as transaction:
                rows = _next_rows(transaction, vault, sealed, after, batch_rows)
                batch = _reseal_batch(transaction, vault, sealed, rows)
            if not rows:
                break
            after = rows[-1][0]
            yield batch


def key_usage(database: Database, practice_id: UUID) -> Counter[int]:
    """Number of a data key → how many of the practice's values are sealed with it."""
    usage: Counter[int] = Counter()
    with database.practice(practice_id) as transaction:
        for sealed in SEALED_COLUMNS:
            for header, count in transaction.execute(_filled(_USAGE, sealed), {"length": HEADER_BYTES}):
                usage[int.from_bytes(header[1:])] += count
    return usage


def _next_rows(
    transaction: Transaction, vault: Vault, sealed: SealedColumn, after: tuple[object, ...] | None, limit: int
) -> list[tuple[tuple[object, ...], tuple[object, ...], bytes]]:
    """(key, what the place depends on, sealed value) of rows under older keys, locked; rows locked by others not."""
    continued: sql.Composable = sql.SQL("")
    if after is not None:
        values = sql.SQL(", ").join(map(sql.Literal, after))
        continued = sql.SQL("and ({}) > ({})").format(_names(sealed.key), values)
    rows = transaction.execute(
        _filled(_OLDER, sealed, continued=continued),
        {"header": vault.newest_header, "length": HEADER_BYTES, "limit": limit},
    )
    width = len(sealed.key)
    return [(row[:width], row[width:-1], row[-1]) for row in rows]


def _reseal_batch(
    transaction: Transaction, vault: Vault, sealed: SealedColumn, rows: list[tuple[Any, Any, bytes]]
) -> Resealed:
    changes, broken = [], 0
    for key, of_row, value in rows:
        try:
            changes.append((vault.reseal(value, sealed.place(transaction.practice_id, *of_row)), *key))
        except (SealBroken, KeyMissing):
            broken += 1
    transaction.cursor().executemany(_filled(_REPLACE, sealed), changes)
    return Resealed(table=sealed.table, resealed=len(changes), broken=broken)


def _filled(template: str, sealed: SealedColumn, **more: sql.Composable) -> sql.Composed:
    return sql.SQL(template).format(
        table=sql.Identifier(sealed.table),
        column=sql.Identifier(sealed.column),
        key=_names(sealed.key),
        selected=_names((*sealed.key, *sealed.of_row, sealed.column)),
        is_row=sql.SQL(" and ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in sealed.key),
        **more,
    )


def _names(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


_OLDER = """
    select {selected} from {table}
    where substring({column} from 1 for %(length)s) <> %(header)s {continued}
    order by {key} limit %(limit)s for no key update skip locked
    """

_REPLACE = "update {table} set {column} = %s where {is_row}"

_USAGE = "select substring({column} from 1 for %(length)s), count(*) from {table} where {column} is not null group by 1"
