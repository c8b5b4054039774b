"""The history of decisions: only ever added to, each with what caused it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.domain.decision import Finding, Outcome
from visitsync.storage.appointments import Judged
from visitsync.storage.bulk import column_names, fill
from visitsync.storage.database import Transaction

_decode_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode

_COLUMNS = (
    ("practice_id", "uuid"),
    ("connection_id", "uuid"),
    ("appointment_id", "text"),
    ("decided_at", "timestamptz"),
    ("outcome", "text"),
    ("findings", "bytea"),
    ("expected_by", "timestamptz"),
    ("cause", "text"),
    ("cause_id", "text"),
    ("rules_version", "text"),
)
_NAMES = column_names(_COLUMNS)


class Cause(msgspec.Struct, frozen=True):
    """Why a decision was made: what happened, and the number of the answer, setting change or delivery that says so."""

    what: str
    id: str = ""


class PastDecision(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of an appointment's history."""

    decided_at: datetime
    outcome: Outcome
    findings: tuple[Finding, ...]
    expected_by: datetime | None
    cause: str
    cause_id: str
    rules_version: str


def append(
    transaction: Transaction,
    connection_id: UUID,
    judged: Iterable[Judged],
    cause: Cause,
    *,
    rules_version: str,
    now: datetime,
) -> None:
    """Adds these decisions to the history."""
    practice_id, what, identity = transaction.practice_id, cause.what, cause.id
    rows = (
        (
            practice_id,
            connection_id,
            one.appointment.id,
            now,
            one.decision.outcome,
            one.findings,
            one.decision.expected_by,
            what,
            identity,
            rules_version,
        )
        for one in judged
    )
    fill(transaction, "incoming_decision", _COLUMNS, rows)
    transaction.execute(f"insert into decision ({_NAMES}) select {_NAMES} from incoming_decision".encode())
    transaction.execute(b"delete from incoming_decision")


def history(transaction: Transaction, connection_id: UUID, appointment_id: str) -> list[PastDecision]:
    """All decisions about one appointment, oldest first."""
    rows = transaction.execute(
        """select decided_at, outcome, findings, expected_by, cause, cause_id, rules_version from decision
           where practice_id = %s and connection_id = %s and appointment_id = %s order by decision_id""",
        (transaction.practice_id, connection_id, appointment_id),
        binary=True,
    ).fetchall()
    return [
        PastDecision(
            decided_at=row[0],
            outcome=Outcome(row[1]),
            findings=_decode_findings(row[2]),
            expected_by=row[3],
            cause=row[4],
            cause_id=row[5],
            rules_version=row[6],
        )
        for row in rows
    ]
