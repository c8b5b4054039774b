"""visitsync staff: the people of a practice, whose addresses may not be any patient's, and who may sign in."""

from datetime import timedelta
from uuid import UUID

import click

from visitsync.domain.role import Role
from visitsync.storage import audit
from visitsync.storage import staff as stored_staff
from visitsync.storage.audit_entry import Entry, Who, WhoKind
from visitsync.storage.database import Transaction
from visitsync.storage.staff import NoSuchStaff, StaffMember
from visitsync.sync.admin.carrying_out import judge_again
from visitsync.sync.admin.practice_wide import add_staff, find_staff, set_staff_active
from visitsync.sync.admin.refusals import AddressUnusable
from visitsync.wiring.cli.exits import NotFound
from visitsync.wiring.cli.options import json_option, practice_option, the_author, the_house, the_practice
from visitsync.wiring.cli.previewing import tell_effects
from visitsync.wiring.cli.printing import print_json, say, table
from visitsync.wiring.house import House

ROLES = tuple(role.value for role in Role)


@click.group()
def staff() -> None:
    """The people of a practice: their addresses may not be any patient's, visits link to them, they sign in.

    \b
    Example:
      visitsync staff add "Imara Osei" --email imara.osei@example.org --role provider
    """


@staff.command()
@click.argument("name")
@click.option("--email", required=True, help="The address they sign in with.")
@click.option("--role", type=click.Choice(ROLES), default=Role.PROVIDER.value, show_default=True)
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


@staff.command()
@click.argument("login")
@practice_option
def invite(login: str, slug: str | None) -> None:
    """Print a link by which a staff member (e-mail or id) comes to sign in; it works once, for seven days.

    So the first admin of a practice gets in. Whoever has signed in before gets a link to choose a new password instead;
    their second step stays.

    \b
    Example:
      visitsync staff add "Imara Osei" --email imara.osei@example.org --role admin
      visitsync staff invite imara.osei@example.org
    """
    from visitsync.wiring.site_of_house import accounts_of  # loads Django

    with the_house() as house:
        practice_id, member = _found(house, slug, login)
        if not member.is_active:
            raise NotFound("They are deactivated. `visitsync staff activate` lets them in again.")
        with accounts_of(house):
            from visitsync.web.accounts.way_in import way_in

            found = way_in(practice_id, member.staff_id)
        _record(house, practice_id, member, "user-invited")
    say(f"{found.what_it_does} Hand it to {member.name} alone:")
    click.echo(found.link)


@staff.command()
@click.argument("login")
@practice_option
@json_option
def deactivate(login: str, slug: str | None, as_json: bool) -> None:
    """Switch somebody's sign-in off; their open sessions end, and their address blocks no patient any more.

    \b
    Example:
      visitsync staff deactivate imara.osei@example.org
    """
    _switch(login, slug, as_json=as_json, is_active=False)


@staff.command()
@click.argument("login")
@practice_option
@json_option
def activate(login: str, slug: str | None, as_json: bool) -> None:
    """Let somebody who was deactivated sign in again.

    \b
    Example:
      visitsync staff activate imara.osei@example.org
    """
    _switch(login, slug, as_json=as_json, is_active=True)


@staff.command()
@click.argument("login")
@click.argument("role", type=click.Choice(ROLES))
@practice_option
def role(login: str, role: str, slug: str | None) -> None:
    """Give somebody another role, from their next click on.

    \b
    Example:
      visitsync staff role imara.osei@example.org admin
    """
    with the_house() as house:
        practice_id, member = _found(house, slug, login)
        with house.database.practice(practice_id) as transaction:
            stored_staff.set_role(transaction, member.staff_id, role)
            _note(house, transaction, member, "user-role", before=member.role, after=role)
    say(f"{member.name} is now {role}.")


@staff.command()
@click.argument("login")
@practice_option
def new_second_step(login: str, slug: str | None) -> None:
    """For a lost phone: they are signed out, and set up a new second step when they sign in next.

    Be sure that it is they who ask: their password alone is enough once.

    \b
    Example:
      visitsync staff new-second-step imara.osei@example.org
    """
    from visitsync.wiring.site_of_house import accounts_of  # loads Django

    with the_house() as house:
        practice_id, member = _found(house, slug, login)
        with accounts_of(house) as people:
            user = people.person_with(member.email)
            if user is None:
                raise NotFound("They have not signed in yet. `visitsync staff invite` lets them.")
            people.forget_second_factor(user)
        _record(house, practice_id, member, "second-step-forgotten")
    say(f"{member.name} sets up a new second step when they sign in next.")


@staff.command()
@click.argument("login")
@click.option("--reason", required=True, help="Why; it is kept, and the practice's admins see it.")
@click.option("--role", type=click.Choice(ROLES), default=Role.FRONT_DESK.value, show_default=True)
@click.option("--hours", type=click.IntRange(1, 12), default=2, show_default=True)
@practice_option
def emergency(login: str, reason: str, role: str, hours: int, slug: str | None) -> None:
    """Give a staff member another role for some hours, in an emergency; it ends by itself, and the admins are told.

    \b
    Example:
      visitsync staff emergency imara.osei@example.org --reason "front desk is ill, clinic is full" --practice lakeside
    """
    from visitsync.wiring.site_of_house import accounts_of  # loads Django

    if not reason.strip():
        raise click.BadParameter("Say why.", param_hint="--reason")
    with the_house() as house:
        practice_id, member = _found(house, slug, login)
        until = house.clock() + timedelta(hours=hours)
        with house.database.practice(practice_id) as transaction:
            stored_staff.give_emergency_role(transaction, member.staff_id, role, until=until)
            _note(house, transaction, member, "emergency-access", reason=reason, role=role, until=until.isoformat())
        with accounts_of(house):
            from visitsync.web.accounts.alarm import tell_admins

            told = tell_admins(practice_id, member.staff_id)
    say(f"{member.name} is {role} for {hours} h, until {until:%Y-%m-%d %H:%M} UTC. {told}")


# --- what several commands need ---------------------------------------------------------------------------------------


def _found(house: House, slug: str | None, login: str) -> tuple[UUID, StaffMember]:
    """The practice's id, and its staff member. Raises NoSuchPractice, NotFound."""
    tenant = the_practice(house, slug)
    with house.database.practice(tenant.practice_id) as transaction:
        try:
            return tenant.practice_id, find_staff(transaction, house.vault, login)
        except NoSuchStaff as problem:
            raise NotFound(f"{problem} `visitsync staff list` shows who is there.") from None


def _switch(login: str, slug: str | None, *, as_json: bool, is_active: bool) -> None:
    from visitsync.wiring.site_of_house import accounts_of  # loads Django

    with the_house() as house:
        practice_id, member = _found(house, slug, login)
        with house.database.practice(practice_id) as transaction:
            change = set_staff_active(transaction, the_author(house), member.staff_id, is_active=is_active)
            _note(house, transaction, member, "user-activated" if is_active else "user-deactivated")
        with accounts_of(house):
            from visitsync.web.accounts.way_in import close_door

            close_door(member.staff_id)
        if not as_json:
            say(f"{member.name} {'may sign in again' if is_active else 'is deactivated and signed out'}.")
        tell_effects(judge_again(house.engine, practice_id, change), as_json=as_json)


def _record(house: House, practice_id: UUID, member: StaffMember, act: str) -> None:
    with house.database.practice(practice_id) as transaction:
        _note(house, transaction, member, act)


def _note(house: House, transaction: Transaction, member: StaffMember, act: str, **details: str) -> None:
    entry = Entry(
        at=house.clock(),
        who=Who(WhoKind.COMMAND, house.settings.author),
        act=act,
        object_kind="user",
        object_id=str(member.staff_id),
        why="command line",
        details=details,
    )
    audit.record(transaction, house.vault, entry)
