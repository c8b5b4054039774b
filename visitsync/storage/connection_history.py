"""What pages tell of a connection's past: its latest readings, what lies in quarantine and why, who paused it."""

from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.storage.database import Transaction
from visitsync.storage.setting_touches import ThingKind
from visitsync.storage.sync_runs import SyncRun


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """How many records of one kind cannot be read for one reason; no value of any of them. Times are aware, UTC."""

    kind: str
    reason: str
    count: int
    first_seen_at: datetime
    last_seen_at: datetime


class StateChange(msgspec.Struct, frozen=True, kw_only=True):
    """Who paused or resumed a connection last, and when (aware, UTC)."""

    change_id: int
    by: str
    at: datetime


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """How much has been read of one connection so far."""

    appointments: int
    patients: int
    visits: int


def recent_runs(transaction: Transaction, connection_id: UUID, *, at_most: int) -> list[SyncRun]:
    """The latest readings, the last one first."""
    names = SyncRun.__struct_fields__
    rows = transaction.execute(
        f"""select {", ".join(names)} from sync_run where practice_id = %s and connection_id = %s
            order by started_at desc, run_id limit %s""".encode(),  # constants only
        (transaction.practice_id, connection_id, at_most),
    ).fetchall()
    return [SyncRun(**dict(zip(names, row, strict=True))) for row in rows]


def unreadable(transaction: Transaction, connection_id: UUID) -> list[Unreadable]:
    """What cannot be read at present, by kind and reason, the most frequent first; at most fifty lines."""
    rows = transaction.execute(
        """select kind, reason, count(*), min(first_seen_at), max(last_seen_at) from quarantine
           where practice_id = %s and connection_id = %s and resolved_at is null
           group by kind, reason order by count(*) desc, kind, reason limit 50""",
        (transaction.practice_id, connection_id),
    ).fetchall()
    return [Unreadable(**dict(zip(Unreadable.__struct_fields__, row, strict=True))) for row in rows]


def latest_state_change(transaction: Transaction, connection_id: UUID) -> StateChange | None:
    """The last time that a person paused or resumed it; None: nobody ever did."""
    row = transaction.execute(
        """select change_id, changed_by, changed_at
           from setting_touch join setting_change using (practice_id, change_id)
           where practice_id = %s and thing = %s and name = 'state' and connection_id = %s
           order by change_id desc limit 1""",
        (transaction.practice_id, ThingKind.CONNECTION_STATE, connection_id),
    ).fetchone()
    return None if row is None else StateChange(change_id=int(row[0]), by=str(row[1]), at=row[2])


def stock(transaction: Transaction, connection_id: UUID) -> Stock:
    """What is there of one connection."""
    row = transaction.execute(
        """select (select count(*) from appointment
                   where practice_id = %(practice)s and connection_id = %(connection)s),
                  (select count(*) from patient
                   where practice_id = %(practice)s and connection_id = %(connection)s),
                  (select count(*) from visit
                   where practice_id = %(practice)s and connection_id = %(connection)s and state = 'active')""",
        {"practice": transaction.practice_id, "connection": connection_id},
    ).fetchone()
    assert row is not None  # noqa: S101  # one row of three counts
    return Stock(appointments=int(row[0]), patients=int(row[1]), visits=int(row[2]))
