"""Records that arrived and made no sense: one of them may be what is asked for."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from visitsync.domain.decision import Finding
from visitsync.domain.explanation import Explanation, explain
from visitsync.storage import quarantine
from visitsync.storage.database import Transaction
from visitsync.sync.desk import Desk

MOST_UNREADABLE = 50


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A record that arrived and made no sense; it may be the one that is asked for."""

    emr: str
    kind: str
    record: str
    first_seen_at: datetime
    last_seen_at: datetime
    explanation: Explanation


def unreadable(
    transaction: Transaction, desks: Sequence[Desk], query: str, *, is_found: bool
) -> tuple[Unreadable, ...]:
    """The record that was asked for by its id; or, where nothing was found, all that it may be."""
    of_connection = {desk.connection.connection_id: desk for desk in desks}
    held = [
        (of_connection[one.connection_id], one)
        for one in quarantine.unresolved(transaction)
        if one.kind not in quarantine.NO_RECORDS and (one.record_key == query.strip() or not is_found)
    ]
    exact = [pair for pair in held if pair[1].record_key == query.strip()]
    return tuple(
        Unreadable(
            emr=desk.manifest.emr,
            kind=one.kind,
            record=one.record_key,
            first_seen_at=one.first_seen_at,
            last_seen_at=one.last_seen_at,
            explanation=explain(Finding("record-unreadable"), desk.screen),
        )
        for desk, one in (exact or held)[:MOST_UNREADABLE]
    )
