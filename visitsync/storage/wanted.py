"""What must still be read from the EMR before its appointments can be judged; the nearest appointment's need first."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from visitsync.storage.bulk import each, fill
from visitsync.storage.database import Transaction

Kind = Literal["patient", "appointment-detail", "appointment"]

_BY_ID = "practice_id = %(practice)s and connection_id = %(connection)s and kind = %(kind)s and wanted_id = asked.key"
_AMONG = f"select wanted_id {each('%(keys)s', 'wanted', 'wanted_id, is_read', _BY_ID)} where not found.is_read".encode()
_COLUMNS = (("wanted_id", "text"), ("needed_by", "timestamptz"))


def want(transaction: Transaction, connection_id: UUID, kind: Kind, needed_by: Mapping[str, datetime]) -> None:
    """Notes ids to be read, each with the start of the first appointment that needs it; an earlier start wins."""
    if not needed_by:
        return
    fill(transaction, "incoming_wanted", _COLUMNS, needed_by.items())
    transaction.execute(
        """insert into wanted (practice_id, connection_id, kind, wanted_id, needed_by)
           select %s, %s, %s, wanted_id, needed_by from incoming_wanted
           on conflict (practice_id, wanted_id, connection_id, kind)
           do update set needed_by = least(wanted.needed_by, excluded.needed_by), is_read = false
           where wanted.is_read or excluded.needed_by < wanted.needed_by""",
        (transaction.practice_id, connection_id, kind),
    )


def most_urgent(
    transaction: Transaction, connection_id: UUID, kind: Kind, *, now: datetime, at_most: int
) -> list[tuple[str, datetime]]:
    """(id, start of the appointment that needs it), nearest first; those put off are left out until their time.

    What could not be read the last time comes after everything else: it must not hold others up.
    """
    rows = transaction.execute(
        """select wanted_id, needed_by from wanted
           where practice_id = %s and connection_id = %s and kind = %s and not is_read
             and (not_before is null or not_before <= %s)
           order by attempts, needed_by, wanted_id limit %s""",
        (transaction.practice_id, connection_id, kind, now, at_most),
    ).fetchall()
    return [(str(wanted_id), needed_by) for wanted_id, needed_by in rows]


def among(transaction: Transaction, connection_id: UUID, kind: Kind, ids: Sequence[str]) -> set[str]:
    """Which of these ids are wanted."""
    rows = transaction.execute(
        _AMONG,
        {"practice": transaction.practice_id, "connection": connection_id, "kind": kind, "keys": list(ids)},
        binary=True,
    ).fetchall()
    return {row[0] for row in rows}


def is_any(transaction: Transaction, connection_id: UUID, *, now: datetime) -> bool:
    """Whether something is to be read now, or was read and is to be judged."""
    row = transaction.execute(
        """select exists (select from wanted where practice_id = %s and connection_id = %s
                          and (is_read or not_before is null or not_before <= %s))""",
        (transaction.practice_id, connection_id, now),
    ).fetchone()
    return bool(row and row[0])


def count(transaction: Transaction, connection_id: UUID, kind: Kind) -> int:
    """How many still wait to be read."""
    row = transaction.execute(
        "select count(*) from wanted where practice_id = %s and connection_id = %s and kind = %s",
        (transaction.practice_id, connection_id, kind),
    ).fetchone()
    return int(row[0]) if row else 0


def got(transaction: Transaction, connection_id: UUID, kind: Kind, ids: Iterable[str]) -> None:
    """These were read."""
    transaction.execute(
        "delete from wanted where practice_id = %s and connection_id = %s and kind = %s and wanted_id = any(%s)",
        (transaction.practice_id, connection_id, kind, list(ids)),
    )


def patients_read(transaction: Transaction, connection_id: UUID, ids: Sequence[str], *, now: datetime) -> None:
    """These patients were read (wanted or not); what they may change is to be judged."""
    transaction.execute(
        """insert into wanted (practice_id, connection_id, kind, wanted_id, needed_by, is_read)
           select %s, %s, 'patient', patient_id, %s, true from unnest(%s::text[]) as patient_id
           on conflict (practice_id, wanted_id, connection_id, kind) do update set is_read = true""",
        (transaction.practice_id, connection_id, now, list(ids)),
    )


def patients_touched(transaction: Transaction, connection_id: UUID, ids: Sequence[str], *, now: datetime) -> None:
    """What somebody else's record may change for these is to be judged; who is still to be read waits for that."""
    transaction.execute(
        """insert into wanted (practice_id, connection_id, kind, wanted_id, needed_by, is_read)
           select %s, %s, 'patient', patient_id, %s, true from unnest(%s::text[]) as patient_id
           on conflict (practice_id, wanted_id, connection_id, kind) do nothing""",
        (transaction.practice_id, connection_id, now, list(ids)),
    )


def patients_judged(transaction: Transaction, connection_id: UUID, ids: Sequence[str]) -> None:
    """What their records may change was judged; one who has come to be wanted again meanwhile stays wanted."""
    transaction.execute(
        """delete from wanted where practice_id = %s and connection_id = %s and kind = 'patient' and is_read
           and wanted_id = any(%s)""",
        (transaction.practice_id, connection_id, list(ids)),
    )


def to_be_judged(transaction: Transaction, connection_id: UUID, *, at_most: int) -> list[str]:
    """Patients who were read and whose appointments have not been judged since."""
    rows = transaction.execute(
        """select wanted_id from wanted
           where practice_id = %s and connection_id = %s and is_read and kind = 'patient'
           order by wanted_id limit %s""",
        (transaction.practice_id, connection_id, at_most),
        binary=True,
    ).fetchall()
    return [row[0] for row in rows]


def failed(
    transaction: Transaction, connection_id: UUID, kind: Kind, wanted_id: str, *, put_off_after: int, until: datetime
) -> int:
    """Reading this one ended in trouble; returns how often by now. From so often on, not again before that instant."""
    row = transaction.execute(
        """update wanted set attempts = least(attempts + 1, 1000),
                  not_before = case when attempts + 1 < %s then not_before else %s end
           where practice_id = %s and connection_id = %s and kind = %s and wanted_id = %s returning attempts""",
        (put_off_after, until, transaction.practice_id, connection_id, kind, wanted_id),
    ).fetchone()
    return int(row[0]) if row else 0


def put_off(transaction: Transaction, connection_id: UUID, kind: Kind, ids: Sequence[str], *, until: datetime) -> None:
    """These could not be read for a reason of their own; not again before that instant."""
    transaction.execute(
        """update wanted set attempts = least(attempts + 1, 1000), not_before = %s
           where practice_id = %s and connection_id = %s and kind = %s and wanted_id = any(%s)""",
        (until, transaction.practice_id, connection_id, kind, list(ids)),
    )
