"""What a patient of athenahealth means (reference, section 8)."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.pages import RawRecord
from visitsync.connectors.athenahealth.coverages import current_packages, is_self_pay, to_coverage
from visitsync.connectors.athenahealth.drift import text_of, us_date
from visitsync.connectors.athenahealth.payloads import PATIENT_IDENTITIES, PATIENTS, Package, PatientRow
from visitsync.domain.patient import Address, Patient, PatientStatus

STATUS = {
    "": PatientStatus.ACTIVE,
    "active": PatientStatus.ACTIVE,
    "prospective": PatientStatus.ACTIVE,
    "inactive": PatientStatus.INACTIVE,
    "deleted": PatientStatus.GONE,
}
MERGED_INTO = "merged_into"
"""Under this name a record says that its chart went into another, whose row it shows."""
HANDED_AT = "handed_at"
"""Under this name a row of the changes says when it came (ISO, UTC): athenahealth's patients have no stamp."""
IDENTITY = ("patientid", "email", "dob")


def to_patient(record: RawRecord) -> Patient:
    """Raises RecordUnreadable, naming the field."""
    if survivor := record.asked.get(MERGED_INTO):
        return Patient(id=record.id, status=PatientStatus.MERGED, merged_into_id=survivor, coverages=None)
    row = decode_record(record.body, PATIENTS, identity=IDENTITY)
    if record_id(row.patientid) != record.id:
        raise RecordUnreadable("patientid: not the one that was asked for")
    birth_date, birth_text = _birth_date(row.dob)
    packages = None if row.insurances is msgspec.UNSET else current_packages(row.insurances or ())
    phones = (row.mobilephone, row.homephone, row.workphone)
    return Patient(
        id=record.id,
        first_name=row.firstname or "",
        last_name=row.lastname or "",
        date_of_birth=birth_date,
        date_of_birth_text=birth_text,
        email=row.email or "",
        other_emails=(("guarantor", row.guarantoremail),) if row.guarantoremail else (),
        phones=tuple(text_of(phone) for phone in phones if phone),
        address=_address(row),
        coverages=None if packages is None else tuple(to_coverage(one) for one in packages if not is_self_pay(one)),
        is_self_pay=any(is_self_pay(one) for one in packages or ()),
        has_responsible_contact=bool(row.guarantoremail or row.guarantorphone),
        status=_status(row.status),
        changed_at=_handed_at(record),
    )


def previous_ids(record: RawRecord) -> Sequence[str]:
    """The ids of charts that were merged into this one, where athenahealth tells. Raises RecordUnreadable."""
    if b"previouspatientids" not in record.body:
        return ()
    told = decode_record(record.body, PATIENT_IDENTITIES).previouspatientids
    listed = told if isinstance(told, list) else text_of(told).split(",")
    ids = [record_id(one.strip() if isinstance(one, str) else one) for one in listed if one not in ("", None)]
    return [one for one in ids if one != record.id]


def with_packages(record: RawRecord, packages: Sequence[Package]) -> bytes:
    """The record with insurance packages that were asked for separately."""
    members = msgspec.json.decode(record.body, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({**members, "insurances": packages})


def _handed_at(record: RawRecord) -> datetime | None:
    """A change may be of the insurance packages alone, which that row does not show: it is known by when it came."""
    at = record.asked.get(HANDED_AT)
    return None if at is None else datetime.fromisoformat(at)


def _birth_date(text: str | None) -> tuple[date | None, str]:
    if not text:
        return None, ""
    try:
        return us_date(text), ""
    except ValueError:
        return None, text


def _address(row: PatientRow) -> Address:
    return Address(
        line=" ".join(part for part in (row.address1, row.address2) if part),
        city=row.city or "",
        state=row.state or "",
        postal_code=text_of(row.zip),
    )


def _status(text: str | None) -> PatientStatus:
    status = STATUS.get((text or "").strip().casefold())
    if status is None:
        raise RecordUnreadable("status: expected active, inactive, prospective or deleted")
    return status
