"""The history of decisions: only ever added to, each with what caused it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from visitsync.domain.decision import Finding, Outcome
from visitsync.storage.database import Transaction

_decode_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode


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
    transaction: Transaction, connection_id: UUID, judged_in: str, cause: Cause, *, rules_version: str, now: datetime
) -> None:
    """Adds the changed ones of the decisions just saved; `judged_in` is where appointments.save_… says they are."""
    transaction.execute(
        f"""insert into decision (practice_id, connection_id, appointment_id, decided_at, outcome, findings,
                                  expected_by, cause, cause_id, rules_version)
            select %s, %s, appointment_id, %s, outcome, findings, expected_by, %s, %s, %s
            from {judged_in} where is_changed""".encode(),
        (transaction.practice_id, connection_id, now, cause.what, cause.id, rules_version),
    )


def append_gone(
    transaction: Transaction, connection_id: UUID, ids: Sequence[str], cause: Cause, *, rules_version: str,
    now: datetime,
) -> None:  # fmt: skip
    """Notes of appointments that were never stored that the EMR, asked for them, did not know; each once."""
    transaction.execute(
        """insert into decision (practice_id, connection_id, appointment_id, decided_at, outcome, findings,
                                 cause, cause_id, rules_version)
           select %(practice)s, %(connection)s, id, %(now)s, %(outcome)s, %(findings)s, %(cause)s, %(cause_id)s,
                  %(version)s
           from unnest(%(ids)s::text[]) as id
           where not exists (select from decision where practice_id = %(practice)s and appointment_id = id
                             and connection_id = %(connection)s)""",
        {
            "practice": transaction.practice_id,
            "connection": connection_id,
            "ids": list(ids),
            "now": now,
            "outcome": Outcome.CANCELLED,
            "findings": msgspec.json.encode((Finding("record-gone"),)),
            "cause": cause.what,
            "cause_id": cause.id,
            "version": rules_version,
        },
    )


def history(transaction: Transaction, connection_id: UUID, appointment_id: str) -> list[PastDecision]:
    """All decisions about one appointment, oldest first."""
    return histories(transaction, [(connection_id, appointment_id)]).get((connection_id, appointment_id), [])


def histories(
    transaction: Transaction, keys: Collection[tuple[UUID, str]]
) -> dict[tuple[UUID, str], list[PastDecision]]:
    """Connection and appointment → all decisions about it, oldest first, in one query."""
    found: dict[tuple[UUID, str], list[PastDecision]] = {}
    if not keys:
        return found
    connections, ids = zip(*keys, strict=True)
    rows = transaction.execute(
        _HISTORIES,
        {"practice": transaction.practice_id, "connections": list(connections), "ids": list(ids)},
        binary=True,
    ).fetchall()
    for row in rows:
        found.setdefault((row[0], row[1]), []).append(_past(row[2:]))
    return found


_HISTORIES = b"""
    select found.* from unnest(%(connections)s::uuid[], %(ids)s::text[]) as asked (connection, id)
    cross join lateral (
        select connection_id, appointment_id, decided_at, outcome, findings, expected_by, cause, cause_id,
               rules_version, decision_id
        from decision where practice_id = %(practice)s and appointment_id = asked.id
        and connection_id = asked.connection offset 0) as found
    order by decision_id"""


def _past(row: Sequence[Any]) -> PastDecision:
    return PastDecision(
        decided_at=row[0],
        outcome=Outcome(row[1]),
        findings=_decode_findings(row[2]),
        expected_by=row[3],
        cause=row[4],
        cause_id=row[5],
        rules_version=row[6],
    )
