"""Appointments as last read, each with its current decision."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Decision, Finding, Outcome
from visitsync.storage.bulk import column_names, each, fill
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault

KNOWN_GONE = 1000
"""missing_reads of an appointment that the EMR itself said is gone."""

_decode_appointment = msgspec.json.Decoder(Appointment).decode
_decode_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode
_encode = msgspec.json.Encoder().encode

_READ, _VERDICTS = "incoming_appointment", "incoming_verdict"
_COLUMNS = (
    ("appointment_id", "text"),
    ("fingerprint", "bytea"),
    ("record", "bytea"),
    ("raw", "bytea"),
    ("intake_id", "int8"),
    ("changed_at", "timestamptz"),
    ("start_at", "timestamptz"),
    ("end_at", "timestamptz"),
    ("patient_id", "text"),
    ("practitioner_id", "text"),
    ("first_seen_at", "timestamptz"),
    ("outcome", "text"),
    ("findings", "bytea"),
    ("expected_by", "timestamptz"),
    ("recheck_at", "timestamptz"),
)
_IS_CHANGED = ("is_changed", "bool")
_NAMES = column_names(_COLUMNS)
_REPLACE = ", ".join(
    f"{name} = excluded.{name}" for name, _ in _COLUMNS if name not in {"appointment_id", "first_seen_at"}
)
_BY_ID = "practice_id = %(practice)s and connection_id = %(connection)s and appointment_id = asked.key"
_BY_PATIENT = "practice_id = %(practice)s and connection_id = %(connection)s and patient_id = asked.key"
_KNOWN_COLUMNS = """appointment_id, fingerprint, changed_at, first_seen_at, missing_reads, missing_since,
                    outcome, findings, expected_by, recheck_at, patient_id"""
_KNOWN = f"select found.* {each('%(keys)s', 'appointment', _KNOWN_COLUMNS, _BY_ID)}".encode()
STORED_COLUMNS = """connection_id, appointment_id, record, first_seen_at, missing_since, outcome, findings,
                     expected_by, recheck_at, decided_at, intake_id"""
"""Of a query of this room, in the order in which `opened` reads them."""
_VERDICT_COLUMNS = (
    ("appointment_id", "text"),
    ("outcome", "text"),
    ("findings", "bytea"),
    ("expected_by", "timestamptz"),
    ("recheck_at", "timestamptz"),
    _IS_CHANGED,
)


class Known(msgspec.Struct, frozen=True, gc=False):
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
    patient_id: str | None


class StoredAppointment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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


class Judged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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
        _KNOWN, {"practice": transaction.practice_id, "connection": connection_id, "keys": list(ids)}, binary=True
    ).fetchall()
    return {row[0]: Known(*row[1:]) for row in rows}


def save_read(
    transaction: Transaction, vault: Vault, connection_id: UUID, judged: Sequence[Judged], *, now: datetime
) -> str:
    """Keeps appointments as just read, with their decisions. Being read, none of them is missing.

    Returns the temporary table that holds them, so that what follows need not be sent again (see decisions.append).
    """
    practice_id = transaction.practice_id
    rows = _rows(practice_id, connection_id, vault, judged, now)
    fill(transaction, _READ, (*_COLUMNS, _IS_CHANGED), rows)
    transaction.execute(
        f"""insert into appointment (practice_id, connection_id, decided_at, {_NAMES})
            select %s, %s, %s, {_NAMES} from {_READ}
            on conflict (practice_id, appointment_id, connection_id)
            do update set {_REPLACE}, decided_at = excluded.decided_at, missing_reads = 0, missing_since = null
         """.encode(),
        (practice_id, connection_id, now),
    )
    _keep_group_members(transaction, connection_id, judged)
    return _READ


def save_verdicts(transaction: Transaction, connection_id: UUID, judged: Sequence[Judged], *, now: datetime) -> str:
    """Keeps new decisions about appointments that were not read again; returns where they are, like save_read."""
    rows = (
        (
            one.appointment.id,
            one.decision.outcome,
            one.findings,
            one.decision.expected_by,
            one.decision.recheck_at,
            one.is_changed,
        )
        for one in judged
    )
    fill(transaction, _VERDICTS, _VERDICT_COLUMNS, rows)
    # An update by way of insert: every row is there already (the lateral part sees to that), and the conflict finds it
    # by its key, whatever the planner believes. The empty values are never stored.
    transaction.execute(
        """insert into appointment (practice_id, connection_id, appointment_id, fingerprint, record, intake_id,
                                    start_at, end_at, first_seen_at, outcome, findings, expected_by, recheck_at,
                                    decided_at)
           select %(practice)s, %(connection)s, incoming.appointment_id, '', '', 0, %(now)s, %(now)s, %(now)s,
                  incoming.outcome, incoming.findings, incoming.expected_by, incoming.recheck_at, %(now)s
           from incoming_verdict incoming
           cross join lateral (select from appointment
                               where practice_id = %(practice)s and connection_id = %(connection)s
                                 and appointment_id = incoming.appointment_id offset 0) as there
           on conflict (practice_id, appointment_id, connection_id) do update
           set outcome = excluded.outcome, findings = excluded.findings, expected_by = excluded.expected_by,
               recheck_at = excluded.recheck_at, decided_at = excluded.decided_at""",
        {"practice": transaction.practice_id, "connection": connection_id, "now": now},
    )
    return _VERDICTS


def select(
    transaction: Transaction, vault: Vault, where: str, parameters: dict[str, Any], *, batch: int = 1_000
) -> Iterator[list[StoredAppointment]]:
    """Batches of the practice's appointments that meet a condition of this room, read through a server-side cursor.

    They come patient by patient, so that whoever judges a batch needs each patient once.
    """
    query = f"""select {STORED_COLUMNS} from appointment where practice_id = %(practice)s and {where}
                order by practice_id, patient_id"""
    yield from _read(transaction, vault, query, parameters, batch)


def find(transaction: Transaction, vault: Vault, connection_id: UUID, ids: Iterable[str]) -> list[StoredAppointment]:
    """These appointments, as far as they are stored."""
    query = f"select found.* {each('%(keys)s', 'appointment', STORED_COLUMNS, _BY_ID)}"
    batches = _read(transaction, vault, query, {"connection": connection_id, "keys": list(ids)}, 2_000)
    return [one for batch in batches for one in batch]


def numbered(transaction: Transaction, connection_id: UUID, number: str) -> list[str]:
    """Ids of appointments that staff may call by that number: senders' own numbers stand behind a slash (hl7v2)."""
    rows = transaction.execute(
        """select appointment_id from appointment where practice_id = %s and connection_id = %s
           and (appointment_id = %s or right(appointment_id, %s) = %s) order by 1""",
        (transaction.practice_id, connection_id, number, len(number) + 1, f"/{number}"),
    ).fetchall()
    return [str(row[0]) for row in rows]


def of_patients(
    transaction: Transaction, vault: Vault, connection_id: UUID, patient_ids: Sequence[str]
) -> Iterator[list[StoredAppointment]]:
    """Appointments of these patients that their record may change: telemedicine, and not over."""
    query = f"""select found.* {each("%(keys)s", "appointment", STORED_COLUMNS, _BY_PATIENT)}
                where outcome not in ('not_telemedicine', 'over')"""
    yield from _read(transaction, vault, query, {"connection": connection_id, "keys": list(patient_ids)}, 2_000)
    members = f"select distinct appointment_id {each('%(keys)s', 'group_member', 'appointment_id', _BY_PATIENT)}"
    parameters = {"practice": transaction.practice_id, "connection": connection_id, "keys": list(patient_ids)}
    groups = [row[0] for row in transaction.execute(members.encode(), parameters, binary=True)]
    if groups:
        yield find(transaction, vault, connection_id, groups)


def due(
    transaction: Transaction, vault: Vault, connection_id: UUID, *, now: datetime
) -> Iterator[list[StoredAppointment]]:
    """Appointments that are to be judged again because time has passed."""
    query = f"""select {STORED_COLUMNS}
                from (select {STORED_COLUMNS} from appointment
                      where practice_id = %(practice)s and recheck_at <= %(now)s offset 0) as due
                where connection_id = %(connection)s"""
    return _read(transaction, vault, query, {"connection": connection_id, "now": now}, 2_000)


def patients_between(
    transaction: Transaction, connection_id: UUID, after: datetime, before: datetime
) -> dict[str, datetime]:
    """Patients of telemedicine appointments in that time that may take place, each with the first one's start."""
    rows = transaction.execute(
        """select patient_id, min(start_at) from appointment
           where practice_id = %s and connection_id = %s and start_at >= %s and start_at < %s
             and patient_id is not null and outcome not in ('not_telemedicine', 'over', 'cancelled')
           group by patient_id""",
        (transaction.practice_id, connection_id, after, before),
    ).fetchall()
    return {str(patient_id): start for patient_id, start in rows}


def overlapping(
    transaction: Transaction,
    connection_id: UUID,
    appointment_id: str,
    practitioner_id: str,
    *,
    starts: datetime,
    ends: datetime,
) -> list[str]:
    """Other telemedicine appointments of that practitioner that may take place at some time in between."""
    rows = transaction.execute(
        """select appointment_id from appointment
           where practice_id = %(practice)s and connection_id = %(connection)s and appointment_id <> %(appointment)s
             and practitioner_id = %(practitioner)s and start_at < %(ends)s and end_at > %(starts)s
             and start_at > %(starts)s - interval '1 day'
             and outcome not in ('not_telemedicine', 'over', 'cancelled')
           order by start_at, appointment_id""",
        {
            "practice": transaction.practice_id,
            "connection": connection_id,
            "appointment": appointment_id,
            "practitioner": practitioner_id,
            "starts": starts,
            "ends": ends,
        },
    ).fetchall()
    return [str(row[0]) for row in rows]


def findings_of_patients(
    transaction: Transaction, connection_id: UUID, *, after: datetime, before: datetime | None
) -> Iterator[tuple[str, datetime, tuple[Finding, ...]]]:
    """(patient, start, what is found) of telemedicine appointments in that time about which something is found."""
    rows = transaction.execute(
        """select patient_id, start_at, findings from appointment
           where practice_id = %s and connection_id = %s
             and start_at >= %s and start_at < coalesce(%s::timestamptz, 'infinity')
             and patient_id is not null and outcome not in ('not_telemedicine', 'over', 'cancelled')
             and findings <> '[]'
           order by start_at, appointment_id""",
        (transaction.practice_id, connection_id, after, before),
        binary=True,
    ).fetchall()
    return ((str(patient_id), start, _decode_findings(findings)) for patient_id, start, findings in rows)


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


def _keep_group_members(transaction: Transaction, connection_id: UUID, judged: Sequence[Judged]) -> None:
    members = [
        (transaction.practice_id, connection_id, patient_id, one.appointment.id)
        for one in judged
        for patient_id in one.appointment.other_patient_ids
    ]
    if members:
        with transaction.cursor() as cursor:
            cursor.executemany("insert into group_member values (%s, %s, %s, %s) on conflict do nothing", members)


def _rows(
    practice_id: UUID, connection_id: UUID, vault: Vault, judged: Sequence[Judged], now: datetime
) -> Iterator[tuple[Any, ...]]:
    for one in judged:
        appointment, decision = one.appointment, one.decision
        raw = one.raw
        yield (
            appointment.id,
            one.fingerprint,
            vault.seal(_encode(appointment), _record_binding(practice_id, connection_id, appointment.id)),
            None if raw is None else vault.seal(raw, _binding(practice_id, connection_id, appointment.id)),
            one.intake_id,
            appointment.changed_at,
            appointment.start.instant,
            appointment.end,
            appointment.patient_id,
            appointment.practitioner_id,
            appointment.first_seen_at or now,
            decision.outcome,
            one.findings,
            decision.expected_by,
            decision.recheck_at,
            one.is_changed,
        )


def _read(
    transaction: Transaction, vault: Vault, query: str, parameters: dict[str, Any], batch: int
) -> Iterator[list[StoredAppointment]]:
    practice_id = transaction.practice_id
    with transaction.connection.cursor("appointments", binary=True) as cursor:
        cursor.execute(query.encode(), {"practice": practice_id, **parameters})
        while rows := cursor.fetchmany(batch):
            yield [opened(vault, practice_id, row) for row in rows]


def opened(vault: Vault, practice_id: UUID, row: tuple[Any, ...]) -> StoredAppointment:
    """What a row of STORED_COLUMNS holds, read in binary. Raises KeyMissing, SealBroken."""
    (
        connection_id,
        appointment_id,
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
    opened = vault.open(record, _record_binding(practice_id, connection_id, appointment_id))
    appointment = _decode_appointment(opened)
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


def _record_binding(practice_id: UUID, connection_id: UUID, appointment_id: str) -> bytes:
    return b"appointment record|" + practice_id.bytes + connection_id.bytes + appointment_id.encode()
