"""What a change of settings did: how many appointments went from which outcome to which."""

from uuid import UUID

import msgspec

from visitsync.storage.database import Transaction


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """So many appointments went from one outcome to another; equal ones kept it with other findings."""

    before: str
    after: str
    count: int


def of_cause(transaction: Transaction, connection_id: UUID, cause: str, cause_id: str) -> list[Effect]:
    """The effects of the decisions that name this cause."""
    rows = transaction.execute(
        """select coalesce(previous.outcome, ''), caused.outcome, count(*)
           from decision caused left join lateral (
               select outcome from decision earlier
               where earlier.practice_id = caused.practice_id and earlier.connection_id = caused.connection_id
                 and earlier.appointment_id = caused.appointment_id and earlier.decision_id < caused.decision_id
               order by decision_id desc limit 1) previous on true
           where caused.practice_id = %s and caused.connection_id = %s and caused.cause = %s and caused.cause_id = %s
           group by 1, 2 order by 3 desc""",
        (transaction.practice_id, connection_id, cause, cause_id),
    ).fetchall()
    return [Effect(before=row[0], after=row[1], count=row[2]) for row in rows]
