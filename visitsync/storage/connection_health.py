"""What tells how a connection fares: when it last brought something new, how often reading it failed since."""

from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.storage.database import Transaction


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """How long one booking took to become a visit; whose it is, is not said."""

    ready_at: datetime
    """Aware, UTC."""
    minutes: float
    """From booking to visit."""
    has_waited: bool
    """It was known five minutes and more before it was ready: something had to be put right first."""


def last_change_at(transaction: Transaction, connection_id: UUID) -> datetime | None:
    """When a reading last brought anything new or changed (aware, UTC)."""
    row = transaction.execute(
        """select max(coalesce(finished_at, started_at)) from sync_run
           where practice_id = %s and connection_id = %s and changed > 0""",
        (transaction.practice_id, connection_id),
    ).fetchone()
    return None if row is None else row[0]


def failures_in_a_row(transaction: Transaction, connection_id: UUID) -> int:
    """How many readings ended in trouble since the last complete one."""
    row = transaction.execute(
        """select count(*) from sync_run run where practice_id = %(practice)s and connection_id = %(connection)s
           and trouble is not null and started_at > coalesce(
               (select max(started_at) from sync_run where practice_id = %(practice)s
                and connection_id = %(connection)s and is_complete), '-infinity')""",
        {"practice": transaction.practice_id, "connection": connection_id},
    ).fetchone()
    return int(row[0]) if row else 0


def latencies(transaction: Transaction, connection_id: UUID, *, since: datetime) -> list[Latency]:
    """Of the visits created since then, the first one first.

    Left out is what was booked before the EMR was read (or heard) for the first time.
    """
    rows = transaction.execute(
        """select visit.created_at, greatest(extract(epoch from visit.created_at - visit.booked_at) / 60, 0),
                  visit.created_at >= appointment.first_seen_at + interval '5 minutes'
           from visit join appointment using (practice_id, connection_id, appointment_id)
           where visit.practice_id = %(practice)s and visit.connection_id = %(connection)s
             and visit.created_at >= %(since)s and visit.booked_at is not null
             and visit.booked_at >= coalesce(
                 (select min(finished_at) from sync_run where practice_id = %(practice)s
                  and connection_id = %(connection)s and kind = 'sweep' and is_complete),
                 (select created_at from connection where practice_id = %(practice)s
                  and connection_id = %(connection)s))
           order by visit.created_at, visit.visit_id""",
        {"practice": transaction.practice_id, "connection": connection_id, "since": since},
    ).fetchall()
    return [Latency(ready_at=at, minutes=float(minutes), has_waited=waited) for at, minutes, waited in rows]
