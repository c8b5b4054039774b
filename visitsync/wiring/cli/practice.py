"""visitsync practice: add practices, list them, show what one has."""

from datetime import datetime
from typing import Any
from uuid import UUID

import click

from visitsync.connectors import connector_for, supported_emrs
from visitsync.domain.required_demographics import read_demographics, write_demographics
from visitsync.storage import appointments, practice_settings, practices
from visitsync.storage.database import Transaction
from visitsync.storage.practices import StoredConnection
from visitsync.sync.admin.connection_settings import change_settings
from visitsync.sync.admin.in_words import OUTCOME_IN_A_LINE
from visitsync.sync.admin.practice_wide import close_on
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_author,
    the_connection_of,
    the_house,
    the_practice,
)
from visitsync.wiring.cli.previewing import change_or_preview, make_change, preview_option
from visitsync.wiring.cli.printing import print_json, say, table


@click.group()
def practice() -> None:
    """Add practices, list them, show what one has.

    \b
    Example:
      visitsync practice add lakeside --name "Lakeside Clinic" --zone America/Chicago
    """


@practice.command()
@click.argument("slug")
@click.option("--name", required=True, help="As people know it.")
@click.option("--zone", required=True, help="Its time zone, like America/Chicago.")
@json_option
def add(slug: str, name: str, zone: str, as_json: bool) -> None:
    """Register a practice under a short name (a–z, 0–9 and hyphens).

    \b
    Example:
      visitsync practice add lakeside --name "Lakeside Clinic" --zone America/Chicago
    """
    with the_house() as house:
        added = practices.add_practice(house.database, slug=slug, name=name, zone=zone)
    if as_json:
        print_json({"practice_id": added.practice_id, "slug": slug, "name": name, "zone": zone})
        return
    say(f"{name} is registered as {slug}.")
    say(f"Next: visitsync connect EMR --practice {slug}   (EMR is one of {', '.join(supported_emrs())})")


@practice.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List all practices.

    \b
    Example:
      visitsync practice list --json
    """
    with the_house() as house:
        found: list[dict[str, Any]] = []
        for tenant in practices.tenants(house.database):
            with house.database.practice(tenant.practice_id) as transaction:
                it = practices.find_practice(transaction)
                emrs = [one.emr for one in practices.connections(transaction)]
            found.append({"slug": tenant.slug, "name": it.name, "zone": it.zone, "emrs": emrs, "id": it.practice_id})
    if as_json:
        print_json(found)
    elif found:
        rows = ((one["slug"], one["name"], one["zone"], ", ".join(one["emrs"])) for one in found)
        table(("practice", "name", "zone", "EMRs"), rows)
    else:
        say("There is no practice yet. `visitsync practice add` makes one.")


@practice.command()
@click.argument("slug", required=False)
@json_option
def show(slug: str | None, as_json: bool) -> None:
    """Show a practice: its connections, how many appointments have which outcome, what is approved.

    \b
    Example:
      visitsync practice show lakeside
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        with house.database.practice(tenant.practice_id) as transaction:
            it = practices.find_practice(transaction)
            shown = [_connection(transaction, one) for one in practices.connections(transaction)]
    facts = {
        "slug": tenant.slug,
        "practice_id": tenant.practice_id,
        "name": it.name,
        "zone": it.zone,
        "closures": sorted(it.closures),
        "connections": shown,
    }
    if as_json:
        print_json(facts)
        return
    say(f"{it.name} ({tenant.slug}), {it.zone}", "bold")
    for one in shown:
        say(f"\n{one['name']}  {one['state']}  {one['base_url']}  id {one['connection_id']}")
        counts = ", ".join(f"{n} {OUTCOME_IN_A_LINE.get(o, o)}" for o, n in one["outcomes"].items())
        say(f"  appointments: {counts or 'none yet'}")
        say("  approved: " + (", ".join(f"{a['kind']} {a['value']}" for a in one["approved"]) or "nothing yet"))
        say(f"  demanded of a record: {one['required_demographics']}")
    if not shown:
        say(f"No connection yet. Next: visitsync connect EMR --practice {tenant.slug}")


@practice.command()
@click.argument("days", nargs=-1, required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--practice", "-p", "slug", help="Short name of the practice. Not needed if there is one.")
@json_option
def close(days: tuple[datetime, ...], slug: str | None, as_json: bool) -> None:
    """Add days on which the practice is closed; they are no business days.

    \b
    Example:
      visitsync practice close 2027-12-24 2027-12-27 --practice lakeside
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        closed = [day.date() for day in days]
        make_change(
            house, tenant.practice_id, lambda transaction: close_on(transaction, the_author(house), closed),
            as_json=as_json,
        )  # fmt: skip


@practice.command("set")
@click.argument("settings", nargs=-1, required=True, metavar="NAME=VALUE...")
@preview_option
@practice_option
@connection_option
@json_option
def set_up(settings: tuple[str, ...], preview: bool, slug: str | None, connection: str | None, as_json: bool) -> None:
    """Change settings of a connection, without signing in again; NAME= alone goes back to what is usual.

    `visitsync connect EMR --list-settings` lists those of an EMR. What they affect is judged again at once.

    \b
    Examples:
      visitsync practice set sync_months=2 --practice lakeside
      visitsync practice set "required_demographics=first name | date of birth" --preview
    """
    wanted = {name: value or None for name, value in map(_pair, settings)}
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        author = the_author(house)
        change_or_preview(
            house, practice_id, chosen.connection_id,
            lambda transaction: change_settings(transaction, chosen.connection_id, author, wanted),
            is_preview=preview, as_json=as_json,
        )  # fmt: skip


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"Write a setting as NAME=VALUE, not {text!r}.", param_hint="NAME=VALUE")
    return name, value


def _connection(transaction: Transaction, one: StoredConnection) -> dict[str, Any]:
    manifest = connector_for(one.emr).MANIFEST
    written = one.settings.get("required_demographics", "")
    return {
        "connection_id": one.connection_id,
        "emr": one.emr,
        "name": manifest.name,
        "base_url": one.base_url,
        "settings": one.settings,
        "state": one.state,
        "trouble": one.trouble,
        "outcomes": appointments.outcome_counts(transaction, one.connection_id),
        "approved": _approved(transaction, one.connection_id),
        "required_demographics": write_demographics(read_demographics(written, manifest.required_demographics)),
    }


def _approved(transaction: Transaction, connection_id: UUID) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind, "value": one.value, "is_id": one.is_id, "spelling_of": one.spelling_of}
        for one in practice_settings.approvals(transaction, connection_id)
    ]
