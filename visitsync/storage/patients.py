"""Patients as last read, sealed as a whole; blind indexes tell who shares an address or a name."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from visitsync.domain.patient import Patient
from visitsync.storage.bulk import column_names, each, fill
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault

_decode = msgspec.json.Decoder(Patient).decode
_encode = msgspec.json.Encoder().encode

_COLUMNS = (
    ("patient_id", "text"),
    ("fingerprint", "bytea"),
    ("record", "bytea"),
    ("email_index", "bytea"),
    ("person_index", "bytea"),
    ("first_name_index", "bytea"),
    ("last_name_index", "bytea"),
    ("changed_at", "timestamptz"),
)


_BY_ID = "practice_id = %(practice)s and connection_id = %(connection)s and patient_id = asked.key"
_SHARING = f"""
    with one as materialized (
        select found.* {each("%(keys)s", "patient", "patient_id, email_index, person_index", _BY_ID)}
    )
    select other.patient_id from one cross join lateral (
        select patient_id from patient where practice_id = %(practice)s and connection_id = %(connection)s
           and email_index = one.email_index offset 0) as other where other.patient_id <> one.patient_id
    union
    select other.patient_id from one cross join lateral (
        select patient_id from patient where practice_id = %(practice)s and connection_id = %(connection)s
           and person_index = one.person_index offset 0) as other where other.patient_id <> one.patient_id
    """.encode()


_OF_KEYS = """from unnest(%(connections)s::uuid[], %(ids)s::text[]) as asked (connection, id) cross join lateral (
    select * from patient where practice_id = %(practice)s and patient_id = asked.id
    and connection_id = asked.connection offset 0) as found"""
_EVERYWHERE = f"select found.connection_id, found.patient_id, found.record {_OF_KEYS}".encode()
_SHARED_ADDRESSES = f"""
    with address as materialized (
        select distinct found.email_index {_OF_KEYS} where found.email_index is not null)
    select holder.connection_id, holder.patient_id, holder.record, holder.email_index
    from address cross join lateral (
        select connection_id, patient_id, record, email_index from patient
        where practice_id = %(practice)s and email_index = address.email_index offset 0) as holder
    order by 4, 1, 2""".encode()


class PatientIndexes(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The blind indexes of one patient; None: nothing to compare."""

    email: bytes | None = None
    person: bytes | None = None
    """First name, last name and birth date together: two charts with the same are perhaps one person."""
    first_name: bytes | None = None
    last_name: bytes | None = None


class ReadPatient(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A patient that was just read and differs from what is stored."""

    patient: Patient
    fingerprint: bytes
    indexes: PatientIndexes


def save(
    transaction: Transaction, vault: Vault, connection_id: UUID, read: Sequence[ReadPatient], *, now: datetime
) -> None:
    """Keeps these patients as read."""
    practice_id = transaction.practice_id
    rows = (
        (
            one.patient.id,
            one.fingerprint,
            vault.seal(_encode(one.patient), _binding(practice_id, connection_id, one.patient.id)),
            one.indexes.email,
            one.indexes.person,
            one.indexes.first_name,
            one.indexes.last_name,
            one.patient.changed_at,
        )
        for one in read
    )
    fill(transaction, "incoming_patient", _COLUMNS, rows)
    names = column_names(_COLUMNS)
    transaction.execute(
        f"""insert into patient (practice_id, connection_id, read_at, {names})
            select %s, %s, %s, {names} from incoming_patient
            on conflict (practice_id, patient_id, connection_id) do update
            set fingerprint = excluded.fingerprint, record = excluded.record, email_index = excluded.email_index,
                person_index = excluded.person_index, first_name_index = excluded.first_name_index,
                last_name_index = excluded.last_name_index, changed_at = excluded.changed_at,
                read_at = excluded.read_at""".encode(),
        (practice_id, connection_id, now),
    )


class StoredPatient(msgspec.Struct, frozen=True, gc=False):
    """A patient with the blind indexes that the record was saved under."""

    patient: Patient
    email_index: bytes | None
    person_index: bytes | None


def find(
    transaction: Transaction, vault: Vault, connection_id: UUID, patient_ids: Sequence[str]
) -> dict[str, StoredPatient]:
    """These patients, as far as they were read."""
    if not patient_ids:
        return {}
    query = f"select found.* {each('%(keys)s', 'patient', 'patient_id, record, email_index, person_index', _BY_ID)}"
    rows = transaction.execute(query.encode(), _keys(transaction, connection_id, patient_ids), binary=True).fetchall()
    practice_id = transaction.practice_id
    return {
        patient_id: StoredPatient(
            _decode(vault.open(record, _binding(practice_id, connection_id, patient_id))), email, person
        )
        for patient_id, record, email, person in rows
    }


def find_everywhere(
    transaction: Transaction, vault: Vault, keys: Collection[tuple[UUID, str]]
) -> dict[tuple[UUID, str], Patient]:
    """These patients, by connection and id, whichever connections of the practice they are of, in one query."""
    if not keys:
        return {}
    connections, ids = zip(*keys, strict=True)
    rows = transaction.execute(
        _EVERYWHERE,
        {"practice": transaction.practice_id, "connections": list(connections), "ids": list(ids)},
        binary=True,
    ).fetchall()
    return {(row[0], row[1]): _opened(vault, transaction.practice_id, row) for row in rows}


def sharing_an_address(
    transaction: Transaction, vault: Vault, keys: Collection[tuple[UUID, str]]
) -> list[tuple[bytes, UUID, Patient]]:
    """(e-mail index, connection, patient) of everybody in the practice who has the address of one of these patients."""
    if not keys:
        return []
    connections, ids = zip(*keys, strict=True)
    rows = transaction.execute(
        _SHARED_ADDRESSES,
        {"practice": transaction.practice_id, "connections": list(connections), "ids": list(ids)},
        binary=True,
    ).fetchall()
    return [(row[3], row[0], _opened(vault, transaction.practice_id, row)) for row in rows]


def fingerprints(transaction: Transaction, connection_id: UUID, patient_ids: Sequence[str]) -> dict[str, bytes]:
    """The fingerprints of those that were read before."""
    query = f"select found.* {each('%(keys)s', 'patient', 'patient_id, fingerprint', _BY_ID)}"
    return dict(
        transaction.execute(query.encode(), _keys(transaction, connection_id, patient_ids), binary=True).fetchall()
    )


def sharing_with(transaction: Transaction, connection_id: UUID, patient_ids: Sequence[str]) -> set[str]:
    """Other patients of this connection who now share an address, or name and birth date, with one of these."""
    rows = transaction.execute(_SHARING, _keys(transaction, connection_id, patient_ids), binary=True).fetchall()
    return {row[0] for row in rows}


def holders_of_emails(transaction: Transaction, connection_id: UUID, emails: Iterable[bytes]) -> dict[bytes, list[str]]:
    """E-mail index → ids of all patients of the practice with that address, sorted.

    A patient of another connection of the practice appears as "connection:id", so that ids cannot collide.
    """
    return _holders(transaction, connection_id, "email_index", emails)


def holders_of_persons(
    transaction: Transaction, connection_id: UUID, persons: Iterable[bytes]
) -> dict[bytes, list[str]]:
    """Person index → ids of all charts of the practice with that name and birth date; see holders_of_emails."""
    return _holders(transaction, connection_id, "person_index", persons)


def with_email(transaction: Transaction, index: bytes) -> list[tuple[UUID, str]]:
    """(connection, patient id) of all patients of the practice with that address."""
    rows = transaction.execute(
        "select connection_id, patient_id from patient where practice_id = %s and email_index = %s",
        (transaction.practice_id, index),
        binary=True,
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def _holders(
    transaction: Transaction, connection_id: UUID, column: str, indexes: Iterable[bytes]
) -> dict[bytes, list[str]]:
    wanted = list(indexes)
    if not wanted:
        return {}
    rows = transaction.execute(
        f"""select found.{column}, case when found.connection_id = %(connection)s then found.patient_id
                                   else found.connection_id || ':' || found.patient_id end
            from unnest(%(indexes)s::bytea[]) as asked (key)
            cross join lateral (select {column}, connection_id, patient_id from patient
                                where practice_id = %(practice)s and {column} = asked.key offset 0) as found
            order by 1, 2""".encode(),
        {"practice": transaction.practice_id, "connection": connection_id, "indexes": wanted},
        binary=True,
    ).fetchall()
    holders: dict[bytes, list[str]] = defaultdict(list)
    for index, patient_id in rows:
        holders[index].append(patient_id)
    return holders


def forget_unneeded(transaction: Transaction, connection_id: UUID, *, read_before: datetime) -> int:
    """Forgets patients of whom nothing was heard since then and who have no appointment that may still take place."""
    return transaction.execute(
        """delete from patient where practice_id = %(practice)s and connection_id = %(connection)s
             and read_at < %(before)s and not exists (
                 select from appointment where appointment.practice_id = %(practice)s
                   and appointment.connection_id = %(connection)s and appointment.patient_id = patient.patient_id
                   and outcome not in ('over', 'cancelled'))
             and not exists (
                 select from group_member join appointment using (practice_id, connection_id, appointment_id)
                 where group_member.practice_id = %(practice)s and group_member.connection_id = %(connection)s
                   and group_member.patient_id = patient.patient_id and outcome not in ('over', 'cancelled'))""",
        {"practice": transaction.practice_id, "connection": connection_id, "before": read_before},
    ).rowcount


def named(
    transaction: Transaction, ways: Sequence[Sequence[tuple[bytes, bytes]]], *, at_most: int = 200
) -> list[tuple[UUID, str]]:
    """(connection, patient id) of patients whose names hold all the words of one of these ways to read a name.

    Each word is given as its two blind indexes: as a first name and as a last name; their order does not matter.
    """
    if not ways:
        return []
    either = "(first_name_index = %s or last_name_index = %s)"
    matches = " or ".join("(" + " and ".join(either for _ in words) + ")" for words in ways)
    indexes = [index for words in ways for pair in words for index in pair]
    rows = transaction.execute(
        f"select connection_id, patient_id from patient where practice_id = %s and ({matches}) limit %s".encode(),
        (transaction.practice_id, *indexes, at_most),
        binary=True,
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def _keys(transaction: Transaction, connection_id: UUID, patient_ids: Sequence[str]) -> dict[str, Any]:
    return {"practice": transaction.practice_id, "connection": connection_id, "keys": list(patient_ids)}


def _opened(vault: Vault, practice_id: UUID, row: Sequence[Any]) -> Patient:
    return _decode(vault.open(row[2], _binding(practice_id, row[0], row[1])))


def _binding(practice_id: UUID, connection_id: UUID, patient_id: str) -> bytes:
    return b"patient|" + practice_id.bytes + connection_id.bytes + patient_id.encode()
