"""visitsync enable: which practitioners do telemedicine and who they are here; which locations are synced."""

from collections.abc import Sequence
from uuid import UUID

import click

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.email_address import canonical
from visitsync.domain.local_time import UnknownZone, zone_named
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog, practice_settings, staff
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import Cause
from visitsync.storage.practice_settings import Author
from visitsync.storage.vault import Vault
from visitsync.sync.link import Link
from visitsync.sync.recheck import recheck_for_practitioner, recheck_for_setting
from visitsync.sync.replay import replay
from visitsync.wiring.cli.exits import NotFound
from visitsync.wiring.cli.judging_again import judge_again
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_author,
    the_connection,
    the_connection_of,
    the_house,
    the_practice,
)
from visitsync.wiring.cli.previewing import change_or_preview, preview_option


@click.group()
def enable() -> None:
    """Switch practitioners and locations on for telemedicine; what it affects is judged again at once.

    \b
    Examples:
      visitsync enable practitioner "Imara Osei" --staff imara.osei@example.org
      visitsync enable location "Chicago Office" --zone America/Chicago
    """


@enable.command()
@click.argument("who")
@click.option("--staff", "login", help="E-mail or id of the staff member who sees these visits.")
@click.option("--off", is_flag=True, help="Switch off instead.")
@preview_option
@practice_option
@connection_option
@json_option
def practitioner(
    who: str, login: str | None, off: bool, preview: bool, slug: str | None, connection: str | None, as_json: bool
) -> None:
    """Enable a practitioner (by name or id) for telemedicine, and link them to a staff member.

    \b
    Example:
      visitsync enable practitioner "Imara Osei" --staff imara.osei@example.org --practice lakeside
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        author = the_author(house)
        with house.database.practice(practice_id) as transaction:
            entry = the_entry(transaction, chosen.connection_id, RecordKind.PRACTITIONER, who)

        def change(transaction: Transaction) -> int:
            staff_id = _staff_id(transaction, house.vault, login) if login else None
            return enable_practitioner(
                transaction, chosen.connection_id, author, entry.id, staff_id, is_enabled=not off
            )

        change_or_preview(
            house, practice_id, chosen.connection_id, change, is_preview=preview, as_json=as_json,
            recheck=lambda link, number: recheck_for_practitioner(link, number, entry.id),
        )  # fmt: skip


@enable.command()
@click.argument("which")
@click.option("--zone", help="Its time zone, over what the EMR says.")
@click.option("--off", is_flag=True, help="Switch off instead.")
@preview_option
@practice_option
@connection_option
@json_option
def location(
    which: str, zone: str | None, off: bool, preview: bool, slug: str | None, connection: str | None, as_json: bool
) -> None:
    """Sync a location (by name or id). As long as none is chosen, all are synced.

    \b
    Example:
      visitsync enable location "Chicago Office" --zone America/Chicago
    """
    _refuse_unknown(zone)
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        author = the_author(house)
        with house.database.practice(practice_id) as transaction:
            entry = the_entry(transaction, chosen.connection_id, RecordKind.LOCATION, which)

        def change(transaction: Transaction) -> int:
            if zone is not None:
                catalog.set_zone(transaction, chosen.connection_id, RecordKind.LOCATION, entry.id, zone)
            return sync_location(transaction, chosen.connection_id, author, entry.id, is_synced=not off)

        def recheck(link: Link, number: int) -> object:
            if zone is None:
                return recheck_for_setting(link, number)
            return replay(link, Cause("setting changed", str(number)))

        change_or_preview(
            house, practice_id, chosen.connection_id, change, is_preview=preview, as_json=as_json, recheck=recheck
        )


@enable.command("same-name")
@click.argument("which")
@click.option(
    "--kind", type=click.Choice(["appointment-type", "location", "practitioner"]),
    default="appointment-type", show_default=True,
)  # fmt: skip
@practice_option
@connection_option
@json_option
def same_name(which: str, kind: str, slug: str | None, connection: str | None, as_json: bool) -> None:
    """Confirm that an entry which the EMR renamed is still the same thing.

    \b
    Example:
      visitsync enable same-name "Virtual Visit" --kind appointment-type
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        with house.database.practice(tenant.practice_id) as transaction:
            chosen = the_connection(transaction, connection)
            entry = the_entry(transaction, chosen.connection_id, RecordKind(kind), which)
            catalog.confirm_name(transaction, chosen.connection_id, RecordKind(kind), entry.id)
            change = practice_settings.note_change(
                transaction, the_author(house), "name confirmed", before=entry.previous_name, after=entry.name
            )
        judge_again(
            house, tenant.practice_id, chosen.connection_id, change,
            lambda link: recheck_for_setting(link, change), as_json=as_json,
        )  # fmt: skip


def enable_practitioner(
    transaction: Transaction,
    connection_id: UUID,
    author: Author,
    practitioner_id: str,
    staff_id: UUID | None,
    *,
    is_enabled: bool = True,
) -> int:
    """Switches a practitioner on (or off) and links them; returns the number of the change. Raises LookupError."""
    catalog.connect(transaction, connection_id, RecordKind.PRACTITIONER, practitioner_id, is_connected=is_enabled)
    if staff_id is not None:
        catalog.link_staff(transaction, connection_id, practitioner_id, staff_id)
    what = "practitioner on" if is_enabled else "practitioner off"
    return practice_settings.note_change(transaction, author, what, after=practitioner_id)


def sync_location(
    transaction: Transaction, connection_id: UUID, author: Author, location_id: str, *, is_synced: bool = True
) -> int:
    """Chooses a location (or no longer); returns the number of the change. Raises LookupError."""
    catalog.connect(transaction, connection_id, RecordKind.LOCATION, location_id, is_connected=is_synced)
    return practice_settings.note_change(
        transaction, author, "location on" if is_synced else "location off", after=location_id
    )


def the_entry(transaction: Transaction, connection_id: UUID, kind: RecordKind, wanted: str) -> CatalogEntry:
    """The one entry of that id or name. Raises NotFound."""
    entries = catalog.entries(transaction, connection_id, kind)
    found = catalog.by_name(entries, wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(f"Several have this name; choose one by its id: {', '.join(entry.id for entry in found)}.")
    raise NotFound(f"The EMR lists no {wanted!r}. It lists: {_names(list(entries.values()))}.")


def _names(entries: Sequence[CatalogEntry]) -> str:
    return ", ".join(sorted(entry.name for entry in entries if entry.is_active)[:20]) or "nothing yet (sync first)"


def _staff_id(transaction: Transaction, vault: Vault, login: str) -> UUID:
    for member in staff.staff_members(transaction, vault):
        if login == str(member.staff_id) or canonical(login) == canonical(member.email):
            return member.staff_id
    raise staff.NoSuchStaff("No staff member has this e-mail or id.")


def _refuse_unknown(zone: str | None) -> None:
    try:
        zone_named(zone or "UTC")
    except UnknownZone:
        raise click.BadParameter("Write it like America/Chicago.", param_hint="--zone") from None
