"""What marks telemedicine in a practice's EMR: approvals, accepted spellings, and meanings of its statuses."""

from collections.abc import Sequence
from uuid import UUID

from visitsync.connector_kit.manifest import Manifest
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors import connector_for
from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog, practice_settings
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import StoredConnection
from visitsync.storage.setting_touches import Thing, ThingKind
from visitsync.sync.admin import things
from visitsync.sync.admin.refusals import (
    ApproveItFirst,
    ChooseFromTheList,
    MarkStandsElsewhere,
    NoSuchMeaning,
    NotApproved,
)

LISTED_AS = {
    MarkKind.TYPE: RecordKind.APPOINTMENT_TYPE,
    MarkKind.REASON: RecordKind.APPOINTMENT_TYPE,
    MarkKind.SERVICE: RecordKind.APPOINTMENT_TYPE,
    MarkKind.LOCATION: RecordKind.LOCATION,
    MarkKind.RESOURCE: RecordKind.PRACTITIONER,
}
"""Kind of mark → the EMR's list that it stands in; the others stand in none."""


def mark_kind(connection: StoredConnection, kind: str | None) -> MarkKind:
    """That kind of mark, or the EMR's usual one. Raises MarkStandsElsewhere for one that this EMR does not have."""
    manifest = connector_for(connection.emr).MANIFEST
    if kind is None:
        return manifest.marks[0]
    if kind not in manifest.marks:
        raise MarkStandsElsewhere(f"In {manifest.name} a mark can stand in: {', '.join(manifest.marks)}.")
    return MarkKind(kind)


def approve_mark(
    transaction: Transaction,
    connection: StoredConnection,
    author: Author,
    kind: MarkKind,
    value: str,
    *,
    by_id: bool | None = None,
    unlisted: bool = False,
) -> int:
    """Approves a value, a name or an id of the EMR's list; its entries count as connected from now on.

    `by_id` says what is matched (None: the EMR's usual); `unlisted` approves what the list does not have. Returns the
    number of the change. Raises ChooseFromTheList.
    """
    manifest = connector_for(connection.emr).MANIFEST
    is_id = by_id if by_id is not None else manifest.is_matched_by_id and kind is manifest.marks[0]
    entries = _listed(transaction, connection.connection_id, kind)
    named = [entry for entry in entries if value in (entry.id, entry.name, *entry.synonyms)]
    if entries and not named and not unlisted:
        raise ChooseFromTheList(_not_listed(manifest, value, entries))
    values = sorted({entry.id if is_id else entry.name for entry in named} or {value})
    touched = [things.approval(connection.connection_id, kind, one, is_id=is_id) for one in values]

    def make() -> int:
        _switch(transaction, connection.connection_id, kind, named, is_connected=True)
        return practice_settings.approve_all(
            transaction, connection.connection_id, author, kind=kind, values=values, is_id=is_id
        )

    return things.noted(transaction, [*touched, *_switches(connection.connection_id, kind, named)], make)


def withdraw_mark(
    transaction: Transaction, connection: StoredConnection, author: Author, kind: MarkKind, value: str
) -> int:
    """Takes an approval (or an accepted spelling) back; returns the number of the change. Raises NotApproved."""
    identity = connection.connection_id
    entries = [entry for entry in _listed(transaction, identity, kind) if value in (entry.id, entry.name)]
    touched = [things.approval(identity, kind, value, is_id=is_id) for is_id in (True, False)]

    def make() -> int:
        try:
            change = practice_settings.withdraw_approval(transaction, identity, author, kind=kind, value=value)
        except LookupError:
            raise NotApproved(f"{value!r} is not approved.") from None
        _switch(transaction, identity, kind, entries, is_connected=False)
        return change

    return things.noted(transaction, [*touched, *_switches(identity, kind, entries)], make)


def accept_spelling(
    transaction: Transaction,
    connection: StoredConnection,
    author: Author,
    kind: MarkKind,
    spelling: str,
    *,
    approved: str,
) -> int:
    """Lets a text that differs stand for an approved one; returns the number of the change. Raises ApproveItFirst."""
    identity = connection.connection_id
    texts = _approved_texts(transaction, identity, kind)
    if approved not in texts:
        raise ApproveItFirst(f"{approved!r} is not approved. Approved are: {', '.join(sorted(texts)) or 'none'}.")
    return things.noted(
        transaction,
        [things.approval(identity, kind, spelling, is_id=False)],
        lambda: practice_settings.approve(
            transaction, identity, author, kind=kind, value=spelling, is_id=False, spelling_of=approved
        ),
    )


def mean_status(
    transaction: Transaction,
    connection: StoredConnection,
    author: Author,
    status_text: str,
    status: AppointmentStatus | None,
) -> int:
    """Says what one of the practice's own statuses means (None: nothing any more); returns the number of the change.

    Raises NoSuchMeaning where there is none to take away.
    """
    identity = connection.connection_id

    def make() -> int:
        if status is not None:
            return practice_settings.mean_status(transaction, identity, author, status_text=status_text, status=status)
        try:
            return practice_settings.forget_status(transaction, identity, author, status_text=status_text)
        except LookupError:
            raise NoSuchMeaning(f"{status_text!r} was not given a meaning.") from None

    return things.noted(
        transaction, things.of_connection(ThingKind.STATUS_MEANING, identity, [status_text.casefold()]), make
    )


def _listed(transaction: Transaction, connection_id: UUID, kind: MarkKind) -> list[CatalogEntry]:
    if kind not in LISTED_AS:
        return []
    return list(catalog.entries(transaction, connection_id, LISTED_AS[kind]).values())


def _switches(connection_id: UUID, kind: MarkKind, entries: Sequence[CatalogEntry]) -> list[Thing]:
    return [one for entry in entries for one in things.switch_of(connection_id, LISTED_AS[kind], entry.id)]


def _switch(
    transaction: Transaction,
    connection_id: UUID,
    kind: MarkKind,
    entries: Sequence[CatalogEntry],
    *,
    is_connected: bool,
) -> None:
    for entry in entries:
        catalog.connect(transaction, connection_id, LISTED_AS[kind], entry.id, is_connected=is_connected)


def _approved_texts(transaction: Transaction, connection_id: UUID, kind: MarkKind) -> set[str]:
    return {
        one.value
        for one in practice_settings.approvals(transaction, connection_id)
        if one.kind is kind and not one.is_id and one.spelling_of is None
    }


def _not_listed(manifest: Manifest, value: str, entries: Sequence[CatalogEntry]) -> str:
    names = sorted({entry.name for entry in entries if entry.is_active})
    return f"{manifest.name} lists no {value!r}. It lists: {', '.join(names[:20])}."
