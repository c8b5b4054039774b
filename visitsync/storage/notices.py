"""What showed while an EMR was asked and stops nothing, until a complete reading of that kind no longer shows it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from visitsync.storage.database import Transaction


def current(transaction: Transaction, connection_id: UUID) -> tuple[str, ...]:
    """Codes of the reason catalogue, sorted."""
    rows = transaction.execute(
        "select distinct code from notice where practice_id = %s and connection_id = %s order by code",
        (transaction.practice_id, connection_id),
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def noticed(
    transaction: Transaction, connection_id: UUID, reading: str, codes: Collection[str], *, now: datetime
) -> None:
    """These showed in a reading of that kind."""
    transaction.execute(
        """insert into notice (practice_id, connection_id, reading, code, since)
           select %s, %s, %s, code, %s from unnest(%s::text[]) as code on conflict do nothing""",
        (transaction.practice_id, connection_id, reading, now, sorted(codes)),
    )


def only(transaction: Transaction, connection_id: UUID, reading: str, codes: Collection[str]) -> None:
    """A complete reading of that kind showed these and no others: what it showed before is over."""
    transaction.execute(
        "delete from notice where practice_id = %s and connection_id = %s and reading = %s and code <> all(%s)",
        (transaction.practice_id, connection_id, reading, sorted(codes)),
    )
