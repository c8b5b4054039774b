"""What departments, providers and appointment types of athenahealth mean (reference, section 9)."""

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.connectors.athenahealth.drift import optional_id
from visitsync.connectors.athenahealth.payloads import DEPARTMENTS, PROVIDERS, TYPES, ProviderRow
from visitsync.connectors.athenahealth.zones import listed_zone
from visitsync.domain.practice import CatalogEntry

PERSON, NOT_A_PERSON = "person", "non-person entity"


def to_catalog_entry(record: RawRecord) -> CatalogEntry:
    """Raises RecordUnreadable."""
    if record.kind is RecordKind.LOCATION:
        department = decode_record(record.body, DEPARTMENTS)
        name = department.name or department.patientdepartmentname or ""
        return CatalogEntry(id=record.id, name=name, zone=listed_zone(department))
    if record.kind is RecordKind.PRACTITIONER:
        return _provider(record)
    if record.kind is RecordKind.APPOINTMENT_TYPE:
        kind = decode_record(record.body, TYPES)
        return CatalogEntry(id=record.id, name=kind.name or kind.shortname or "")
    raise RecordUnreadable(f"{record.kind} is nothing that lists hold")


def _provider(record: RawRecord) -> CatalogEntry:
    row = decode_record(record.body, PROVIDERS)
    npi = optional_id(row.npi)
    name = " ".join(part for part in (row.firstname, row.lastname) if part)
    return CatalogEntry(
        id=record.id,
        name=name or row.displayname or row.schedulingname or "",
        npi=npi,
        is_clinician=_is_clinician(row, npi),
    )


def _is_clinician(row: ProviderRow, npi: str | None) -> bool:
    """Rooms, devices and desks are providers too; without a word about it, an NPI makes a person."""
    entity = (row.entitytype or "").strip().casefold()
    return entity == PERSON or (entity != NOT_A_PERSON and npi is not None)
