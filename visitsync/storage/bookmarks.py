"""Where each reading of a connection resumes; saved in the same transaction as the page before it."""

from datetime import datetime
from uuid import UUID

from visitsync.storage.database import Transaction


def find(transaction: Transaction, connection_id: UUID, stream: str) -> str | None:
    """The position of that stream, or None where it was never read."""
    row = transaction.execute(
        "select position from bookmark where practice_id = %s and connection_id = %s and stream = %s",
        (transaction.practice_id, connection_id, stream),
    ).fetchone()
    return None if row is None else str(row[0])


def save(transaction: Transaction, connection_id: UUID, stream: str, position: str, *, now: datetime) -> None:
    """Moves the bookmark of that stream."""
    transaction.execute(
        """insert into bookmark (practice_id, connection_id, stream, position, moved_at) values (%s, %s, %s, %s, %s)
           on conflict (practice_id, connection_id, stream)
           do update set position = excluded.position, moved_at = excluded.moved_at""",
        (transaction.practice_id, connection_id, stream, position, now),
    )


def forget(transaction: Transaction, connection_id: UUID, stream: str) -> None:
    """Removes the bookmark: the next reading of that stream starts anew."""
    transaction.execute(
        "delete from bookmark where practice_id = %s and connection_id = %s and stream = %s",
        (transaction.practice_id, connection_id, stream),
    )
