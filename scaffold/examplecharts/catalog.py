"""What locations, providers and visit types of ExampleCharts mean."""

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.connectors.examplecharts.payloads import LOCATIONS, PROVIDERS, VISIT_TYPES
from visitsync.domain.practice import CatalogEntry


def to_catalog_entry(record: RawRecord) -> CatalogEntry:
    """Raises RecordUnreadable."""
    if record.kind is RecordKind.LOCATION:
        return _location(record)
    if record.kind is RecordKind.PRACTITIONER:
        return _provider(record)
    if record.kind is RecordKind.APPOINTMENT_TYPE:
        return _visit_type(record)
    raise RecordUnreadable(f"{record.kind} is nothing that lists hold")


def _location(record: RawRecord) -> CatalogEntry:
    row = decode_record(record.body, LOCATIONS)
    return CatalogEntry(id=record.id, name=row.name, is_active=row.is_active, zone=row.time_zone or None)


def _provider(record: RawRecord) -> CatalogEntry:
    row = decode_record(record.body, PROVIDERS)
    return CatalogEntry(
        id=record.id,
        name=" ".join(part for part in (row.first_name, row.last_name) if part),
        is_active=row.is_active,
        npi=row.npi or None,
        is_clinician=row.is_person,
    )


def _visit_type(record: RawRecord) -> CatalogEntry:
    row = decode_record(record.body, VISIT_TYPES)
    return CatalogEntry(id=record.id, name=row.name, is_active=row.is_active)
