"""Whether answers answered the question: each person's latest word about each answer, counted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from visitsync.storage.database import Transaction


def vote(
    transaction: Transaction, connection_id: UUID, appointment_id: str, *, staff_id: UUID, is_helpful: bool,
    outcome: str, codes: Sequence[str], now: datetime,
) -> None:  # fmt: skip
    """This person says so now; `outcome` and `codes` are what the answer said."""
    transaction.execute(
        """insert into answer_vote (practice_id, staff_id, connection_id, appointment_id, is_helpful, outcome, codes,
                                    voted_at)
           values (%s, %s, %s, %s, %s, %s, %s, %s)
           on conflict (practice_id, staff_id, connection_id, appointment_id) do update
           set is_helpful = excluded.is_helpful, outcome = excluded.outcome, codes = excluded.codes,
               voted_at = excluded.voted_at""",
        (
            transaction.practice_id,
            staff_id,
            connection_id,
            appointment_id,
            is_helpful,
            outcome,
            list(codes),
            now,
        ),
    )


def vote_of(transaction: Transaction, connection_id: UUID, appointment_id: str, *, staff_id: UUID) -> bool | None:
    """What this person said of this answer; None: nothing yet."""
    row = transaction.execute(
        """select is_helpful from answer_vote
           where practice_id = %s and staff_id = %s and connection_id = %s and appointment_id = %s""",
        (transaction.practice_id, staff_id, connection_id, appointment_id),
    ).fetchone()
    return None if row is None else bool(row[0])


def counts(transaction: Transaction, *, since: datetime) -> tuple[int, int]:
    """How many answers helped, and how many did not, since that moment."""
    row = transaction.execute(
        """select count(*) filter (where is_helpful), count(*) filter (where not is_helpful)
           from answer_vote where practice_id = %s and voted_at >= %s""",
        (transaction.practice_id, since),
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)
