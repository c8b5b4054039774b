"""visitsync staff: the people of a practice, whose addresses may not be any patient's."""

import click

from visitsync.storage import staff as stored_staff
from visitsync.sync.admin.carrying_out import judge_again
from visitsync.sync.admin.practice_wide import add_staff
from visitsync.sync.admin.refusals import AddressUnusable
from visitsync.wiring.cli.options import json_option, practice_option, the_author, the_house, the_practice
from visitsync.wiring.cli.previewing import tell_effects
from visitsync.wiring.cli.printing import print_json, say, table

ROLES = ("provider", "front desk", "admin")


@click.group()
def staff() -> None:
    """The people of a practice: their addresses may not be any patient's, and visits link to them.

    \b
    Example:
      visitsync staff add "Imara Osei" --email imara.osei@example.org --role provider
    """


@staff.command()
@click.argument("name")
@click.option("--email", required=True, help="The address they sign in with.")
@click.option("--role", type=click.Choice(ROLES), default="provider", show_default=True)
@practice_option
@json_option
def add(name: str, email: str, role: str, slug: str | None, as_json: bool) -> None:
    """Add a staff member; patients who have the same address are judged again at once.

    \b
    Example:
      visitsync staff add "Imara Osei" --email imara.osei@example.org --practice lakeside
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        try:
            with house.database.practice(tenant.practice_id) as transaction:
                member, change = add_staff(
                    transaction, house.vault, the_author(house), name=name, email=email, role=role
                )
        except AddressUnusable as problem:
            raise click.BadParameter(str(problem), param_hint="--email") from None
        if not as_json:
            say(f"{name} is added with id {member.staff_id}.")
        tell_effects(judge_again(house.engine, tenant.practice_id, change), as_json=as_json)


@staff.command("list")
@practice_option
@json_option
def list_all(slug: str | None, as_json: bool) -> None:
    """List the staff of a practice.

    \b
    Example:
      visitsync staff list --practice lakeside
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        with house.database.practice(tenant.practice_id) as transaction:
            members = stored_staff.staff_members(transaction, house.vault)
    if as_json:
        print_json(members)
    elif members:
        rows = ((one.name, one.email, one.role, "" if one.is_active else "inactive", one.staff_id) for one in members)
        table(("name", "e-mail", "role", "", "id"), rows)
    else:
        say("Nobody yet. `visitsync staff add` adds somebody.")
