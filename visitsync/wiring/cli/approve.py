"""visitsync approve: what marks telemedicine in a practice's EMR, accepted spellings, meanings of its statuses."""

from collections.abc import Sequence
from uuid import UUID

import click

from visitsync.connector_kit.manifest import Manifest
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors import connector_for
from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog, practice_settings
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import Cause
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import StoredConnection
from visitsync.sync.replay import replay
from visitsync.wiring.cli.exits import NotFound
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_author,
    the_connection_of,
    the_house,
)
from visitsync.wiring.cli.previewing import change_or_preview, preview_option

STATUSES = [status.value for status in AppointmentStatus]
KINDS = [kind.value for kind in MarkKind]
LISTED_AS = {
    MarkKind.TYPE: RecordKind.APPOINTMENT_TYPE,
    MarkKind.REASON: RecordKind.APPOINTMENT_TYPE,
    MarkKind.SERVICE: RecordKind.APPOINTMENT_TYPE,
    MarkKind.LOCATION: RecordKind.LOCATION,
    MarkKind.RESOURCE: RecordKind.PRACTITIONER,
}


@click.group()
def approve() -> None:
    """Say what marks telemedicine in the practice's EMR; everything it affects is judged again at once.

    \b
    Examples:
      visitsync approve mark "Telemedicine Visit" --practice lakeside
      visitsync approve spelling "Telemedicne Visit" --of "Telemedicine Visit"
      visitsync approve status "Phoned-OK" --means booked
    """


@approve.command()
@click.argument("value")
@click.option("--kind", type=click.Choice(KINDS), help="Where the mark stands. [the EMR's usual]")
@click.option("--by-id/--by-name", default=None, help="What is matched. [the EMR's usual]")
@click.option("--unlisted", is_flag=True, help="Although the EMR's list does not have it.")
@click.option("--withdraw", is_flag=True, help="Take the approval back.")
@preview_option
@practice_option
@connection_option
@json_option
def mark(
    value: str,
    kind: str | None,
    by_id: bool | None,
    unlisted: bool,
    withdraw: bool,
    preview: bool,
    slug: str | None,
    connection: str | None,
    as_json: bool,
) -> None:
    """Approve an appointment type (or reason, location, room …) as telemedicine.

    VALUE is a name or id of the EMR's list, spelt exactly as there. With --kind the mark stands elsewhere; if several
    kinds are approved, all must agree (or any of them, by the connection's setting `agreement`).

    \b
    Examples:
      visitsync approve mark "Telemedicine Visit" --practice lakeside
      visitsync approve mark "Virtual Care" --kind location
      visitsync approve mark "Video Check-In" --preview
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        where, author = _kind(connector_for(chosen.emr).MANIFEST, kind), the_author(house)

        def change(transaction: Transaction) -> int:
            if withdraw:
                return withdraw_mark(transaction, chosen, author, where, value)
            return approve_mark(transaction, chosen, author, where, value, by_id=by_id, unlisted=unlisted)

        change_or_preview(house, practice_id, chosen.connection_id, change, is_preview=preview, as_json=as_json)


@approve.command()
@click.argument("spelling")
@click.option("--of", "approved", required=True, help="The approved text that it stands for.")
@click.option("--kind", type=click.Choice(KINDS), help="Where it stands. [the EMR's usual]")
@preview_option
@practice_option
@connection_option
@json_option
def spelling(
    spelling: str,
    approved: str,
    kind: str | None,
    preview: bool,
    slug: str | None,
    connection: str | None,
    as_json: bool,
) -> None:
    """Accept a spelling that differs from an approved text; nothing is accepted without you.

    \b
    Example:
      visitsync approve spelling "Telemedicne Visit" --of "Telemedicine Visit"
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        where, author = _kind(connector_for(chosen.emr).MANIFEST, kind), the_author(house)

        def change(transaction: Transaction) -> int:
            _refuse_unapproved(transaction, chosen.connection_id, where, approved)
            return practice_settings.approve(
                transaction, chosen.connection_id, author, kind=where, value=spelling, is_id=False, spelling_of=approved
            )

        change_or_preview(house, practice_id, chosen.connection_id, change, is_preview=preview, as_json=as_json)


@approve.command()
@click.argument("word")
@click.option("--means", required=True, type=click.Choice(STATUSES))
@preview_option
@practice_option
@connection_option
@json_option
def status(word: str, means: str, preview: bool, slug: str | None, connection: str | None, as_json: bool) -> None:
    """Say what one of the practice's own appointment statuses means.

    \b
    Example:
      visitsync approve status "Phoned-OK" --means booked --practice lakeside
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        author = the_author(house)

        def change(transaction: Transaction) -> int:
            return practice_settings.mean_status(
                transaction, chosen.connection_id, author, status_text=word, status=AppointmentStatus(means)
            )

        change_or_preview(
            house, practice_id, chosen.connection_id, change, is_preview=preview, as_json=as_json,
            recheck=lambda link, number: replay(link, Cause("setting changed", str(number))),
        )  # fmt: skip


def _kind(manifest: Manifest, kind: str | None) -> MarkKind:
    if kind is None:
        return manifest.marks[0]
    if MarkKind(kind) not in manifest.marks:
        known = ", ".join(manifest.marks)
        raise click.BadParameter(f"In {manifest.name} a mark can stand in: {known}.", param_hint="--kind")
    return MarkKind(kind)


def approve_mark(
    transaction: Transaction,
    chosen: StoredConnection,
    author: Author,
    kind: MarkKind,
    value: str,
    *,
    by_id: bool | None,
    unlisted: bool,
) -> int:
    """The value as the EMR's list spells it; the entries that have it count as connected from now on.

    Returns the number of the change. Raises NotFound.
    """
    manifest = connector_for(chosen.emr).MANIFEST
    is_id = by_id if by_id is not None else manifest.is_matched_by_id and kind is manifest.marks[0]
    entries = _listed(transaction, chosen.connection_id, kind)
    named = [entry for entry in entries if value in (entry.id, entry.name, *entry.synonyms)]
    if entries and not named and not unlisted:
        raise NotFound(_not_listed(manifest, value, entries))
    values = {entry.id if is_id else entry.name for entry in named} or {value}
    change = 0
    for one in sorted(values):
        change = practice_settings.approve(transaction, chosen.connection_id, author, kind=kind, value=one, is_id=is_id)
    for entry in named:
        catalog.connect(transaction, chosen.connection_id, LISTED_AS[kind], entry.id)
    return change


def withdraw_mark(
    transaction: Transaction, chosen: StoredConnection, author: Author, kind: MarkKind, value: str
) -> int:
    """Takes the approval back; returns the number of the change. Raises NotFound."""
    entries = [entry for entry in _listed(transaction, chosen.connection_id, kind) if value in (entry.id, entry.name)]
    try:
        change = practice_settings.withdraw_approval(transaction, chosen.connection_id, author, kind=kind, value=value)
    except LookupError:
        raise NotFound(f"{value!r} is not approved. `visitsync practice show` lists what is.") from None
    for entry in entries:
        catalog.connect(transaction, chosen.connection_id, LISTED_AS[kind], entry.id, is_connected=False)
    return change


def _listed(transaction: Transaction, connection_id: UUID, kind: MarkKind) -> list[CatalogEntry]:
    if kind not in LISTED_AS:
        return []
    return list(catalog.entries(transaction, connection_id, LISTED_AS[kind]).values())


def _not_listed(manifest: Manifest, value: str, entries: Sequence[CatalogEntry]) -> str:
    names = sorted({entry.name for entry in entries if entry.is_active})
    return f"{manifest.name} lists no {value!r}. It lists: {', '.join(names[:20])}. (--unlisted approves it anyway.)"


def _refuse_unapproved(transaction: Transaction, connection_id: UUID, kind: MarkKind, approved: str) -> None:
    texts = {
        one.value
        for one in practice_settings.approvals(transaction, connection_id)
        if one.kind is kind and not one.is_id and one.spelling_of is None
    }
    if approved not in texts:
        raise NotFound(f"{approved!r} is not approved. Approved are: {', '.join(sorted(texts)) or 'none'}.")
