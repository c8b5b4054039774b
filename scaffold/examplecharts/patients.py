"""What a patient of ExampleCharts means."""

from datetime import date, datetime

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.pages import RawRecord
from visitsync.connector_kit.wall_time import iso_date, utc_instant
from visitsync.connectors.examplecharts.payloads import PATIENTS, Guardian, Insurance
from visitsync.domain.patient import Address, Coverage, Patient, PatientStatus

STATUS = {
    "active": PatientStatus.ACTIVE,
    "inactive": PatientStatus.INACTIVE,
    "deceased": PatientStatus.DECEASED,
}


def to_patient(record: RawRecord) -> Patient:
    """Raises RecordUnreadable, naming the field."""
    row = decode_record(record.body, PATIENTS, identity=("id", "email"))
    if record_id(row.id) != record.id:
        raise RecordUnreadable("id: not the one that was asked for")
    birth_date, birth_text = _birth_date(row.birth_date)
    guardian = row.guardian or Guardian()
    return Patient(
        id=record.id,
        first_name=row.first_name or "",
        last_name=row.last_name or "",
        date_of_birth=birth_date,
        date_of_birth_text=birth_text,
        email=row.email or "",
        other_emails=(("guardian", guardian.email),) if guardian.email else (),
        phones=tuple(phone for phone in (row.mobile_phone, row.home_phone) if phone),
        address=Address(
            line=row.address or "", city=row.city or "", state=row.state or "", postal_code=row.postal_code or ""
        ),
        coverages=() if row.insurance is None else (_coverage(row.insurance),),
        is_self_pay=row.is_self_pay,
        has_responsible_contact=bool(guardian.email or guardian.phone),
        status=_status(row.status),
        changed_at=_moment(row.changed_at),
    )


def _birth_date(text: str | None) -> tuple[date | None, str]:
    """The date, or the text that is none: what is wrong with it is for the rules to say."""
    try:
        return (iso_date(text), "") if text else (None, "")
    except ValueError:
        return None, text or ""


def _coverage(insurance: Insurance) -> Coverage:
    return Coverage(
        payer_name=insurance.company or "", payer_id=insurance.payer_id or "", member_id=insurance.member_id or ""
    )


def _status(text: str) -> PatientStatus:
    status = STATUS.get(text)
    if status is None:
        raise RecordUnreadable("status: expected active, inactive or deceased")
    return status


def _moment(text: str | None) -> datetime | None:
    try:
        return utc_instant(text) if text else None
    except ValueError as error:
        raise RecordUnreadable(f"changed_at: {error}") from None
