"""visitsync enable: which practitioners do telemedicine and who they are here; which locations are synced."""

import click

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.local_time import UnknownZone, zone_named
from visitsync.storage.database import Transaction
from visitsync.sync.admin import entries
from visitsync.sync.admin.practice_wide import find_staff
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_author,
    the_connection_of,
    the_house,
)
from visitsync.wiring.cli.previewing import change_or_preview, make_change, preview_option


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
            entry = entries.find_entry(transaction, chosen.connection_id, RecordKind.PRACTITIONER, who)

        def change(transaction: Transaction) -> int:
            staff_id = find_staff(transaction, house.vault, login).staff_id if login else None
            return entries.enable_practitioner(
                transaction, chosen.connection_id, author, entry.id, staff_id, is_enabled=not off
            )

        change_or_preview(house, practice_id, chosen.connection_id, change, is_preview=preview, as_json=as_json)


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
            entry = entries.find_entry(transaction, chosen.connection_id, RecordKind.LOCATION, which)

        def change(transaction: Transaction) -> int:
            return entries.sync_location(
                transaction, chosen.connection_id, author, entry.id, is_synced=not off, zone=zone
            )

        change_or_preview(house, practice_id, chosen.connection_id, change, is_preview=preview, as_json=as_json)


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
        practice_id, chosen = the_connection_of(house, slug, connection)

        def change(transaction: Transaction) -> int:
            entry = entries.find_entry(transaction, chosen.connection_id, RecordKind(kind), which)
            return entries.confirm_name(
                transaction, chosen.connection_id, the_author(house), RecordKind(kind), entry.id
            )

        make_change(house, practice_id, change, as_json=as_json)


def _refuse_unknown(zone: str | None) -> None:
    try:
        zone_named(zone or "UTC")
    except UnknownZone:
        raise click.BadParameter("Write it like America/Chicago.", param_hint="--zone") from None
