"""What a patient of DrChrono means (reference, section 5.2)."""

from datetime import date

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.pages import RawRecord
from visitsync.connector_kit.wall_time import iso_date
from visitsync.connectors.drchrono.drift import moment, optional_id
from visitsync.connectors.drchrono.payloads import PATIENTS, Insurance, PatientRow
from visitsync.connectors.drchrono.zones import zone_of_doctor, zone_of_stamps
from visitsync.domain.patient import Address, Coverage, Patient, PatientStatus

STATUS = {
    "": PatientStatus.ACTIVE,
    "a": PatientStatus.ACTIVE,
    "i": PatientStatus.INACTIVE,
    "d": PatientStatus.DECEASED,
}
SELF_PAY = "Cash"
"""The payment profile of patients who pay by themselves."""


def to_patient(record: RawRecord, context: TranslationContext) -> Patient:
    """Raises RecordUnreadable, naming the field."""
    row = decode_record(record.body, PATIENTS, identity=("id", "email"))
    if record_id(row.id) != record.id:
        raise RecordUnreadable("id: not the one that was asked for")
    birth_date, birth_text = _birth_date(row.date_of_birth)
    zone = zone_of_doctor(optional_id(row.doctor), context)
    phones = (row.cell_phone, row.home_phone, row.office_phone)
    return Patient(
        id=record.id,
        first_name=row.first_name or "",
        last_name=row.last_name or "",
        date_of_birth=birth_date,
        date_of_birth_text=birth_text,
        email=row.email or "",
        other_emails=(("responsible party", row.responsible_party_email),) if row.responsible_party_email else (),
        phones=tuple(phone for phone in phones if phone),
        address=Address(
            line=row.address or "", city=row.city or "", state=row.state or "", postal_code=row.zip_code or ""
        ),
        coverages=_coverages(row),
        is_self_pay=row.patient_payment_profile == SELF_PAY,
        has_responsible_contact=bool(row.responsible_party_email or row.responsible_party_phone),
        status=_status(row.patient_status),
        changed_at=moment(row.updated_at, zone_of_stamps(zone, context), "updated_at"),
    )


def _birth_date(text: str | None) -> tuple[date | None, str]:
    if not text:
        return None, ""
    try:
        return iso_date(text), ""
    except ValueError:
        return None, text


def _status(text: str | None) -> PatientStatus:
    status = STATUS.get((text or "").strip().casefold())
    if status is None:
        raise RecordUnreadable("patient_status: expected A, I or D")
    return status


def _coverages(row: PatientRow) -> tuple[Coverage, ...] | None:
    """None where the answer was not verbose: it then says nothing about insurance."""
    found = (row.primary_insurance, row.secondary_insurance, row.tertiary_insurance)
    if all(insurance is msgspec.UNSET for insurance in found):
        return None
    return tuple(_coverage(each) for each in found if isinstance(each, Insurance) and _is_filled_in(each))


def _is_filled_in(insurance: Insurance) -> bool:
    """Uninsured patients have the object too, with "" in every field."""
    return bool((insurance.insurance_company or "").strip() or (insurance.insurance_payer_id or "").strip())


def _coverage(insurance: Insurance) -> Coverage:
    return Coverage(
        payer_name=insurance.insurance_company or "",
        payer_id=insurance.insurance_payer_id or "",
        member_id=insurance.insurance_id_number or "",
    )
