"""What locations, providers, schedule columns and visit reasons of CareCloud mean (reference, section 4)."""

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.connectors.carecloud.appointments import RESOURCE, location_zones
from visitsync.connectors.carecloud.payloads import LOCATIONS, PROVIDERS, RESOURCES, VISIT_REASONS
from visitsync.connectors.carecloud.values import optional_id, text
from visitsync.domain.practice import CatalogEntry


def to_catalog_entry(record: RawRecord, context: TranslationContext) -> CatalogEntry:
    """Raises RecordUnreadable."""
    if record.kind is RecordKind.PRACTITIONER:
        return _resource(record) if record.id.startswith(RESOURCE) else _provider(record)
    if record.kind is RecordKind.LOCATION:
        return _location(record, context)
    if record.kind is RecordKind.APPOINTMENT_TYPE:
        return CatalogEntry(id=record.id, name=decode_record(record.body, VISIT_REASONS).name or "")
    raise RecordUnreadable(f"{record.kind} is nothing that lists hold")


def _provider(record: RawRecord) -> CatalogEntry:
    row = decode_record(record.body, PROVIDERS)
    spelt = " ".join(part for part in (text(row.first_name), text(row.last_name)) if part)
    return CatalogEntry(id=record.id, name=spelt or row.name or "", npi=text(row.npi) or None)


def _resource(record: RawRecord) -> CatalogEntry:
    """A column of the schedule is no clinician, though it may be somebody's, and then often has their name."""
    row = decode_record(record.body, RESOURCES)
    whose, name = row.default_provider, row.name or ""
    is_namesake = whose is not None and text(whose.name).casefold() == name.casefold()
    return CatalogEntry(
        id=record.id,
        name=f"{name} (resource)" if is_namesake and name else name,
        is_active=text(row.status).upper() in ("", "A", "ACTIVE"),
        is_clinician=False,
        owner_id=optional_id(whose.id) if whose is not None else None,
    )


def _location(record: RawRecord, context: TranslationContext) -> CatalogEntry:
    row = decode_record(record.body, LOCATIONS)
    zones = location_zones(context.settings.get("location_zones", ""))
    return CatalogEntry(id=record.id, name=row.name or "", zone=zones.get(record.id))
