"""visitsync catalog: what the EMR lists, and what of it is connected."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import click

from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors import connector_for
from visitsync.storage import catalog as stored_catalog
from visitsync.storage import practice_settings
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_connection,
    the_house,
    the_practice,
)
from visitsync.wiring.cli.printing import print_json, say, table

IDS_SHOWN = 4
KINDS = {
    "types": RecordKind.APPOINTMENT_TYPE,
    "locations": RecordKind.LOCATION,
    "practitioners": RecordKind.PRACTITIONER,
}


@click.command()
@practice_option
@connection_option
@click.option("--all", "shows_all", is_flag=True, help="Also what the EMR no longer lists.")
@json_option
def catalog(slug: str | None, connection: str | None, shows_all: bool, as_json: bool) -> None:
    """List the EMR's types, locations and practitioners, and which are connected.

    New, renamed and retired entries are marked. `approve` and `enable` connect them.

    \b
    Example:
      visitsync catalog --practice lakeside
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        with house.database.practice(tenant.practice_id) as transaction:
            chosen = the_connection(transaction, connection)
            approved = {one.value for one in practice_settings.approvals(transaction, chosen.connection_id)}
            listed = {
                name: [
                    _entry(entry, approved)
                    for entry in stored_catalog.entries(transaction, chosen.connection_id, kind).values()
                    if entry.is_active or shows_all
                ]
                for name, kind in KINDS.items()
            }
    if as_json:
        print_json({"emr": chosen.emr, **listed})
        return
    for name, entries in listed.items():
        say(f"{name.capitalize()} in {connector_for(chosen.emr).MANIFEST.name}", "bold")
        if entries:
            table(("", "name", "id", "", "zone"), _rows(entries))
        else:
            say("  none read yet: `visitsync sync` reads them")


def _entry(entry: Any, approved: set[str]) -> dict[str, Any]:
    return {
        "id": entry.id,
        "name": entry.name,
        "is_connected": entry.is_connected or entry.id in approved or entry.name in approved,
        "is_active": entry.is_active,
        "first_seen_at": entry.first_seen_at,
        "previous_name": entry.previous_name,
        "zone": entry.zone,
        "npi": entry.npi,
        "is_clinician": entry.is_clinician,
        "owner_id": entry.owner_id,
        "staff_id": entry.staff_id,
    }


def _rows(entries: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """One row per name: where types belong to a practitioner, the same one has many ids."""
    by_name: dict[tuple[bool, str, str, str], list[str]] = defaultdict(list)
    for entry in entries:
        remarks = ", ".join(filter(None, (
            f"was “{entry['previous_name']}”" if entry["previous_name"] else "",
            "" if entry["is_active"] else "no longer listed",
            "" if entry["is_clinician"] else "no provider",
        )))  # fmt: skip
        by_name[entry["is_connected"], _quoted_if_odd(entry["name"]), remarks, entry["zone"] or ""].append(entry["id"])
    return [
        ("✓" if is_connected else "·", name, _ids(ids), remarks, zone)
        for (is_connected, name, remarks, zone), ids in sorted(by_name.items(), key=_order)
    ]


def _ids(ids: Sequence[str]) -> str:
    return ", ".join(ids) if len(ids) <= IDS_SHOWN else f"{', '.join(ids[:2])} … ({len(ids)} ids)"


def _quoted_if_odd(name: str) -> str:
    """Spaces that nobody sees are the most usual reason why a name does not match."""
    return name if name == " ".join(name.split()) else f"“{name}”"


def _order(row: tuple[tuple[bool, str, str, str], list[str]]) -> tuple[bool, str]:
    is_connected, name, _, _ = row[0]
    return not is_connected, name.strip("“").casefold()
