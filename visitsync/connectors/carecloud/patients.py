"""What a patient of CareCloud means (reference, section 5)."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.pages import RawRecord
from visitsync.connectors.carecloud.coverages import insurance_of
from visitsync.connectors.carecloud.payloads import (
    PATIENTS,
    AddressPart,
    PatientRow,
    PhonePart,
    ResponsibleParty,
)
from visitsync.connectors.carecloud.states import two_letters
from visitsync.connectors.carecloud.values import birth_date, flag, postal_code, text
from visitsync.domain.patient import Address, Patient, PatientStatus

STATUS = {
    "a": PatientStatus.ACTIVE,
    "active": PatientStatus.ACTIVE,
    "i": PatientStatus.INACTIVE,
    "inactive": PatientStatus.INACTIVE,
    "d": PatientStatus.DECEASED,
    "deceased": PatientStatus.DECEASED,
}
"""Only A (active) is known for certain."""
NOT_VOICE = frozenset({"F", "S", "P"})
"""Fax, Skype and pager: no number to ring or text."""
SELF = ("self", "18")
_EMPTY = AddressPart()

Part = TypeVar("Part", AddressPart, PhonePart)


def to_patient(record: RawRecord, context: TranslationContext) -> Patient:
    """Raises RecordUnreadable, naming the field."""
    whole = decode_record(record.body, PATIENTS)
    row = whole.patient
    if record_id(row.id).casefold() != record.id.casefold():
        raise RecordUnreadable("id: not the one that was asked for")
    born, born_text = birth_date(row.dob or row.date_of_birth)
    asked = None if whole.insurances is msgspec.UNSET else bytes(whole.insurances)
    insurance = insurance_of(row.insurance_profiles, asked)
    return Patient(
        id=record.id,
        first_name=row.first_name or "",
        last_name=row.last_name or "",
        date_of_birth=born,
        date_of_birth_text=born_text,
        email=(row.email if row.email_address is msgspec.UNSET else row.email_address) or "",
        other_emails=_other_emails(row.responsible_party),
        phones=_numbers(row.phones),
        address=_address(row.addresses),
        coverages=insurance.coverages,
        is_self_pay=insurance.is_self_pay,
        has_responsible_contact=_has_responsible_contact(row.responsible_party),
        status=_status(row, context),
    )


def _status(row: PatientRow, context: TranslationContext) -> PatientStatus:
    if row.date_of_death:
        return PatientStatus.DECEASED
    stated = text(row.status_id) or text(row.status)
    known = STATUS.get(stated.casefold()) or STATUS.get(text(row.status).casefold())
    if known is None and stated:
        is_active = context.settings.get("other_patient_status") == "active"
        return PatientStatus.ACTIVE if is_active else PatientStatus.INACTIVE
    return known or PatientStatus.ACTIVE


def _address(addresses: Sequence[AddressPart] | None) -> Address:
    part = next(iter(_primary_first(addresses)), _EMPTY)
    return Address(
        line=" ".join(line for line in (text(part.line1), text(part.line2)) if line),
        city=part.city or "",
        state=two_letters(text(part.state_code) or text(part.state)),
        postal_code=postal_code(part.zip if part.zip is not None else part.zip_code),
    )


def _numbers(phones: Sequence[PhonePart] | None) -> tuple[str, ...]:
    """Cell phones first: they are called by their code, C."""
    voices = [phone for phone in _primary_first(phones) if text(phone.phone_type_code).upper() not in NOT_VOICE]
    voices.sort(key=lambda phone: text(phone.phone_type_code).upper() != "C")
    return tuple(dict.fromkeys(number for phone in voices if (number := text(phone.phone_number))))


def _primary_first(parts: Sequence[Part] | None) -> list[Part]:
    return sorted(parts or (), key=lambda part: not flag(part.is_primary, "is_primary"))


def _other_emails(party: ResponsibleParty | None) -> tuple[tuple[str, str], ...]:
    return (("responsible party", party.email_address),) if party is not None and party.email_address else ()


def _has_responsible_contact(party: ResponsibleParty | None) -> bool:
    """Somebody else than the patient who can be reached."""
    if party is None:
        return False
    named = text(party.responsible_party_person_relationship_type_name).casefold()
    code = text(party.responsible_party_person_relationship_type_code)
    return named != SELF[0] and code != SELF[1] and bool(party.email_address or _numbers(party.phones))
