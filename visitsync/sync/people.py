"""The patients whom some appointments need: found, and held against everybody who shares their address or identity."""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from visitsync.domain.email_address import canonical
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.domain.practice import PracticeContext
from visitsync.storage import patients
from visitsync.storage.database import Transaction
from visitsync.storage.patients import PatientIndexes, StoredPatient
from visitsync.storage.vault import Vault

RETIRED = frozenset({PatientStatus.MERGED, PatientStatus.GONE})
"""Charts that the EMR has given up; another chart may stand for the same person."""


def with_patients(
    practice: PracticeContext,
    transaction: Transaction,
    vault: Vault,
    connection_id: UUID,
    patient_ids: Collection[str],
) -> PracticeContext:
    """The practice's context with these patients in it, and with whoever shares their address or looks like them."""
    found = patients.find(transaction, vault, connection_id, sorted(patient_ids))
    return msgspec.structs.replace(
        practice,
        patients={patient_id: stored.patient for patient_id, stored in found.items()},
        email_holders=_email_holders(transaction, connection_id, found.values()),
        duplicate_charts=_duplicates(transaction, connection_id, found.values()),
    )


def indexes(vault: Vault, practice_id: UUID, patient: Patient) -> PatientIndexes:
    """The blind indexes under which a patient is kept. Nobody logs in with what stands on a retired chart."""
    address = "" if patient.status in RETIRED else canonical(patient.email)
    return PatientIndexes(
        email=vault.blind_index(practice_id, address) if address else None,
        person=_person_index(vault, practice_id, patient),
        first_name=name_index(vault, practice_id, "first", patient.first_name),
        last_name=name_index(vault, practice_id, "last", patient.last_name),
    )


def name_index(vault: Vault, practice_id: UUID, place: str, name: str) -> bytes | None:
    """The blind index of a name, case and spaces at the ends aside; None for no name."""
    folded = name.strip().casefold()
    return vault.blind_index(practice_id, f"{place} name|{folded}") if folded else None


def _person_index(vault: Vault, practice_id: UUID, patient: Patient) -> bytes | None:
    if patient.date_of_birth is None or not patient.last_name or patient.status in RETIRED:
        return None
    name = f"{patient.first_name.strip().casefold()}|{patient.last_name.strip().casefold()}"
    return vault.blind_index(practice_id, f"person|{name}|{patient.date_of_birth.isoformat()}")


def _email_holders(
    transaction: Transaction, connection_id: UUID, found: Collection[StoredPatient]
) -> dict[str, tuple[str, ...]]:
    shared = patients.holders_of_emails(
        transaction, connection_id, {one.email_index for one in found if one.email_index is not None}
    )
    return {
        address: tuple(shared[one.email_index])
        for one in found
        if one.email_index is not None
        and len(shared.get(one.email_index, ())) > 1
        and (address := canonical(one.patient.email))
    }


def _duplicates(
    transaction: Transaction, connection_id: UUID, found: Collection[StoredPatient]
) -> dict[str, tuple[str, ...]]:
    charts = patients.holders_of_persons(
        transaction, connection_id, {one.person_index for one in found if one.person_index is not None}
    )
    return {
        one.patient.id: _others(charts[one.person_index], one.patient.id)
        for one in found
        if one.person_index is not None and len(charts.get(one.person_index, ())) > 1
    }


def _others(charts: Sequence[str], patient_id: str) -> tuple[str, ...]:
    return tuple(chart for chart in charts if chart != patient_id)
