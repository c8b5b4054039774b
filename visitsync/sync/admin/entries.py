"""Which of the EMR's practitioners and locations take part, who the practitioners are here, and renamed entries."""

from collections.abc import Sequence
from uuid import UUID

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.local_time import zone_named
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog, practice_settings
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.setting_touches import Thing, ThingKind
from visitsync.sync.admin import things
from visitsync.sync.admin.refusals import ChooseOneById, EntryNotListed


def find_entry(transaction: Transaction, connection_id: UUID, kind: RecordKind, wanted: str) -> CatalogEntry:
    """The one entry of that id or name. Raises EntryNotListed, ChooseOneById."""
    entries = catalog.entries(transaction, connection_id, kind)
    found = catalog.by_name(entries, wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise ChooseOneById(f"Several have this name; choose one by its id: {', '.join(entry.id for entry in found)}.")
    raise EntryNotListed(f"The EMR lists no {wanted!r}. It lists: {_names(list(entries.values()))}.")


def enable_practitioner(
    transaction: Transaction,
    connection_id: UUID,
    author: Author,
    practitioner_id: str,
    staff_id: UUID | None,
    *,
    is_enabled: bool = True,
) -> int:
    """Switches a practitioner on (or off), and links them to a staff member if one is given.

    Returns the number of the change. Raises EntryNotListed.
    """
    touched = things.switch_of(connection_id, RecordKind.PRACTITIONER, practitioner_id)
    if staff_id is not None:
        touched.append(_link_of(connection_id, practitioner_id))

    def make() -> int:
        _switch(transaction, connection_id, RecordKind.PRACTITIONER, practitioner_id, is_connected=is_enabled)
        if staff_id is not None:
            catalog.link_staff(transaction, connection_id, practitioner_id, staff_id)
        what = "practitioner on" if is_enabled else "practitioner off"
        return practice_settings.note_change(transaction, author, what, after=practitioner_id)

    return things.noted(transaction, touched, make)


def link_practitioner(
    transaction: Transaction, connection_id: UUID, author: Author, practitioner_id: str, staff_id: UUID | None
) -> int:
    """Says who sees a practitioner's visits (None: nobody), enabled or not; returns the number of the change.

    Raises EntryNotListed.
    """

    def make() -> int:
        try:
            catalog.link_staff(transaction, connection_id, practitioner_id, staff_id)
        except LookupError:
            raise _gone(practitioner_id) from None
        what = "practitioner linked" if staff_id else "practitioner unlinked"
        return practice_settings.note_change(transaction, author, what, after=practitioner_id)

    return things.noted(transaction, [_link_of(connection_id, practitioner_id)], make)


def sync_location(
    transaction: Transaction,
    connection_id: UUID,
    author: Author,
    location_id: str,
    *,
    is_synced: bool = True,
    zone: str | None = None,
) -> int:
    """Chooses a location (or no longer), and sets its time zone if one is given; while none is chosen, all are synced.

    Returns the number of the change. Raises EntryNotListed, UnknownZone.
    """
    zone_named(zone or "UTC")

    def make() -> int:
        _switch(transaction, connection_id, RecordKind.LOCATION, location_id, is_connected=is_synced)
        if zone is not None:
            catalog.set_zone(transaction, connection_id, RecordKind.LOCATION, location_id, zone)
        what = "location on" if is_synced else "location off"
        return practice_settings.note_change(transaction, author, what, after=location_id)

    touched = [
        *things.switch_of(connection_id, RecordKind.LOCATION, location_id),
        *things.of_connection(ThingKind.ENTRY_ZONE, connection_id, [location_id], RecordKind.LOCATION),
    ]
    return things.noted(transaction, touched, make)


def set_zone(
    transaction: Transaction, connection_id: UUID, author: Author, kind: RecordKind, entry_id: str, zone: str | None
) -> int:
    """The practice's word on the time zone of a location or practitioner; None: what the EMR says counts.

    Returns the number of the change. Raises UnknownZone, EntryNotListed.
    """
    zone_named(zone or "UTC")

    def make() -> int:
        try:
            catalog.set_zone(transaction, connection_id, kind, entry_id, zone)
        except LookupError:
            raise _gone(entry_id) from None
        return practice_settings.note_change(transaction, author, f"zone of {kind} {entry_id}", after=zone)

    return things.noted(transaction, things.of_connection(ThingKind.ENTRY_ZONE, connection_id, [entry_id], kind), make)


def confirm_name(transaction: Transaction, connection_id: UUID, author: Author, kind: RecordKind, entry_id: str) -> int:
    """Says that an entry which the EMR renamed is still the same thing; returns the number of the change.

    Raises EntryNotListed.
    """
    entry = catalog.entries(transaction, connection_id, kind).get(entry_id)
    if entry is None:
        raise _gone(entry_id)

    def make() -> int:
        catalog.confirm_name(transaction, connection_id, kind, entry_id)
        return practice_settings.note_change(
            transaction, author, "name confirmed", before=entry.previous_name, after=entry.name
        )

    return things.noted(
        transaction, things.of_connection(ThingKind.ENTRY_PREVIOUS_NAME, connection_id, [entry_id], kind), make
    )


def _switch(
    transaction: Transaction, connection_id: UUID, kind: RecordKind, entry_id: str, *, is_connected: bool
) -> None:
    try:
        catalog.connect(transaction, connection_id, kind, entry_id, is_connected=is_connected)
    except LookupError:
        raise _gone(entry_id) from None


def _link_of(connection_id: UUID, practitioner_id: str) -> Thing:
    return Thing(ThingKind.ENTRY_STAFF, practitioner_id, RecordKind.PRACTITIONER, connection_id)


def _gone(entry_id: str) -> EntryNotListed:
    return EntryNotListed(f"The EMR lists nothing with the id {entry_id!r}.")


def _names(entries: Sequence[CatalogEntry]) -> str:
    return ", ".join(sorted(entry.name for entry in entries if entry.is_active)[:20]) or "nothing yet (sync first)"
