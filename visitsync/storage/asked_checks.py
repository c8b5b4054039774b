"""Who asked to look at one appointment again, how far that is, and what stopped it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from visitsync.storage.database import Transaction

KEPT = timedelta(days=7)
LIVELY = timedelta(seconds=30)
"""A worker that has been heard of so lately is alive."""


class AskedCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One wish to look again; times are aware, UTC."""

    check_id: UUID
    connection_id: UUID
    appointment_id: str
    staff_id: UUID
    asked_at: datetime
    outcome_before: str
    """"" where it had never been received."""
    digest_before: str
    """Of everything about it that an answer shows."""
    began_at: datetime | None
    ended_at: datetime | None
    trouble: str | None
    """Reason code of what stopped it; None: it came to its end, or is not there yet."""
    try_again_at: datetime | None

    @property
    def is_under_way(self) -> bool:
        return self.ended_at is None


def add(
    transaction: Transaction, connection_id: UUID, appointment_id: str, *, staff_id: UUID, outcome_before: str,
    digest_before: str, now: datetime,
) -> UUID:  # fmt: skip
    """Notes that somebody asks; what was asked a week ago is forgotten."""
    check_id = uuid4()
    transaction.execute(
        "delete from asked_check where practice_id = %s and connection_id = %s and asked_at < %s",
        (transaction.practice_id, connection_id, now - KEPT),
    )
    transaction.execute(
        """insert into asked_check (practice_id, check_id, connection_id, appointment_id, staff_id, asked_at,
                                    outcome_before, digest_before)
           values (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            transaction.practice_id,
            check_id,
            connection_id,
            appointment_id,
            staff_id,
            now,
            outcome_before,
            digest_before,
        ),
    )
    return check_id


def latest(transaction: Transaction, connection_id: UUID, appointment_id: str) -> AskedCheck | None:
    """What was asked about this appointment last."""
    row = transaction.execute(
        """select check_id, connection_id, appointment_id, staff_id, asked_at, outcome_before, digest_before, began_at,
                  ended_at, trouble, try_again_at
           from asked_check where practice_id = %s and connection_id = %s and appointment_id = %s
           order by asked_at desc limit 1""",
        (transaction.practice_id, connection_id, appointment_id),
    ).fetchone()
    return None if row is None else _asked(row)


def hold(transaction: Transaction, connection_id: UUID) -> None:
    """Until the transaction ends nobody else may ask anything of this connection: so that counts are right."""
    key = f"asked checks {transaction.practice_id} {connection_id}"
    transaction.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))


def asked_since(transaction: Transaction, connection_id: UUID, since: datetime) -> list[datetime]:
    """When something was asked of this connection after that moment, the oldest first."""
    rows = transaction.execute(
        "select asked_at from asked_check where practice_id = %s and connection_id = %s and asked_at > %s order by 1",
        (transaction.practice_id, connection_id, since),
    ).fetchall()
    return [row[0] for row in rows]


def begun(transaction: Transaction, connection_id: UUID, appointment_id: str, *, now: datetime) -> None:
    """A worker has taken up whatever is asked about this appointment."""
    transaction.execute(
        """update asked_check set began_at = %s
           where practice_id = %s and connection_id = %s and appointment_id = %s and ended_at is null""",
        (now, transaction.practice_id, connection_id, appointment_id),
    )


def ended(
    transaction: Transaction, connection_id: UUID, appointment_id: str, *, trouble: str | None,
    try_again_at: datetime | None, now: datetime | None,
) -> None:  # fmt: skip
    """It is done, or `trouble` stopped it; without `now` before anything was begun."""
    transaction.execute(
        """update asked_check set ended_at = coalesce(%s, asked_at), trouble = %s, try_again_at = %s
           where practice_id = %s and connection_id = %s and appointment_id = %s and ended_at is null""",
        (now, trouble, try_again_at, transaction.practice_id, connection_id, appointment_id),
    )


def is_anybody_working(transaction: Transaction) -> bool:
    """Whether some worker process is alive, by the database's clock."""
    row = transaction.execute(
        "select exists (select from procrastinate_workers where last_heartbeat > now() - %s)", (LIVELY,)
    ).fetchone()
    return bool(row and row[0])


def _asked(row: Any) -> AskedCheck:
    names = AskedCheck.__struct_fields__
    return AskedCheck(**dict(zip(names, row, strict=True)))
