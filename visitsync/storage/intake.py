"""Raw bytes of every answer, committed before anything is made of them, and kept until all of it was taken in."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """A stored answer that still waits to be taken in."""

    intake_id: int
    connection_id: UUID
    source: str
    page: FetchedPage


def receive(
    transaction: Transaction,
    vault: Vault,
    connection_id: UUID,
    page: FetchedPage,
    *,
    source: str,
    run_id: UUID | None,
    now: datetime,
    delivery_id: str | None = None,
    sent_at: datetime | None = None,
) -> int | None:
    """Keeps an answer; returns its number, or None where this delivery (webhook, message) was kept before.

    What has a `sent_at` (aware) is a pushed message: taken in by that order, see `waiting_messages`.
    """
    body = vault.seal(page.body, _binding(transaction, connection_id))
    row = transaction.execute(
        """insert into intake (practice_id, connection_id, run_id, received_at, source, kind, asked, media_type,
                               byte_count, sha256, body, bookmark, delivery_id, sent_at)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
           on conflict (practice_id, connection_id, delivery_id) where delivery_id is not null do nothing
           returning intake_id""",
        (
            transaction.practice_id,
            connection_id,
            run_id,
            now,
            source,
            page.kind,
            msgspec.json.encode(page.asked).decode(),
            page.media_type,
            len(page.body),
            hashlib.sha256(page.body).digest(),
            body,
            page.bookmark,
            delivery_id,
            sent_at,
        ),
        binary=True,
    ).fetchone()
    return None if row is None else int(row[0])


def waiting(transaction: Transaction, vault: Vault, connection_id: UUID) -> Iterator[Intake]:
    """Answers that were received and not taken in, oldest first: the work of a process that died in between."""
    rows = transaction.execute(
        f"""{_SELECT} where practice_id = %s and connection_id = %s and taken_in_at is null and body is not null
           and sent_at is null order by intake_id""".encode(),
        (transaction.practice_id, connection_id),
        binary=True,
    ).fetchall()
    yield from _opened(transaction, vault, connection_id, rows)


def waiting_messages(
    transaction: Transaction,
    vault: Vault,
    connection_id: UUID,
    *,
    at_most: int,
    most_bytes: int,
    without: Sequence[int] = (),
) -> list[Intake]:
    """The next pushed messages to take in, in the order in which they were sent; at least one, if any waits."""
    rows = transaction.execute(
        f"""{_SELECT} where practice_id = %(practice)s and intake_id in (
               select intake_id from (
                   select intake_id, sum(byte_count) over (order by sent_at, intake_id) - byte_count as bytes_before
                   from (select intake_id, byte_count, sent_at from intake
                         where practice_id = %(practice)s and connection_id = %(connection)s and taken_in_at is null
                           and sent_at is not null and body is not null and intake_id <> all(%(without)s)
                         order by sent_at, intake_id limit %(most)s) as first
               ) as counted where bytes_before < %(bytes)s)
           order by sent_at, intake_id""".encode(),
        {
            "practice": transaction.practice_id,
            "connection": connection_id,
            "without": list(without),
            "most": at_most,
            "bytes": most_bytes,
        },
        binary=True,
    ).fetchall()
    return list(_opened(transaction, vault, connection_id, rows))


def message(transaction: Transaction, vault: Vault, connection_id: UUID, intake_id: int) -> Intake | None:
    """One pushed message, if it still waits."""
    rows = transaction.execute(
        f"{_SELECT} where practice_id = %s and intake_id = %s and taken_in_at is null and body is not null".encode(),
        (transaction.practice_id, intake_id),
        binary=True,
    ).fetchall()
    return next(_opened(transaction, vault, connection_id, rows), None)


def count_messages_waiting(transaction: Transaction, connection_id: UUID) -> tuple[int, datetime | None]:
    """How many pushed messages wait to be taken in, and since when the first of them does (aware, UTC)."""
    row = transaction.execute(
        """select count(*), min(received_at) from intake
           where practice_id = %s and connection_id = %s and taken_in_at is null and sent_at is not null
             and body is not null""",
        (transaction.practice_id, connection_id),
    ).fetchone()
    return (int(row[0]), row[1]) if row else (0, None)


def is_any_message(transaction: Transaction, connection_id: UUID) -> bool:
    """Whether any pushed message waits to be taken in."""
    row = transaction.execute(
        """select exists (select from intake where practice_id = %s and connection_id = %s and taken_in_at is null
                          and sent_at is not null and body is not null)""",
        (transaction.practice_id, connection_id),
    ).fetchone()
    return bool(row and row[0])


def _opened(
    transaction: Transaction, vault: Vault, connection_id: UUID, rows: Sequence[tuple[Any, ...]]
) -> Iterator[Intake]:
    for intake_id, source, kind, asked, media_type, body, bookmark in rows:
        page = FetchedPage(
            kind=RecordKind(kind),
            body=vault.open(body, _binding(transaction, connection_id)),
            media_type=media_type,
            asked=msgspec.json.decode(asked, type=dict[str, str]),
            bookmark=bookmark,
        )
        yield Intake(intake_id=intake_id, connection_id=connection_id, source=source, page=page)


def took_in(transaction: Transaction, intake_ids: Sequence[int], *, now: datetime) -> None:
    """Says that everything of these answers is saved; their bytes go, sizes and digests stay as evidence."""
    transaction.execute(
        "update intake set taken_in_at = %s, body = null where practice_id = %s and intake_id = any(%s)",
        (now, transaction.practice_id, list(intake_ids)),
        binary=True,
    )


def forget_before(transaction: Transaction, before: datetime) -> int:
    """Removes the evidence rows of answers taken in before that instant; returns how many."""
    return transaction.execute(
        "delete from intake where practice_id = %s and taken_in_at < %s", (transaction.practice_id, before)
    ).rowcount


def forget_messages(transaction: Transaction, connection_id: UUID, *, before: datetime) -> int:
    """Removes the evidence rows of pushed messages of a connection that were taken in before then; returns how many."""
    return transaction.execute(
        """delete from intake where practice_id = %s and connection_id = %s and sent_at is not null
           and taken_in_at < %s""",
        (transaction.practice_id, connection_id, before),
    ).rowcount


_SELECT = "select intake_id, source, kind, asked, media_type, body, bookmark from intake"


def _binding(transaction: Transaction, connection_id: UUID) -> bytes:
    return b"intake|" + transaction.practice_id.bytes + connection_id.bytes
