"""The audit trail of a practice: who did or saw what, when and why, written in the same transaction as the act."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from visitsync.storage.audit_chain import NO_HASH, Anchor, Chain, ChainedRow, Head, Verification, Walk
from visitsync.storage.audit_entry import TEXTS, Entry, Recorded, read_back, written
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault

ROWS_AT_ONCE = 2000


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are wanted; None: whichever."""

    who: str | None = None
    """The id, as in `Who.id`."""
    act: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    since: datetime | None = None
    """Aware, included."""
    until: datetime | None = None
    """Aware, not included."""
    before: int | None = None
    """Only lower numbers: where the page before ended."""


class AuditBroken(Exception):
    """The end of a practice's audit trail was changed or removed, so nothing is added to it."""


def record(transaction: Transaction, vault: Vault, entry: Entry) -> int:
    """Adds an entry and returns its number. It stands once the transaction is committed, and only then.

    Two statements. Until the commit everybody else who records for this practice waits, so make it the last thing that
    a transaction does. Texts are cut to what fits. Raises AuditBroken, ValueError for a time without zone or no act.
    """
    chain = Chain(vault)
    head = _head(transaction, _LOCKED) or _first_head(transaction, chain)
    _refuse_broken(head, chain)
    practice_id, number = transaction.practice_id, head.count + 1
    row = written(entry, chain, vault, practice_id=practice_id, number=number, previous_hash=head.hash)
    seal = chain.head(practice_id, number, row.hash).seal
    transaction.execute(
        _ADD,
        (number, row.hash, seal, practice_id,
         practice_id, number, entry.at, *row.texts, row.details, row.previous_hash, row.hash),
    )  # fmt: skip
    return number


def entries(
    transaction: Transaction, vault: Vault, wanted: Selection | None = None, *, limit: int = 50
) -> list[Recorded]:
    """The entries that fit, newest first."""
    given = {name: value for name, value in msgspec.structs.asdict(wanted or Selection()).items() if value is not None}
    conditions = " ".join(_CONDITIONS[name] for name in given)
    rows = transaction.execute(
        f"{_ROWS} {conditions} order by number desc limit %(limit)s".encode(),
        given | {"practice": transaction.practice_id, "limit": limit},
    )
    chain = Chain(vault)
    return [read_back(row, chain, vault) for row in _chained(rows)]


def verify(transaction: Transaction, vault: Vault, anchors: Sequence[Anchor] = ()) -> Verification:
    """Walks along the whole trail and finds whatever was changed, removed, inserted or moved, and a tail cut off.

    Whoever cuts the tail off and puts back an older copy of the head is found by an anchor alone. Reads in passing and
    holds nobody up.
    """
    walk = Walk(Chain(vault), transaction.practice_id, _head(transaction), anchors)
    with transaction.connection.cursor("audit_trail") as rows:
        rows.itersize = ROWS_AT_ONCE
        rows.execute(f"{_ROWS} order by number".encode(), {"practice": transaction.practice_id})
        for row in _chained(rows):
            walk.take(row)
    return walk.finish(_head(transaction))


def anchor(transaction: Transaction, vault: Vault) -> Anchor:
    """How far the trail goes now, to be kept elsewhere and given to a later `verify`. Raises AuditBroken."""
    head = _head(transaction)
    if head is None:
        _refuse_entries(transaction)
        return Anchor(0, NO_HASH)
    _refuse_broken(head, Chain(vault))
    return Anchor(head.count, head.hash)


def tail(transaction: Transaction, at_most: int) -> tuple[Head | None, list[ChainedRow]]:
    """Where the trail is noted to end, and its latest rows as they are stored, the oldest first (see audit_tail)."""
    head = _head(transaction)
    rows = transaction.execute(
        f"{_ROWS} order by number desc limit %(limit)s".encode(),
        {"practice": transaction.practice_id, "limit": at_most},
    )
    return head, list(_chained(rows))[::-1]


def is_broken(transaction: Transaction, vault: Vault) -> bool:
    """Whether `record` would raise AuditBroken."""
    try:
        anchor(transaction, vault)
    except AuditBroken:
        return True
    return False


def resume(transaction: Transaction, vault: Vault, entry: Entry) -> int:
    """Goes on where AuditBroken stopped it, after the last entry that is there, with one that says who decided so.

    Mends nothing: entries that were changed or are missing are found by every `verify`.
    """
    chain, practice_id = Chain(vault), transaction.practice_id
    head = _head(transaction, _LOCKED)
    if head is None or not chain.is_sealed(head):
        count, last_hash = transaction.execute(_LAST, (practice_id,)).fetchone() or (0, NO_HASH)
        mended = chain.head(practice_id, count, last_hash)
        transaction.execute(_REPLACE_HEAD, (practice_id, mended.count, mended.hash, mended.seal))
    return record(transaction, vault, entry)


def _head(transaction: Transaction, lock: str = "") -> Head | None:
    practice_id = transaction.practice_id
    row = transaction.execute(f"{_HEAD} {lock}".encode(), (practice_id,)).fetchone()
    return Head(practice_id=practice_id, count=row[0], hash=row[1], seal=row[2]) if row else None


def _first_head(transaction: Transaction, chain: Chain) -> Head:
    """Of a trail that begins now, made by whoever is first."""
    _refuse_entries(transaction)
    first = chain.head(transaction.practice_id, 0, NO_HASH)
    transaction.execute(_BEGIN, (first.practice_id, first.count, first.hash, first.seal))
    return _head(transaction, _LOCKED) or first


def _refuse_entries(transaction: Transaction) -> None:
    """Where there are entries, the head was there, too, and was removed."""
    if transaction.execute(_LAST, (transaction.practice_id,)).fetchone() and not _head(transaction):
        raise AuditBroken("The end of this practice's audit trail was removed, so nothing is added to it.")


def _refuse_broken(head: Head, chain: Chain) -> None:
    if not chain.is_sealed(head):
        raise AuditBroken("The end of this practice's audit trail was changed, so nothing is added to it.")


def _chained(rows: Iterable[Any]) -> Iterator[ChainedRow]:
    for practice_id, number, at, details, previous_hash, own_hash, *texts in rows:
        yield ChainedRow(
            practice_id=practice_id,
            number=number,
            at=at,
            texts=tuple(texts),
            details=details,
            previous_hash=previous_hash,
            hash=own_hash,
        )


_CONDITIONS = {
    "who": "and who = %(who)s",
    "act": "and act = %(act)s",
    "object_kind": "and object_kind = %(object_kind)s",
    "object_id": "and object_id = %(object_id)s",
    "since": "and at >= %(since)s",
    "until": "and at < %(until)s",
    "before": "and number < %(before)s",
}

# The time as text: whatever somebody made of it can be read, infinity too.
_ROWS = f"""
    select practice_id, number, trunc(extract(epoch from at) * 1000000)::text, details, previous_hash, hash,
           {", ".join(TEXTS)}
    from audit_entry where practice_id = %(practice)s
    """

_HEAD = "select entry_count, hash, seal from audit_head where practice_id = %s"
_LOCKED = "for no key update"
_LAST = "select number, hash from audit_entry where practice_id = %s order by number desc limit 1"

_NEW_HEAD = "insert into audit_head (practice_id, entry_count, hash, seal) values (%s, %s, %s, %s)"
_BEGIN = f"{_NEW_HEAD} on conflict (practice_id) do nothing".encode()
_REPLACE_HEAD = f"""{_NEW_HEAD} on conflict (practice_id)
    do update set entry_count = excluded.entry_count, hash = excluded.hash, seal = excluded.seal""".encode()

_COLUMNS = ("practice_id", "number", "at", *TEXTS, "details", "previous_hash", "hash")
_ADD = f"""
    with moved as (update audit_head set entry_count = %s, hash = %s, seal = %s where practice_id = %s)
    insert into audit_entry ({", ".join(_COLUMNS)}) values ({", ".join(["%s"] * len(_COLUMNS))})
    """.encode()
