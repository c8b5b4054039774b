"""What the EMR lists — appointment types, locations, practitioners — and what of it the practice connected."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.practice import CatalogEntry
from visitsync.storage.database import Transaction

_decode = msgspec.json.Decoder(CatalogEntry).decode
_encode = msgspec.json.Encoder().encode


class CatalogChange(msgspec.Struct, frozen=True, kw_only=True):
    """What one reading of the EMR's lists found different; ids."""

    appeared: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    """Something else of the entry changed: a zone, whether it is active."""

    @property
    def all_ids(self) -> tuple[str, ...]:
        return (*self.appeared, *self.renamed, *self.retired, *self.altered)


def save(
    transaction: Transaction,
    connection_id: UUID,
    kind: RecordKind,
    read: Sequence[CatalogEntry],
    *,
    now: datetime,
    only_news: bool = False,
) -> CatalogChange:
    """Takes in entries that the EMR lists; what the practice decided about each (connected, staff, zone) stays.

    `only_news`: what stands there already is left as it is, with the time at which it was last seen.
    """
    stored = entries(transaction, connection_id, kind)
    if only_news:
        read = [one for one in read if one.id not in stored or _is_news(stored[one.id], one)]
    if not read:
        return CatalogChange()
    appeared = [entry.id for entry in read if entry.id not in stored]
    renamed = [entry.id for entry in read if entry.id in stored and stored[entry.id].name != entry.name]
    altered = [entry.id for entry in read if entry.id in stored and _differs(stored[entry.id], entry)]
    with transaction.cursor() as cursor:
        cursor.executemany(
            """insert into catalog_entry (practice_id, connection_id, kind, entry_id, record,
                                          first_seen_at, last_seen_at, previous_name)
               values (%(practice)s, %(connection)s, %(kind)s, %(id)s, %(record)s, %(now)s, %(now)s, null)
               on conflict (practice_id, connection_id, kind, entry_id) do update
               set record = excluded.record, last_seen_at = excluded.last_seen_at, retired_at = null,
                   previous_name = case when %(was)s::text is null then catalog_entry.previous_name else %(was)s end""",
            [
                {
                    "practice": transaction.practice_id,
                    "connection": connection_id,
                    "kind": kind,
                    "id": entry.id,
                    "record": _encode(_with_previous_npi(entry, stored.get(entry.id))),
                    "now": now,
                    "was": stored[entry.id].name
                    if entry.id in stored and stored[entry.id].name != entry.name
                    else None,
                }
                for entry in read
            ],
        )
    return CatalogChange(
        appeared=tuple(appeared),
        renamed=tuple(renamed),
        altered=tuple(identity for identity in altered if identity not in renamed),
    )


def retire_unlisted(
    transaction: Transaction, connection_id: UUID, kind: RecordKind, listed: Sequence[str], *, now: datetime
) -> CatalogChange:
    """After a complete reading: entries that the EMR no longer lists are retired, never removed."""
    rows = transaction.execute(
        """update catalog_entry set retired_at = %s
           where practice_id = %s and connection_id = %s and kind = %s and retired_at is null and entry_id <> all(%s)
           returning entry_id""",
        (now, transaction.practice_id, connection_id, kind, list(listed)),
    ).fetchall()
    return CatalogChange(retired=tuple(str(row[0]) for row in rows))


def unlisted_share(transaction: Transaction, connection_id: UUID) -> dict[RecordKind, tuple[int, int]]:
    """Of what is connected, by kind: how many entries the EMR no longer lists, and how many there are."""
    rows = transaction.execute(
        """select kind, count(*) filter (where retired_at is not null), count(*) from catalog_entry
           where practice_id = %s and connection_id = %s and is_connected group by kind""",
        (transaction.practice_id, connection_id),
    ).fetchall()
    return {RecordKind(kind): (int(unlisted), int(connected)) for kind, unlisted, connected in rows}


def entries(transaction: Transaction, connection_id: UUID, kind: RecordKind) -> dict[str, CatalogEntry]:
    """All entries of a kind, retired ones included (inactive), by id."""
    rows = transaction.execute(
        """select entry_id, record, is_connected, staff_id::text, zone_override, first_seen_at, retired_at,
                  previous_name
           from catalog_entry where practice_id = %s and connection_id = %s and kind = %s order by entry_id""",
        (transaction.practice_id, connection_id, kind),
        binary=True,
    ).fetchall()
    return {
        entry_id: _entry(_decode(record), connected, staff, zone, first_seen, retired, previous)
        for entry_id, record, connected, staff, zone, first_seen, retired, previous in rows
    }


def connect(
    transaction: Transaction, connection_id: UUID, kind: RecordKind, entry_id: str, *, is_connected: bool = True
) -> None:
    """Switches an entry on (or off) for telemedicine. Raises LookupError for an id that the EMR does not list.

    Whoever switches it on has seen its present name.
    """
    _update(transaction, connection_id, kind, entry_id, "is_connected", is_connected)
    if is_connected:
        confirm_name(transaction, connection_id, kind, entry_id)


def link_staff(transaction: Transaction, connection_id: UUID, practitioner_id: str, staff_id: UUID | None) -> None:
    """Says which staff member sees a practitioner's visits. Raises LookupError for an unknown practitioner."""
    _update(transaction, connection_id, RecordKind.PRACTITIONER, practitioner_id, "staff_id", staff_id)


def set_zone(transaction: Transaction, connection_id: UUID, kind: RecordKind, entry_id: str, zone: str | None) -> None:
    """The practice's word on a location's or practitioner's time zone; it wins over the EMR's. Raises LookupError."""
    _update(transaction, connection_id, kind, entry_id, "zone_override", zone)


def confirm_name(transaction: Transaction, connection_id: UUID, kind: RecordKind, entry_id: str) -> None:
    """A person says that a renamed entry is still the same thing. Raises LookupError."""
    _update(transaction, connection_id, kind, entry_id, "previous_name", None)


def by_name(catalog: Mapping[str, CatalogEntry], name: str) -> list[CatalogEntry]:
    """Entries of exactly that id or name (case and spaces at the ends aside)."""
    wanted = name.strip().casefold()
    return [entry for entry in catalog.values() if entry.id == name or entry.name.strip().casefold() == wanted]


def _update(
    transaction: Transaction, connection_id: UUID, kind: RecordKind, entry_id: str, column: str, value: object
) -> None:
    changed = transaction.execute(
        f"""update catalog_entry set {column} = %s
            where practice_id = %s and connection_id = %s and kind = %s and entry_id = %s""".encode(),
        (value, transaction.practice_id, connection_id, kind, entry_id),
    ).rowcount
    if not changed:
        raise LookupError(f"{kind} {entry_id}")


def _entry(
    entry: CatalogEntry,
    is_connected: bool,
    staff_id: str | None,
    zone: str | None,
    first_seen_at: datetime,
    retired_at: datetime | None,
    previous_name: str | None,
) -> CatalogEntry:
    return msgspec.structs.replace(
        entry,
        is_connected=is_connected,
        staff_id=staff_id,
        zone=zone or entry.zone,
        first_seen_at=first_seen_at,
        is_active=entry.is_active and retired_at is None,
        previous_name=previous_name,
    )


def _is_news(stored: CatalogEntry, read: CatalogEntry) -> bool:
    return stored.name != read.name or _differs(stored, read)


def _with_previous_npi(read: CatalogEntry, stored: CatalogEntry | None) -> CatalogEntry:
    """Remembers whose number it was before its name changed."""
    if stored is None:
        return read
    previous = stored.previous_npi if stored.name == read.name else stored.npi
    return msgspec.structs.replace(read, previous_npi=previous)


def _differs(stored: CatalogEntry, read: CatalogEntry) -> bool:
    """Whether anything that the EMR says about an entry changed, the practice's own additions aside."""
    return (stored.is_active, stored.npi, stored.is_clinician, stored.owner_id, stored.synonyms) != (
        read.is_active,
        read.npi,
        read.is_clinician,
        read.owner_id,
        read.synonyms,
    ) or (read.zone is not None and stored.zone != read.zone)
