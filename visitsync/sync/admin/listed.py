"""What the EMR lists — types, locations, practitioners: which are connected, which new, renamed or retired."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog, practice_settings
from visitsync.storage.database import Transaction
from visitsync.storage.practices import StoredConnection

LATELY = timedelta(days=7)
LISTS: Mapping[str, RecordKind] = {
    "types": RecordKind.APPOINTMENT_TYPE,
    "locations": RecordKind.LOCATION,
    "practitioners": RecordKind.PRACTITIONER,
}


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the EMR's lists, for people and programs."""

    id: str
    name: str
    is_connected: bool
    is_active: bool
    is_new: bool
    """It came within the last week, and after the list had been read once."""
    first_seen_at: datetime | None
    previous_name: str | None
    zone: str | None
    npi: str | None
    is_clinician: bool
    owner_id: str | None
    staff_id: str | None


def listed(transaction: Transaction, connection: StoredConnection, now: datetime) -> dict[str, list[Listed]]:
    """By list (LISTS), retired entries included."""
    approved = {one.value for one in practice_settings.approvals(transaction, connection.connection_id)}
    lists = {
        name: list(catalog.entries(transaction, connection.connection_id, kind).values())
        for name, kind in LISTS.items()
    }
    return {
        name: [_listed(entry, approved, news_since(entries, now)) for entry in entries]
        for name, entries in lists.items()
    }


def news_since(entries: Iterable[CatalogEntry], now: datetime) -> datetime:
    """What came after this instant is news; what the list held when it was first read is none."""
    seen = [entry.first_seen_at for entry in entries if entry.first_seen_at is not None]
    return max([now - LATELY, *sorted(seen)[:1]])


def _listed(entry: CatalogEntry, approved: set[str], news_since: datetime) -> Listed:
    return Listed(
        id=entry.id,
        name=entry.name,
        is_connected=entry.is_connected or entry.id in approved or entry.name in approved,
        is_active=entry.is_active,
        is_new=entry.first_seen_at is not None and entry.first_seen_at > news_since,
        first_seen_at=entry.first_seen_at,
        previous_name=entry.previous_name,
        zone=entry.zone,
        npi=entry.npi,
        is_clinician=entry.is_clinician,
        owner_id=entry.owner_id,
        staff_id=entry.staff_id,
    )
