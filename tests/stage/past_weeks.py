"""A practice's past, written into the tables as if it had been lived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from visitsync.domain.decision import Finding
from visitsync.storage.database import Transaction


class Lived(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment of the past: when it was booked and began, and how it was judged when."""

    start: datetime
    booked_at: datetime
    decided: tuple[tuple[datetime, str, tuple[str, ...]], ...]
    """When, outcome, codes of all findings."""
    minutes_long: int = 30
    is_test: bool = False

    @property
    def ready_at(self) -> datetime | None:
        return next((at for at, outcome, _ in self.decided if outcome == "ready"), None)


def live(transaction: Transaction, connection_id: UUID, past: Sequence[Lived], *, prefix: str = "past") -> None:
    """Writes them. Nothing in their records can be opened: for what counts, and not for what shows single ones."""
    rows = list(enumerate(past))
    with transaction.cursor() as cursor:
        cursor.executemany(
            _APPOINTMENT, [_appointment(transaction, connection_id, f"{prefix}-{n}", one) for n, one in rows]
        )
        cursor.executemany(
            _DECISION,
            [
                (transaction.practice_id, connection_id, f"{prefix}-{n}", at, outcome, _findings(codes))
                for n, one in rows
                for at, outcome, codes in one.decided
            ],
        )
        cursor.executemany(
            _VISIT,
            [
                (transaction.practice_id, connection_id, f"{prefix}-{n}", one.start, _end(one), one.is_test,
                 one.booked_at, one.ready_at, one.ready_at)
                for n, one in rows
                if one.ready_at
            ],
        )  # fmt: skip
        cursor.executemany(
            "insert into test_visit values (%s, %s, %s, 'Ana Admin', %s)",
            [(transaction.practice_id, connection_id, f"{prefix}-{n}", _end(one)) for n, one in rows if one.is_test],
        )


def read(transaction: Transaction, connection_id: UUID, at: datetime, *, changed: int = 0, repaired: int = 0) -> None:
    """A sweep that came to its end then."""
    transaction.execute(
        """insert into sync_run (practice_id, run_id, connection_id, kind, started_at, finished_at, is_complete,
                                 changed, repaired)
           values (%s, %s, %s, 'sweep', %s, %s, true, %s, %s)""",
        (transaction.practice_id, uuid4(), connection_id, at, at + timedelta(minutes=1), changed, repaired),
    )


def three_months(now: datetime) -> list[Lived]:
    """Every workday some visits: most are quick, some wait for a person, a few are late or never ready."""
    past = []
    days = [now - timedelta(days=back) for back in range(88, -1, -1)]
    for number, day in enumerate(one for one in days if one.weekday() < 5):
        for slot in range(4 + number % 3):
            start = day.replace(hour=15 + slot, minute=0, second=0, microsecond=0)
            if start < now:
                past.append(_lived(start, number * 7 + slot))
    return past


def _lived(start: datetime, number: int) -> Lived:
    booked = start - timedelta(hours=20 + number % 30)
    seen = booked + timedelta(minutes=2 + number % 11, seconds=20)
    ready: tuple[str, tuple[str, ...]] = ("ready", ())
    decided: tuple[tuple[datetime, str, tuple[str, ...]], ...]
    if number % 9 == 4:
        wait = timedelta(hours=3)
        code = ("email-missing", "email-shared", "type-misspelt", "demographics-missing")[number // 9 % 4]
        codes = (code, "email-missing") if code == "demographics-missing" else (code,)
        decided = ((seen, "needs_fix", codes), (seen + wait, *ready))
    elif number % 23 == 5:
        decided = ((seen, "needs_provider", ("provider-not-enabled",)), (start + timedelta(minutes=9), *ready))
    elif number % 31 == 7:
        decided = ((seen, "needs_fix", ("email-missing",)),)
    elif number % 17 == 3:
        decided = ((booked + timedelta(minutes=24 + number % 21), *ready),)
    else:
        decided = ((seen, *ready),)
    return Lived(start=start, booked_at=booked, decided=decided)


def _appointment(transaction: Transaction, connection_id: UUID, identity: str, one: Lived) -> tuple[object, ...]:
    seen, last = one.decided[0][0], one.decided[-1]
    return (
        transaction.practice_id, connection_id, identity, one.start, _end(one), seen, last[1],
        _findings(last[2]), last[0],
    )  # fmt: skip


def _end(one: Lived) -> datetime:
    return one.start + timedelta(minutes=one.minutes_long)


def _findings(codes: Sequence[str]) -> bytes:
    return msgspec.json.encode([Finding(code) for code in codes])


_APPOINTMENT = """
    insert into appointment (practice_id, connection_id, appointment_id, fingerprint, record, intake_id, start_at,
                             end_at, first_seen_at, outcome, findings, decided_at)
    values (%s, %s, %s, '', '', 0, %s, %s, %s, %s, %s, %s)"""
_DECISION = """
    insert into decision (practice_id, connection_id, appointment_id, decided_at, outcome, findings, cause, cause_id,
                          rules_version)
    values (%s, %s, %s, %s, %s, %s, 'read from the EMR', '1', 'test')"""
_VISIT = """
    insert into visit (practice_id, connection_id, appointment_id, state, start_at, end_at, patient_id, is_test,
                       booked_at, created_at, changed_at)
    values (%s, %s, %s, 'over', %s, %s, '1', %s, %s, %s, %s)"""
