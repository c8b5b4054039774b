"""Records that made no sense, kept with their raw bytes and the reason until they are read well or gone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault

NO_RECORDS = frozenset({"webhook", "message"})
"""Kinds that are no records of the EMR but pushes that made no sense: nobody's appointment waits for them."""
NAMELESS = "?"
"""Before the key of a record whose id could not be read; what it was called, nobody knows."""


class QuarantinedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an unreadable record, without its content."""

    connection_id: UUID
    kind: str
    record_key: str
    reason: str
    first_seen_at: datetime
    last_seen_at: datetime


def put(
    transaction: Transaction,
    vault: Vault,
    connection_id: UUID,
    *,
    kind: str,
    record_key: str,
    reason: str,
    raw: bytes,
    intake_id: int,
    now: datetime,
) -> None:
    """Keeps one unreadable record; meeting it again renews reason and bytes and keeps when it was first seen."""
    transaction.execute(
        """insert into quarantine (practice_id, connection_id, kind, record_key, reason, raw, intake_id,
                                   first_seen_at, last_seen_at)
           values (%(practice)s, %(connection)s, %(kind)s, %(key)s, %(reason)s, %(raw)s, %(intake)s, %(now)s, %(now)s)
           on conflict (practice_id, connection_id, kind, record_key) do update
           set reason = excluded.reason, raw = excluded.raw, intake_id = excluded.intake_id,
               last_seen_at = excluded.last_seen_at, resolved_at = null,
               first_seen_at = case when quarantine.resolved_at is null then quarantine.first_seen_at
                                    else excluded.first_seen_at end""",
        {
            "practice": transaction.practice_id,
            "connection": connection_id,
            "kind": kind,
            "key": record_key,
            "reason": reason,
            "raw": vault.seal(raw, _binding(transaction, connection_id, kind, record_key)),
            "intake": intake_id,
            "now": now,
        },
    )


def raw_bytes(transaction: Transaction, vault: Vault, connection_id: UUID, *, kind: str, record_key: str) -> bytes:
    """The bytes of a quarantined record, for replay. Raises LookupError where there is none."""
    row = transaction.execute(
        """select raw from quarantine
           where practice_id = %s and connection_id = %s and kind = %s and record_key = %s""",
        (transaction.practice_id, connection_id, kind, record_key),
        binary=True,
    ).fetchone()
    if row is None:
        raise LookupError(record_key)
    return vault.open(row[0], _binding(transaction, connection_id, kind, record_key))


def unresolved(transaction: Transaction, connection_id: UUID | None = None) -> list[QuarantinedRecord]:
    """All that still cannot be read, oldest first."""
    rows = transaction.execute(
        """select connection_id, kind, record_key, reason, first_seen_at, last_seen_at from quarantine
           where practice_id = %s and resolved_at is null and (%s::uuid is null or connection_id = %s)
           order by first_seen_at, record_key""",
        (transaction.practice_id, connection_id, connection_id),
    ).fetchall()
    return [
        QuarantinedRecord(
            connection_id=row[0],
            kind=row[1],
            record_key=row[2],
            reason=row[3],
            first_seen_at=row[4],
            last_seen_at=row[5],
        )
        for row in rows
    ]


def resolve(transaction: Transaction, connection_id: UUID, kind: str, keys: Sequence[str], *, now: datetime) -> int:
    """These were read well (or are gone from the EMR); returns how many had been in quarantine."""
    return transaction.execute(
        """update quarantine set resolved_at = %s
           where practice_id = %s and connection_id = %s and kind = %s and record_key = any(%s)
             and resolved_at is null""",
        (now, transaction.practice_id, connection_id, kind, list(keys)),
    ).rowcount


def keep_latest(transaction: Transaction, connection_id: UUID, kind: str, *, at_most: int) -> int:
    """Forgets all of that kind but the latest, whoever goes on sending them; returns how many."""
    return transaction.execute(
        """delete from quarantine where practice_id = %(practice)s and connection_id = %(connection)s
             and kind = %(kind)s and record_key in (
                 select record_key from quarantine
                 where practice_id = %(practice)s and connection_id = %(connection)s and kind = %(kind)s
                 order by last_seen_at desc, record_key offset %(most)s)""",
        {"practice": transaction.practice_id, "connection": connection_id, "kind": kind, "most": at_most},
    ).rowcount


def forget_before(transaction: Transaction, connection_id: UUID, kind: str, before: datetime) -> int:
    """Forgets those of that kind that were last met before then; returns how many."""
    return transaction.execute(
        """delete from quarantine where practice_id = %s and connection_id = %s and kind = %s and last_seen_at < %s""",
        (transaction.practice_id, connection_id, kind, before),
    ).rowcount


def resolve_nameless(transaction: Transaction, connection_id: UUID, kind: str, *, unseen_since: datetime) -> int:
    """After a complete reading: records without an id that it has not met any more; returns how many."""
    return transaction.execute(
        """update quarantine set resolved_at = %s
           where practice_id = %s and connection_id = %s and kind = %s and starts_with(record_key, %s)
             and last_seen_at < %s and resolved_at is null""",
        (unseen_since, transaction.practice_id, connection_id, kind, NAMELESS, unseen_since),
    ).rowcount


def _binding(transaction: Transaction, connection_id: UUID, kind: str, record_key: str) -> bytes:
    return b"quarantine|" + transaction.practice_id.bytes + connection_id.bytes + f"{kind}|{record_key}".encode()
