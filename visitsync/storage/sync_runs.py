"""Every reading of a connection: what was asked, how far it came, what it found; and what a sweep has met so far."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec.structs import astuple

from visitsync.storage.bulk import fill
from visitsync.storage.database import Transaction


class SyncRun(msgspec.Struct, frozen=True, kw_only=True):
    """One reading, finished or not."""

    run_id: UUID
    connection_id: UUID
    kind: str
    started_at: datetime
    finished_at: datetime | None = None
    is_complete: bool = False
    first_day: date | None = None
    last_day: date | None = None
    pages: int = 0
    records: int = 0
    changed: int = 0
    unreadable: int = 0
    repaired: int = 0
    """Changes that only this sweep found although the changes feed should have told."""
    trouble: str | None = None


class Tally(msgspec.Struct, kw_only=True):
    """What a run has counted so far."""

    pages: int = 0
    records: int = 0
    changed: int = 0
    unreadable: int = 0
    repaired: int = 0

    def less(self, counted: "Tally") -> "Tally":
        """What has been counted since."""
        return Tally(**{name: getattr(self, name) - getattr(counted, name) for name in self.__struct_fields__})


_FIELDS = """run_id, connection_id, kind, started_at, finished_at, is_complete, first_day, last_day,
             pages, records, changed, unreadable, repaired, trouble"""


def begin(
    transaction: Transaction,
    connection_id: UUID,
    *,
    run_id: UUID,
    kind: str,
    now: datetime,
    days: tuple[date, date] | None = None,
) -> None:
    """Notes that a reading starts."""
    first, last = days or (None, None)
    transaction.execute(
        """insert into sync_run (practice_id, run_id, connection_id, kind, started_at, first_day, last_day)
           values (%s, %s, %s, %s, %s, %s, %s)""",
        (transaction.practice_id, run_id, connection_id, kind, now, first, last),
    )


def count(transaction: Transaction, run_id: UUID, tally: Tally) -> None:
    """Adds to what a reading under way has counted so far."""
    transaction.execute(
        """update sync_run set pages = pages + %s, records = records + %s, changed = changed + %s,
                  unreadable = unreadable + %s, repaired = repaired + %s
           where practice_id = %s and run_id = %s""",
        (*astuple(tally), transaction.practice_id, run_id),
    )


def note(
    transaction: Transaction,
    connection_id: UUID,
    tally: Tally,
    *,
    run_id: UUID,
    kind: str,
    began_at: datetime,
    is_complete: bool,
    now: datetime,
    trouble: str | None = None,
) -> None:
    """Notes a reading that has ended, in one line; a complete one also as the last of its kind."""
    transaction.execute(
        """insert into sync_run (practice_id, run_id, connection_id, kind, started_at, finished_at, is_complete,
                                 trouble, pages, records, changed, unreadable, repaired)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
           on conflict (practice_id, run_id) do update
           set finished_at = excluded.finished_at, is_complete = excluded.is_complete, trouble = excluded.trouble,
               pages = sync_run.pages + excluded.pages, records = sync_run.records + excluded.records,
               changed = sync_run.changed + excluded.changed, unreadable = sync_run.unreadable + excluded.unreadable,
               repaired = sync_run.repaired + excluded.repaired""",
        (
            transaction.practice_id,
            run_id,
            connection_id,
            kind,
            began_at,
            now,
            is_complete,
            trouble,
            tally.pages,
            tally.records,
            tally.changed,
            tally.unreadable,
            tally.repaired,
        ),
    )
    if is_complete:
        note_last(transaction, connection_id, kind, at=began_at)


def note_last(transaction: Transaction, connection_id: UUID, kind: str, *, at: datetime) -> None:
    """The last of that kind began then (aware), unless a later one is known: a reading, or a message that came."""
    transaction.execute(
        """insert into last_reading (practice_id, connection_id, kind, began_at) values (%s, %s, %s, %s)
           on conflict (practice_id, connection_id, kind)
           do update set began_at = greatest(last_reading.began_at, excluded.began_at)""",
        (transaction.practice_id, connection_id, kind, at),
    )


def last_readings(transaction: Transaction, connection_id: UUID) -> dict[str, datetime]:
    """Kind of reading → when the last complete one began (aware, UTC)."""
    rows = transaction.execute(
        "select kind, began_at from last_reading where practice_id = %s and connection_id = %s",
        (transaction.practice_id, connection_id),
    ).fetchall()
    return {str(kind): began_at for kind, began_at in rows}


def latest(transaction: Transaction, connection_id: UUID, kind: str, *, only_complete: bool = False) -> SyncRun | None:
    """The last reading of that kind."""
    row = transaction.execute(
        f"""select {_FIELDS} from sync_run
            where practice_id = %s and connection_id = %s and kind = %s and (is_complete or not %s)
            order by started_at desc limit 1""",  # constants only
        (transaction.practice_id, connection_id, kind, only_complete),
    ).fetchone()
    return None if row is None else SyncRun(**dict(zip(SyncRun.__struct_fields__, row, strict=True)))


def unfinished(transaction: Transaction, connection_id: UUID, kind: str, *, spoilt_by: str) -> SyncRun | None:
    """The last reading of that kind, where it did not come to its end: its process died, or trouble stopped it.

    None where it is complete, or was stopped by that one trouble, after which nothing of it may be used.
    """
    run = latest(transaction, connection_id, kind)
    return run if run is not None and not run.is_complete and run.trouble != spoilt_by else None


def repaired_since(transaction: Transaction, connection_id: UUID, since: datetime) -> tuple[int, int]:
    """(changes found only by sweeps, all records changed) in runs that started since then: the miss rate."""
    row = transaction.execute(
        """select coalesce(sum(repaired), 0), coalesce(sum(changed), 0) from sync_run
           where practice_id = %s and connection_id = %s and started_at >= %s""",
        (transaction.practice_id, connection_id, since),
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def usual_records(transaction: Transaction, connection_id: UUID, kind: str, *, at_least: int) -> int | None:
    """How many records the latest readings of that kind had, the middle one; None if there were fewer than that."""
    rows = transaction.execute(
        """select records from sync_run where practice_id = %s and connection_id = %s and kind = %s and is_complete
           order by started_at desc limit 7""",
        (transaction.practice_id, connection_id, kind),
    ).fetchall()
    return sorted(int(row[0]) for row in rows)[len(rows) // 2] if len(rows) >= at_least else None


def saw(transaction: Transaction, connection_id: UUID, run_id: UUID, ids: Sequence[str]) -> None:
    """Notes the appointments that a sweep met."""
    fill(transaction, "incoming_seen", (("appointment_id", "text"),), [(identity,) for identity in ids])
    transaction.execute(
        """insert into sweep_seen (practice_id, connection_id, run_id, appointment_id)
           select %s, %s, %s, appointment_id from incoming_seen on conflict do nothing""",
        (transaction.practice_id, connection_id, run_id),
    )


def unseen(
    transaction: Transaction, connection_id: UUID, run_id: UUID, starts_from: datetime, starts_before: datetime
) -> list[str]:
    """Appointments that we hold inside that time and that the sweep has not met, and that are not known to be gone."""
    rows = transaction.execute(
        """select appointment_id from appointment
           where practice_id = %(practice)s and connection_id = %(connection)s
             and start_at >= %(from)s and start_at < %(before)s and missing_reads < 1000
             and not exists (select from sweep_seen where practice_id = %(practice)s and connection_id = %(connection)s
                             and run_id = %(run)s and sweep_seen.appointment_id = appointment.appointment_id
                             offset 0)""",
        {
            "practice": transaction.practice_id,
            "connection": connection_id,
            "run": run_id,
            "from": starts_from,
            "before": starts_before,
        },
    ).fetchall()
    return [str(row[0]) for row in rows]


def forget_seen(transaction: Transaction, connection_id: UUID) -> None:
    """Empties the notes of all sweeps of a connection; the last one is complete or a new one begins."""
    transaction.execute(
        "delete from sweep_seen where practice_id = %s and connection_id = %s", (transaction.practice_id, connection_id)
    )
