"""Appointment types, visit types, locations and providers, gathered from the rows of the schedule. Pure.

Prime Suite's interface has no lists of them that anybody published (greenway reference, section 4.3).
"""

from collections.abc import Callable, Iterator, Mapping

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.connectors.greenway_prime_suite.appointments import VISIT_TYPE
from visitsync.connectors.greenway_prime_suite.payloads import CATALOG_ROWS, CatalogRow, NamedVisit
from visitsync.connectors.greenway_prime_suite.values import optional_id, said
from visitsync.domain.practice import CatalogEntry


def to_catalog_entry(record: RawRecord) -> CatalogEntry:
    """What the record's row says about the thing of that id. Raises RecordUnreadable."""
    for entry in named_in(record.kind, record.body):
        if entry.id == record.id:
            return entry
    raise RecordUnreadable(f"{record.kind}: the row does not name number {record.id}")


def named_in(kind: RecordKind, body: bytes) -> list[CatalogEntry]:
    """Everything of a kind that a row names. Raises RecordUnreadable."""
    read = _READERS.get(kind)
    if read is None:
        raise RecordUnreadable(f"{kind} is nothing that the schedule names")
    return list(read(decode_record(body, CATALOG_ROWS)))


def tells_more(entry: CatalogEntry, than: CatalogEntry | None) -> bool:
    """Whether an entry says more than another of the same id: rows may leave out a name or an NPI."""
    if than is None:
        return True
    return (bool(entry.name), bool(entry.npi)) > (bool(than.name), bool(than.npi))


def _types(row: CatalogRow) -> Iterator[CatalogEntry]:
    if row.type is not None and (identity := optional_id(row.type.id)):
        labels = (said(row.type.abbreviation), said(row.type.other_label))
        name = said(row.type.name) or ""
        yield CatalogEntry(
            id=identity, name=name, synonyms=tuple(dict.fromkeys(text for text in labels if text and text != name))
        )
    if row.visit is not None and (identity := optional_id(row.visit.type_id)):
        yield CatalogEntry(id=VISIT_TYPE + identity, name=said(row.visit.type_name) or "")


def _locations(row: CatalogRow) -> Iterator[CatalogEntry]:
    if row.place is not None and (identity := optional_id(row.place.id)):
        yield CatalogEntry(id=identity, name=said(row.place.name) or "")


def _providers(row: CatalogRow) -> Iterator[CatalogEntry]:
    """The owners of columns. Rooms and machines have none."""
    if row.column is None or not (identity := optional_id(row.column.owner_id or None)):
        return
    visit = row.visit or NamedVisit()
    visited = visit.provider_name if optional_id(visit.provider_id) == identity else None
    npi = optional_id(visit.billed_npi) if optional_id(visit.billed_id) == identity else None
    yield CatalogEntry(
        id=identity, name=said(row.column.owner_name) or said(visited) or said(row.column.name) or "", npi=npi
    )


_READERS: Mapping[RecordKind, Callable[[CatalogRow], Iterator[CatalogEntry]]] = {
    RecordKind.APPOINTMENT_TYPE: _types,
    RecordKind.LOCATION: _locations,
    RecordKind.PRACTITIONER: _providers,
}
