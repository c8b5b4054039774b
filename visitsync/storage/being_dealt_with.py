"""Who deals with what needs somebody: one person per thing at a time, and a history of who did."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault, place

LONGEST_NOTE = 200


class Dealing(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody deals, or dealt, with something."""

    dealing_id: UUID
    subject: str
    title: str
    """What it was when it began."""
    staff_id: UUID
    name: str
    """Of the staff member."""
    note: str
    began_at: datetime
    """Aware, UTC."""
    ended_at: datetime | None
    ended_by: str | None
    """The name of whoever put it down; None with an end: it was mended."""

    def __repr__(self) -> str:
        return f"Dealing({self.dealing_id})"


def begin(
    transaction: Transaction, vault: Vault, *, subject: str, title: str, staff_id: UUID, note: str, now: datetime
) -> UUID:
    """This person deals with it from now on; whoever did so far no longer does. Notes are cut after LONGEST_NOTE."""
    practice_id, dealing_id = transaction.practice_id, uuid4()
    end(transaction, subject, staff_id=staff_id, now=now)
    text = " ".join(note.replace("\0", " ").split())[:LONGEST_NOTE].encode("utf-8", "replace")
    transaction.execute(
        """insert into being_dealt_with (practice_id, dealing_id, subject, title, staff_id, note, began_at)
           values (%s, %s, %s, %s, %s, %s, %s)""",
        (
            practice_id,
            dealing_id,
            subject,
            title,
            staff_id,
            vault.seal(text, note_place(practice_id, dealing_id)) if text else None,
            now,
        ),
    )
    return dealing_id


def end(transaction: Transaction, subject: str, *, staff_id: UUID, now: datetime) -> bool:
    """This person says that nobody deals with it any more; False: nobody did."""
    ended = transaction.execute(
        """update being_dealt_with set ended_at = %s, ended_by = %s
           where practice_id = %s and subject = %s and ended_at is null""",
        (now, staff_id, transaction.practice_id, subject),
    )
    return bool(ended.rowcount)


def end_mended(transaction: Transaction, subjects: Collection[str], *, now: datetime) -> None:
    """What these are about needs nobody any more."""
    if subjects:
        transaction.execute(
            """update being_dealt_with set ended_at = %s
               where practice_id = %s and subject = any(%s) and ended_at is null""",
            (now, transaction.practice_id, sorted(subjects)),
        )


def current(transaction: Transaction, vault: Vault) -> Mapping[str, Dealing]:
    """Subject → who deals with it now."""
    return {one.subject: one for one in _select(transaction, vault, "ended_at is null", at_most=None)}


def latest(transaction: Transaction, vault: Vault, *, at_most: int) -> list[Dealing]:
    """What was begun last, newest first, ended or not."""
    return _select(transaction, vault, "true", at_most=at_most)


def note_place(practice_id: UUID, dealing_id: UUID) -> bytes:
    """Where a sealed note belongs."""
    return place("being_dealt_with.note", practice_id, dealing_id)


def _select(transaction: Transaction, vault: Vault, where: str, *, at_most: int | None) -> list[Dealing]:
    rows = transaction.execute(
        f"""select dealing_id, subject, title, one.staff_id, staff.name, note, began_at, ended_at, ender.name
            from being_dealt_with as one
            join staff on staff.practice_id = one.practice_id and staff.staff_id = one.staff_id
            left join staff as ender on ender.practice_id = one.practice_id and ender.staff_id = one.ended_by
            where one.practice_id = %s and {where} order by began_at desc, dealing_id limit %s""".encode(),
        (transaction.practice_id, at_most),
    ).fetchall()
    return [_opened(vault, transaction.practice_id, row) for row in rows]


def _opened(vault: Vault, practice_id: UUID, row: Any) -> Dealing:
    dealing_id, subject, title, staff_id, name, note, began_at, ended_at, ended_by = row
    return Dealing(
        dealing_id=dealing_id,
        subject=subject,
        title=title,
        staff_id=staff_id,
        name=name,
        note=vault.open(note, note_place(practice_id, dealing_id)).decode() if note else "",
        began_at=began_at,
        ended_at=ended_at,
        ended_by=ended_by,
    )
