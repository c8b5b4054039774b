"""Appointments as last read, each with its current decision."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Decision, Finding, Outcome
from visitsync.storage.bulk import column_names, fill
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault

KNOWN_GONE = 1000
"""missing_reads of an appointment that the EMR itself said is gone."""

_decode_appointment = msgspec.json.Decoder(Appointment).decode
_decode_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode
_encode = msgspec.json.Encoder().encode

_COLUMNS = (
    ("practice_id", "uuid"),
    ("connection_id", "uuid"),
    ("appointment_id", "text"),
    ("fingerprint", "bytea"),
    ("record", "bytea"),
    ("raw", "bytea"),
    ("intake_id", "int8"),
    ("changed_at", "timestamptz"),
    ("start_at", "timestamptz"),
    ("end_at", "timestamptz"),
    ("patient_id", "text"),
    ("group_patient_ids", "text[]"),
    ("practitioner_id", "text"),
    ("first_seen_at", "timestamptz"),
    ("outcome", "text"),
    ("findings", "bytea"),
    ("expected_by", "timestamptz"),
    ("recheck_at", "timestamptz"),
    ("decided_at", "timestamptz"),
)
_NAMES = column_names(_COLUMNS)
_REPLACE = ", ".join(
    f"{name} = excluded.{name}"
    for name, _ in _COLUMNS
    if name not in {"practice_id", "connection_id", "appointment_id", "first_seen_at"}
)
_VERDICT_COLUMNS = (
    ("appointment_id", "text"),
    ("outcome", "text"),
    ("findings", "bytea"),
    ("expected_by", "timestamptz"),
    ("recheck_at", "timestamptz"),
    ("decided_at", "timestamptz"),
)


class Known(msgspec.Struct, frozen=True):
    """What must be known of a stored appointment to tell whether a fresh reading changes anything."""

    fingerprint: bytes
    changed_at: datetime | None
    first_seen_at: datetime
    missing_reads: int
    missing_since: datetime | None
    outcome: str
    findings: bytes
    expected_by: datetime | None
    recheck_at: datetime | None


class StoredAppointment(msgspec.Struct, frozen=True, kw_only=True):
    """An appointment and its current decision."""

    connection_id: UUID
    appointment: Appointment
    outcome: str
    findings: bytes
    """Encoded; `decided()` opens it."""
    expected_by: datetime | None
    recheck_at: datetime | None
    decided_at: datetime
    intake_id: int

    def decided(self) -> Decision:
        """The current decision, as stored."""
        return Decision(
            outcome=Outcome(self.outcome),
            findings=_decode_findings(self.findings),
            expected_by=self.expected_by,
            recheck_at=self.recheck_at,
        )


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """An appointment and the decision just made about it, ready to be saved."""

    appointment: Appointment
    decision: Decision
    findings: bytes
    is_changed: bool
    """The outcome or a finding differs from what is stored."""
    fingerprint: bytes = b""
    raw: bytes | None = None
    intake_id: int = 0


def encode_findings(findings: tuple[Finding, ...]) -> bytes:
    """Findings as they are stored; equal findings give equal bytes."""
    return _encode(findings)


def known(transaction: Transaction, connection_id: UUID, ids: Sequence[str]) -> dict[str, Known]:
    """Those of these appointments that are stored."""
    rows = transaction.execute(
        """select appointment_id, fingerprint, changed_at, first_seen_at, missing_reads, missing_since,
                  outcome, findings, expected_by, recheck_at
           from appointment where practice_id = %s and connection_id = %s and appointment_id = any(%s)""",
        (transaction.practice_id, connection_id, ids),
        binary=True,
    ).fetchall()
    return {row[0]: Known(*row[1:]) for row in rows}


def save_read(
    transaction: Transaction, vault: Vault, connection_id: UUID, judged: Sequence[Judged], *, now: datetime
) -> None:
    """Keeps appointments as just read, with their decisions. Being read, none of them is missing."""
    practice_id = transaction.practice_id
    fill(transaction, "incoming_appointment", _COLUMNS, _rows(practice_id, connection_id, vault, judged, now))
    transaction.execute(
        f"""insert into appointment ({_NAMES}) select {_NAMES} from incoming_appointment
            on conflict (practice_id, connection_id, appointment_id)
            do update set {_REPLACE}, missing_reads = 0, missing_since = null""".encode()
    )
    transaction.execute(b"delete from incoming_appointment")


def save_verdicts(transaction: Transaction, connection_id: UUID, judged: Sequence[Judged], *, now: datetime) -> None:
    """Keeps new decisions about appointments that were not read again."""
    if not judged:
        return
    rows = (
        (
            one.appointment.id,
            one.decision.outcome,
            one.findings,
            one.decision.expected_by,
            one.decision.recheck_at,
            now,
        )
        for one in judged
    )
    fill(transaction, "incoming_verdict", _VERDICT_COLUMNS, rows)
    transaction.execute(
        """update appointment set outcome = incoming.outcome, findings = incoming.findings,
                  expected_by = incoming.expected_by, recheck_at = incoming.recheck_at, decided_at = incoming.decided_at
           from incoming_verdict incoming
           where practice_id = %s and connection_id = %s and appointment.appointment_id = incoming.appointment_id""",
        (transaction.practice_id, connection_id),
    )
    transaction.execute(b"delete from incoming_verdict")


def select(
    transaction: Transaction, where: str, parameters: dict[str, Any], *, batch: int = 2_000
) -> Iterator[list[StoredAppointment]]:
    """Batches of the practice's appointments that meet a condition of this room, read through a server-side cursor."""
    query = f"""select connection_id, record, first_seen_at, missing_since, outcome, findings, expected_by, recheck_at,
                       decided_at, intake_id
                from appointment where practice_id = %(practice)s and {where}"""
    with transaction.connection.cursor("appointments", binary=True) as cursor:
        cursor.execute(query.encode(), {"practice": transaction.practice_id, **parameters})
        while rows := cursor.fetchmany(batch):
            yield [_stored(row) for row in rows]


def find(transaction: Transaction, connection_id: UUID, ids: Iterable[str]) -> list[StoredAppointment]:
    """These appointments, as far as they are stored."""
    where = "connection_id = %(connection)s and appointment_id = any(%(ids)s)"
    batches = select(transaction, where, {"connection": connection_id, "ids": list(ids)})
    return [one for batch in batches for one in batch]


def of_patients(
    transaction: Transaction, connection_id: UUID, patient_ids: Sequence[str]
) -> Iterator[list[StoredAppointment]]:
    """Appointments of these patients that their record may change: telemedicine, and not over."""
    where = """connection_id = %(connection)s and outcome not in ('not_telemedicine', 'over')
               and (patient_id = any(%(ids)s) or group_patient_ids && %(ids)s)"""
    return select(transaction, where, {"connection": connection_id, "ids": list(patient_ids)})


def now_missing(transaction: Transaction, connection_id: UUID, ids: Sequence[str], *, now: datetime) -> list[str]:
    """One more complete read has not met these; returns those that two or more in a row have not met."""
    rows = transaction.execute(
        """update appointment set missing_reads = missing_reads + 1, missing_since = coalesce(missing_since, %s)
           where practice_id = %s and connection_id = %s and appointment_id = any(%s)
           returning appointment_id, missing_reads""",
        (now, transaction.practice_id, connection_id, list(ids)),
    ).fetchall()
    return [str(identity) for identity, reads in rows if reads >= 2]


def known_gone(transaction: Transaction, connection_id: UUID, ids: Sequence[str], *, now: datetime) -> None:
    """The EMR itself said that these no longer exist. Their fingerprint goes, so that a return is noticed."""
    transaction.execute(
        """update appointment set missing_reads = %s, missing_since = coalesce(missing_since, %s), fingerprint = ''
           where practice_id = %s and connection_id = %s and appointment_id = any(%s)""",
        (KNOWN_GONE, now, transaction.practice_id, connection_id, list(ids)),
    )


def met_again(transaction: Transaction, connection_id: UUID, ids: Sequence[str]) -> None:
    """Appointments that a read had missed were met again, unchanged."""
    transaction.execute(
        """update appointment set missing_reads = 0, missing_since = null
           where practice_id = %s and connection_id = %s and appointment_id = any(%s)""",
        (transaction.practice_id, connection_id, list(ids)),
    )


def read_anew(transaction: Transaction, connection_id: UUID, where: str, parameters: dict[str, Any]) -> int:
    """Forgets fingerprints of appointments that meet a condition of this room: a sweep takes them in anew."""
    return transaction.execute(
        f"""update appointment set fingerprint = '' where practice_id = %(practice)s
            and connection_id = %(connection)s and {where}""".encode(),
        {"practice": transaction.practice_id, "connection": connection_id, **parameters},
    ).rowcount


def raw_bytes(transaction: Transaction, vault: Vault, connection_id: UUID, appointment_id: str) -> bytes | None:
    """The raw record an appointment was translated from; None where none is kept (not telemedicine)."""
    row = transaction.execute(
        "select raw from appointment where practice_id = %s and connection_id = %s and appointment_id = %s",
        (transaction.practice_id, connection_id, appointment_id),
        binary=True,
    ).fetchone()
    if row is None or row[0] is None:
        return None
    return vault.open(row[0], _binding(transaction.practice_id, connection_id, appointment_id))


def count_between(transaction: Transaction, connection_id: UUID, after: datetime, before: datetime) -> int:
    """How many appointments that are not known to be gone start inside that time."""
    row = transaction.execute(
        """select count(*) from appointment
           where practice_id = %s and connection_id = %s and start_at >= %s and start_at < %s and missing_reads < %s""",
        (transaction.practice_id, connection_id, after, before, KNOWN_GONE),
    ).fetchone()
    return int(row[0]) if row else 0


def outcome_counts(transaction: Transaction, connection_id: UUID) -> dict[str, int]:
    """How many appointments have which outcome now."""
    rows = transaction.execute(
        "select outcome, count(*) from appointment where practice_id = %s and connection_id = %s group by outcome",
        (transaction.practice_id, connection_id),
    ).fetchall()
    return {str(outcome): int(count) for outcome, count in rows}


def _rows(
    practice_id: UUID, connection_id: UUID, vault: Vault, judged: Sequence[Judged], now: datetime
) -> Iterator[tuple[Any, ...]]:
    for one in judged:
        appointment, decision = one.appointment, one.decision
        raw = one.raw
        yield (
            practice_id,
            connection_id,
            appointment.id,
            one.fingerprint,
            _encode(appointment),
            None if raw is None else vault.seal(raw, _binding(practice_id, connection_id, appointment.id)),
            one.intake_id,
            appointment.changed_at,
            appointment.start.instant,
            appointment.end,
            appointment.patient_id,
            list(appointment.other_patient_ids) or None,
            appointment.practitioner_id,
            appointment.first_seen_at or now,
            decision.outcome,
            one.findings,
            decision.expected_by,
            decision.recheck_at,
            now,
        )


def _stored(row: tuple[Any, ...]) -> StoredAppointment:
    (
        connection_id,
        record,
        first_seen_at,
        missing_since,
        outcome,
        findings,
        expected_by,
        recheck_at,
        decided_at,
        intake,
    ) = row
    appointment = _decode_appointment(record)
    if appointment.first_seen_at != first_seen_at or appointment.missing_since != missing_since:
        appointment = msgspec.structs.replace(appointment, first_seen_at=first_seen_at, missing_since=missing_since)
    return StoredAppointment(
        connection_id=connection_id,
        appointment=appointment,
        outcome=outcome,
        findings=findings,
        expected_by=expected_by,
        recheck_at=recheck_at,
        decided_at=decided_at,
        intake_id=intake,
    )


def _binding(practice_id: UUID, connection_id: UUID, appointment_id: str) -> bytes:
    return b"appointment|" + practice_id.bytes + connection_id.bytes + appointment_id.encode()
