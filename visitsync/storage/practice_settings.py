"""What a practice decided: approved marks, accepted spellings, households, meanings of statuses, test visits.

Every change goes through here together with a line in setting_change, whose number decisions name as their cause.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

import msgspec

from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.domain.practice import Agreement, Condition, Recognition
from visitsync.storage.database import Transaction


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """One approved mark of telemedicine."""

    kind: MarkKind
    value: str
    is_id: bool
    spelling_of: str | None
    approved_by: str
    approved_at: datetime


class Author(msgspec.Struct, frozen=True):
    """Who changes a setting, and when (aware, UTC)."""

    name: str
    now: datetime


def note_change(
    transaction: Transaction,
    author: Author,
    what: str,
    *,
    before: str | None = None,
    after: str | None = None,
    undoes: int | None = None,
) -> int:
    """Keeps that a setting was changed; returns the number of the change. Values carry no patient data."""
    row = transaction.execute(
        """insert into setting_change (practice_id, changed_at, changed_by, what, before, after, undoes)
           values (%s, %s, %s, %s, %s, %s, %s) returning change_id""",
        (transaction.practice_id, author.now, author.name, what, before, after, undoes),
    ).fetchone()
    assert row is not None  # noqa: S101  # an insert returns its row
    return int(row[0])


def approve(
    transaction: Transaction,
    connection_id: UUID,
    author: Author,
    *,
    kind: MarkKind,
    value: str,
    is_id: bool,
    spelling_of: str | None = None,
) -> int:
    """Approves a mark (or accepts a spelling of one); returns the number of the change."""
    return approve_all(
        transaction, connection_id, author, kind=kind, values=[value], is_id=is_id, spelling_of=spelling_of
    )


def approve_all(
    transaction: Transaction,
    connection_id: UUID,
    author: Author,
    *,
    kind: MarkKind,
    values: Sequence[str],
    is_id: bool,
    spelling_of: str | None = None,
) -> int:
    """The same for several marks at once, as one change: one name may have many ids."""
    with transaction.cursor() as cursor:
        cursor.executemany(
            """insert into approval (practice_id, connection_id, kind, value, is_id, spelling_of,
                                     approved_by, approved_at)
               values (%s, %s, %s, %s, %s, %s, %s, %s)
               on conflict (practice_id, connection_id, kind, is_id, value)
               do update set spelling_of = excluded.spelling_of""",
            [
                (transaction.practice_id, connection_id, kind, value, is_id, spelling_of, author.name, author.now)
                for value in values
            ],
        )
    return note_change(transaction, author, f"approve {kind}", after=", ".join(values))


def withdraw_approval(
    transaction: Transaction, connection_id: UUID, author: Author, *, kind: MarkKind, value: str
) -> int:
    """Takes an approval back. Raises LookupError where there is none."""
    removed = transaction.execute(
        "delete from approval where practice_id = %s and connection_id = %s and kind = %s and value = %s",
        (transaction.practice_id, connection_id, kind, value),
    ).rowcount
    if not removed:
        raise LookupError(value)
    return note_change(transaction, author, f"withdraw {kind}", before=value)


def approvals(transaction: Transaction, connection_id: UUID) -> list[Approval]:
    """All approved marks of a connection."""
    rows = transaction.execute(
        """select kind, value, is_id, spelling_of, approved_by, approved_at from approval
           where practice_id = %s and connection_id = %s order by kind, value""",
        (transaction.practice_id, connection_id),
    ).fetchall()
    return [
        Approval(
            kind=MarkKind(row[0]),
            value=row[1],
            is_id=row[2],
            spelling_of=row[3],
            approved_by=row[4],
            approved_at=row[5],
        )
        for row in rows
    ]


def recognition(approved: Sequence[Approval], *, usual_kind: MarkKind, agreement: Agreement) -> Recognition:
    """The approved marks as conditions, one per kind of mark; the EMR's usual kind where nothing is approved yet."""
    by_kind: dict[MarkKind, list[Approval]] = defaultdict(list)
    for one in approved:
        by_kind[one.kind].append(one)
    kinds = sorted(by_kind, key=lambda kind: (kind != usual_kind, kind)) or [usual_kind]
    conditions = (
        Condition(
            kind=kind,
            approved_ids=frozenset(one.value for one in by_kind[kind] if one.is_id),
            approved_texts=frozenset(one.value for one in by_kind[kind] if not one.is_id and one.spelling_of is None),
            accepted_spellings=frozenset(
                one.value for one in by_kind[kind] if not one.is_id and one.spelling_of is not None
            ),
        )
        for kind in kinds
    )
    return Recognition(conditions=tuple(conditions), agreement=agreement)


def mean_status(
    transaction: Transaction, connection_id: UUID, author: Author, *, status_text: str, status: AppointmentStatus
) -> int:
    """Says what one of the practice's own statuses means."""
    transaction.execute(
        """insert into status_meaning (practice_id, connection_id, status_text, status) values (%s, %s, %s, %s)
           on conflict (practice_id, connection_id, status_text) do update set status = excluded.status""",
        (transaction.practice_id, connection_id, status_text.casefold(), status),
    )
    return note_change(transaction, author, "status meaning", before=status_text, after=status)


def status_meanings(transaction: Transaction, connection_id: UUID) -> dict[str, AppointmentStatus]:
    """Case-folded status → meaning."""
    rows = transaction.execute(
        "select status_text, status from status_meaning where practice_id = %s and connection_id = %s",
        (transaction.practice_id, connection_id),
    ).fetchall()
    return {str(text): AppointmentStatus(status) for text, status in rows}


def link_household(
    transaction: Transaction, connection_id: UUID, author: Author, patient_ids: Sequence[str]
) -> tuple[UUID, int]:
    """Says that these patients are one household and may share an address; a household they had grows.

    Returns the household and the number of the change.
    """
    row = transaction.execute(
        """select household_id from household_member
           where practice_id = %s and connection_id = %s and patient_id = any(%s) limit 1""",
        (transaction.practice_id, connection_id, list(patient_ids)),
    ).fetchone()
    household_id = UUID(str(row[0])) if row else uuid4()
    with transaction.cursor() as cursor:
        cursor.executemany(
            """insert into household_member (practice_id, connection_id, patient_id, household_id, linked_by, linked_at)
               values (%s, %s, %s, %s, %s, %s)
               on conflict (practice_id, connection_id, patient_id) do update
               set household_id = excluded.household_id, linked_by = excluded.linked_by,
                   linked_at = excluded.linked_at""",
            [
                (transaction.practice_id, connection_id, patient_id, household_id, author.name, author.now)
                for patient_id in patient_ids
            ],
        )
    return household_id, note_change(transaction, author, "link household", after=", ".join(sorted(patient_ids)))


def unlink_household(transaction: Transaction, connection_id: UUID, author: Author, patient_ids: Sequence[str]) -> int:
    """Says that these patients belong to no household any more; returns the number of the change.

    Raises LookupError where none of them belongs to one.
    """
    removed = transaction.execute(
        "delete from household_member where practice_id = %s and connection_id = %s and patient_id = any(%s)",
        (transaction.practice_id, connection_id, list(patient_ids)),
    ).rowcount
    if not removed:
        raise LookupError("none of them belongs to a household")
    return note_change(transaction, author, "unlink household", before=", ".join(sorted(patient_ids)))


def households(transaction: Transaction, connection_id: UUID) -> dict[str, str]:
    """Patient id → household id."""
    rows = transaction.execute(
        "select patient_id, household_id::text from household_member where practice_id = %s and connection_id = %s",
        (transaction.practice_id, connection_id),
    ).fetchall()
    return {str(patient_id): str(household_id) for patient_id, household_id in rows}


def declare_test_visit(
    transaction: Transaction, connection_id: UUID, author: Author, appointment_id: str, *, expires_at: datetime
) -> int:
    """Says that an appointment is a test: no e-mail collision, not counted, gone when it expires."""
    transaction.execute(
        """insert into test_visit (practice_id, connection_id, appointment_id, declared_by, expires_at)
           values (%s, %s, %s, %s, %s)
           on conflict (practice_id, connection_id, appointment_id) do update set expires_at = excluded.expires_at""",
        (transaction.practice_id, connection_id, appointment_id, author.name, expires_at),
    )
    return note_change(transaction, author, "test visit", after=appointment_id)


def undeclare_test_visit(transaction: Transaction, connection_id: UUID, author: Author, appointment_id: str) -> int:
    """Says that an appointment is no test after all. Raises LookupError where it was not declared one."""
    removed = transaction.execute(
        "delete from test_visit where practice_id = %s and connection_id = %s and appointment_id = %s",
        (transaction.practice_id, connection_id, appointment_id),
    ).rowcount
    if not removed:
        raise LookupError(appointment_id)
    return note_change(transaction, author, "no test visit", before=appointment_id)


def test_visits(transaction: Transaction, connection_id: UUID, *, now: datetime) -> frozenset[str]:
    """Appointments that are declared tests and have not expired."""
    rows = transaction.execute(
        """select appointment_id from test_visit
           where practice_id = %s and connection_id = %s and expires_at > %s""",
        (transaction.practice_id, connection_id, now),
    ).fetchall()
    return frozenset(str(row[0]) for row in rows)


def close_on(transaction: Transaction, author: Author, days: Sequence[date]) -> int:
    """Adds days on which the practice is closed (its own zone)."""
    transaction.execute(
        """update practice set closures = (select array_agg(distinct day order by day)
                                           from unnest(closures || %s::date[]) as day)
           where practice_id = %s""",
        (list(days), transaction.practice_id),
    )
    return note_change(transaction, author, "closures", after=", ".join(day.isoformat() for day in days))


def open_on(transaction: Transaction, author: Author, days: Sequence[date]) -> int:
    """Takes days back on which the practice would have been closed (its own zone)."""
    transaction.execute(
        """update practice set closures = array(select day from unnest(closures) as day
                                                where day <> all(%s::date[]) order by day)
           where practice_id = %s""",
        (list(days), transaction.practice_id),
    )
    return note_change(transaction, author, "closures", before=", ".join(day.isoformat() for day in days))


def forget_status(transaction: Transaction, connection_id: UUID, author: Author, *, status_text: str) -> int:
    """Takes the meaning of a status back. Raises LookupError where none was given."""
    row = transaction.execute(
        """delete from status_meaning where practice_id = %s and connection_id = %s and status_text = %s
           returning status""",
        (transaction.practice_id, connection_id, status_text.casefold()),
    ).fetchone()
    if row is None:
        raise LookupError(status_text)
    return note_change(transaction, author, "status meaning", before=f"{status_text}: {row[0]}")
