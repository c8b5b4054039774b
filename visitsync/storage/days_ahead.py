"""Tells whether any appointment of some days was read or judged since, without opening one."""

from datetime import datetime

from visitsync.storage.database import Transaction

DaysState = tuple[int, datetime | None]
"""How many there are, and when one was last judged (aware, UTC)."""


def days_state(transaction: Transaction, first: datetime, before: datetime) -> DaysState:
    """Of the appointments that start in that time; it is another one as soon as one comes, goes or changes."""
    row = transaction.execute(
        """select count(*), max(decided_at) from appointment
           where practice_id = %s and start_at >= %s and start_at < %s""",
        (transaction.practice_id, first, before),
    ).fetchone()
    assert row is not None  # noqa: S101  # an aggregate has one row
    return int(row[0]), row[1]
