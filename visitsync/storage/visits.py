"""Video visits: at most one active per appointment (a database constraint), and how each followed its appointment."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from visitsync.domain.visit import Visit, VisitState
from visitsync.storage.bulk import column_names, fill
from visitsync.storage.database import Transaction

_NEW_COLUMNS = (
    ("appointment_id", "text"),
    ("start_at", "timestamptz"),
    ("end_at", "timestamptz"),
    ("patient_id", "text"),
    ("practitioner_id", "text"),
    ("staff_id", "uuid"),
    ("is_test", "bool"),
    ("booked_at", "timestamptz"),
)
_NEW_NAMES = column_names(_NEW_COLUMNS)


class NewVisit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A visit to be created."""

    appointment_id: str
    start_at: datetime
    end_at: datetime
    patient_id: str
    practitioner_id: str | None
    staff_id: UUID | None
    is_test: bool
    booked_at: datetime | None


class VisitChange(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that follows its appointment: what it becomes, and what that means in a word (moved, cancelled …)."""

    visit: Visit
    what: str
    before: str
    after: str


class PastChange(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a visit's history."""

    changed_at: datetime
    what: str
    before: str | None
    after: str | None


class VisitOfOld(msgspec.Struct, frozen=True):
    """A visit that an appointment has or had, with when it was created and when it last changed (aware, UTC)."""

    visit: Visit
    created_at: datetime
    changed_at: datetime


_CHANGE = ("changed_at", "what", "before", "after")
_FIELDS = """visit_id::text, connection_id::text, appointment_id, state, start_at, end_at, patient_id, practitioner_id,
             staff_id::text, is_test"""


_OF = "practice_id = %(practice)s and connection_id = %(connection)s and appointment_id = asked.key"
_LATEST = f"""
    select found.* from unnest(%(keys)s::text[]) as asked (key)
    cross join lateral (
        (select {_FIELDS}, 1 as preference from visit where {_OF} and state = 'active')
        union all
        (select {_FIELDS}, 2 as preference from visit where {_OF} and state <> 'active'
         order by changed_at desc limit 1)
        order by preference limit 1
    ) as found
    """.encode()


_FOUND = f"""select {_FIELDS}, created_at, changed_at from visit where practice_id = %(practice)s
             and appointment_id = asked.key and connection_id = asked.connection"""
_OF_ALL = f"""
    select found.* from unnest(%(connections)s::uuid[], %(ids)s::text[]) as asked (connection, key)
    cross join lateral (
        ({_FOUND} and state = 'active') union all ({_FOUND} and state <> 'active')) as found
    order by created_at""".encode()


def latest_for(transaction: Transaction, connection_id: UUID, appointment_ids: Sequence[str]) -> dict[str, Visit]:
    """Appointment id → its active visit, else the one it had last."""
    rows = transaction.execute(
        _LATEST,
        {"practice": transaction.practice_id, "connection": connection_id, "keys": list(appointment_ids)},
        binary=True,
    ).fetchall()
    return {row[2]: _visit(row) for row in rows}


def of_appointments(
    transaction: Transaction, keys: Collection[tuple[UUID, str]]
) -> dict[tuple[UUID, str], list[VisitOfOld]]:
    """Connection and appointment → all visits that it ever had, oldest first, whichever connections they are of."""
    found: dict[tuple[UUID, str], list[VisitOfOld]] = {}
    if not keys:
        return found
    connections, ids = zip(*keys, strict=True)
    rows = transaction.execute(
        _OF_ALL, {"practice": transaction.practice_id, "connections": list(connections), "ids": list(ids)}, binary=True
    ).fetchall()
    for row in rows:
        found.setdefault((UUID(row[1]), row[2]), []).append(VisitOfOld(_visit(row), row[-2], row[-1]))
    return found


def histories(transaction: Transaction, visit_ids: Collection[str]) -> dict[str, list[PastChange]]:
    """Visit → how it followed its appointment, oldest first."""
    found: dict[str, list[PastChange]] = {}
    if not visit_ids:
        return found
    rows = transaction.execute(
        """select visit_id::text, changed_at, what, before, after from visit_change
           where practice_id = %s and visit_id = any(%s::uuid[]) order by change_id""",
        (transaction.practice_id, list(visit_ids)),
    ).fetchall()
    for visit_id, *change in rows:
        found.setdefault(visit_id, []).append(PastChange(**dict(zip(_CHANGE, change, strict=True))))
    return found


def count_coming(transaction: Transaction, connection_id: UUID, *, now: datetime) -> int:
    """How many active visits have not ended."""
    row = transaction.execute(
        """select count(*) from visit
           where practice_id = %s and connection_id = %s and state = 'active' and end_at > %s""",
        (transaction.practice_id, connection_id, now),
    ).fetchone()
    return int(row[0]) if row else 0


def count_cancelled_since(transaction: Transaction, connection_id: UUID, since: datetime, *, now: datetime) -> int:
    """How many visits that would not have ended yet were cancelled since then."""
    row = transaction.execute(
        """select count(*) from visit where practice_id = %s and connection_id = %s
           and state = 'cancelled' and end_at > %s and changed_at >= %s""",
        (transaction.practice_id, connection_id, now, since),
    ).fetchone()
    return int(row[0]) if row else 0


def create(transaction: Transaction, connection_id: UUID, new: Sequence[NewVisit], *, now: datetime) -> None:
    """Creates visits. Raises UniqueViolation if one of the appointments has an active visit already."""
    rows = (
        (
            one.appointment_id,
            one.start_at,
            one.end_at,
            one.patient_id,
            one.practitioner_id,
            one.staff_id,
            one.is_test,
            one.booked_at,
        )
        for one in new
    )
    fill(transaction, "incoming_visit", _NEW_COLUMNS, rows)
    transaction.execute(
        f"""insert into visit (practice_id, connection_id, state, created_at, changed_at, {_NEW_NAMES})
            select %(practice)s, %(connection)s, 'active', %(now)s, %(now)s, {_NEW_NAMES}
            from incoming_visit""".encode(),
        {"practice": transaction.practice_id, "connection": connection_id, "now": now},
    )


def change(transaction: Transaction, changes: Sequence[VisitChange], *, now: datetime) -> None:
    """Lets visits follow their appointments, and keeps what each was before."""
    with transaction.connection.cursor() as cursor:
        cursor.executemany(
            """update visit set state = %s, start_at = %s, end_at = %s, patient_id = %s, practitioner_id = %s,
                      staff_id = %s, is_test = %s, changed_at = %s
               where practice_id = %s and visit_id = %s""",
            [
                (
                    one.visit.state,
                    one.visit.start_at,
                    one.visit.end_at,
                    one.visit.patient_id,
                    one.visit.practitioner_id,
                    one.visit.staff_id,
                    one.visit.is_test,
                    now,
                    transaction.practice_id,
                    one.visit.id,
                )
                for one in changes
            ],
        )
        cursor.executemany(
            """insert into visit_change (practice_id, visit_id, changed_at, what, before, after)
               values (%s, %s, %s, %s, %s, %s)""",
            [(transaction.practice_id, one.visit.id, now, one.what, one.before, one.after) for one in changes],
        )


def follow_merges(
    transaction: Transaction, connection_id: UUID, merged: Mapping[str, str], *, now: datetime
) -> list[tuple[str, str]]:
    """Active visits of charts that were merged become visits of the surviving ones (chart → survivor)."""
    rows = transaction.execute(
        """with moved as (
               update visit set patient_id = merged.survivor, changed_at = %(now)s
               from unnest(%(charts)s::text[], %(survivors)s::text[]) as merged (chart, survivor)
               where visit.practice_id = %(practice)s and visit.connection_id = %(connection)s
                 and visit.state = 'active' and visit.patient_id = merged.chart
               returning visit.visit_id, merged.chart, merged.survivor)
           insert into visit_change (practice_id, visit_id, changed_at, what, before, after)
           select %(practice)s, visit_id, %(now)s, 'chart merged', chart, survivor from moved
           returning before, after""",
        {
            "practice": transaction.practice_id,
            "connection": connection_id,
            "charts": list(merged),
            "survivors": list(merged.values()),
            "now": now,
        },
    ).fetchall()
    return [(str(before), str(after)) for before, after in rows]


def history(transaction: Transaction, visit_id: str) -> list[PastChange]:
    """How a visit followed its appointment, oldest first."""
    rows = transaction.execute(
        """select changed_at, what, before, after from visit_change
           where practice_id = %s and visit_id = %s order by change_id""",
        (transaction.practice_id, visit_id),
    ).fetchall()
    return [PastChange(changed_at=row[0], what=row[1], before=row[2], after=row[3]) for row in rows]


def recent_sync_minutes(transaction: Transaction, connection_id: UUID, *, since: datetime) -> list[float]:
    """Minutes from booking to visit of those created since then, as far as they tell how quick the connection is.

    Left out is what was booked before the whole window had been read once, and what had to wait for a person.
    """
    rows = transaction.execute(
        """select extract(epoch from visit.created_at - visit.booked_at) / 60
           from visit join appointment using (practice_id, connection_id, appointment_id)
           where visit.practice_id = %(practice)s and visit.connection_id = %(connection)s
             and visit.created_at >= %(since)s and visit.booked_at >= %(since)s
             and visit.booked_at >= (select min(finished_at) from sync_run
                                     where practice_id = %(practice)s and connection_id = %(connection)s
                                       and kind = 'sweep' and is_complete)
             and visit.created_at < appointment.first_seen_at + interval '5 minutes'""",
        {"practice": transaction.practice_id, "connection": connection_id, "since": since},
    ).fetchall()
    return [float(row[0]) for row in rows]


def _visit(row: Sequence[Any]) -> Visit:
    return Visit(
        id=row[0],
        connection_id=row[1],
        appointment_id=row[2],
        state=VisitState(row[3]),
        start_at=row[4],
        end_at=row[5],
        patient_id=row[6],
        practitioner_id=row[7],
        staff_id=row[8],
        is_test=row[9],
    )
