"""What tells how a connection fares: when it last brought something new, how often reading it failed since."""

from datetime import datetime
from uuid import UUID

from visitsync.storage.database import Transaction


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
