"""Whether the end of an audit trail is as it was written: what a page can check each time, in bounded time."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from visitsync.storage import audit
from visitsync.storage.audit_chain import NO_HASH, Chain, ChainedRow, Head
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault

MOST_TOLD = 100


class TailCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    checked: int
    """The latest so many entries."""
    is_whole: bool
    """Those were all."""
    damaged: tuple[int, ...]
    """Numbers of entries that were changed, or before which something is missing or does not fit; at most a hundred."""
    is_end_sound: bool
    """The trail ends where it is noted to end."""

    @property
    def is_intact(self) -> bool:
        return not self.damaged and self.is_end_sound


def check_tail(transaction: Transaction, vault: Vault, *, at_most: int) -> TailCheck:
    """Walks along the latest entries as `audit.verify` does along all, in two queries; holds nobody up.

    Whether something before them was changed or removed, `audit.verify` alone can tell.
    """
    head, rows = audit.tail(transaction, at_most)
    chain = Chain(vault)
    return TailCheck(
        checked=len(rows),
        is_whole=len(rows) < at_most or rows[0].number == 1,
        damaged=tuple(_damaged(rows, chain, at_most))[:MOST_TOLD],
        is_end_sound=_ends_where_noted(head, rows, chain),
    )


def _damaged(rows: Sequence[ChainedRow], chain: Chain, at_most: int) -> Iterator[int]:
    if rows and len(rows) < at_most and (rows[0].number != 1 or rows[0].previous_hash != NO_HASH):
        yield rows[0].number
    yield from (row.number for row in rows if not chain.is_genuine(row))
    for before, after in pairwise(rows):
        if after.number != before.number + 1 or after.previous_hash != before.hash:
            yield after.number


def _ends_where_noted(head: Head | None, rows: Sequence[ChainedRow], chain: Chain) -> bool:
    """Entries beyond the noted end were added after it was looked up."""
    if head is None:
        return not rows
    if not chain.is_sealed(head) or (not rows and head.count):
        return False
    return head.count == 0 or any(row.number == head.count and row.hash == head.hash for row in rows)
