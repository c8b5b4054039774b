"""Options that many commands share, and how a practice, a connection or an author is chosen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import click

from visitsync.storage import practices
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import StoredConnection, Tenant
from visitsync.wiring.cli.exits import NotFound
from visitsync.wiring.house import House, open_house
from visitsync.wiring.log import set_up_log
from visitsync.wiring.settings import from_environment

Command = TypeVar("Command", bound=Callable[..., Any])


def practice_option(command: Command) -> Command:
    """--practice: may be left out where there is only one."""
    return click.option("--practice", "-p", "slug", help="Short name of the practice. Not needed if there is one.")(
        command
    )


def connection_option(command: Command) -> Command:
    """--connection: may be left out where the practice has only one."""
    return click.option(
        "--connection", "-c", "connection", help="EMR or id of the connection. Not needed if there is one."
    )(command)


def json_option(command: Command) -> Command:
    """--json: the same facts for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(command)


@contextmanager
def the_house() -> Iterator[House]:
    """The installation that the environment describes."""
    settings = from_environment()
    set_up_log("command", level="error" if settings.log_level == "info" else settings.log_level)
    with open_house(settings) as house:
        yield house


def the_practice(house: House, slug: str | None) -> Tenant:
    """The practice of that slug, or the only one. Raises NoSuchPractice, NotFound."""
    if slug is not None:
        return practices.find_tenant(house.database, slug)
    found = practices.tenants(house.database)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound("There is no practice yet. `visitsync practice add` makes one.")
    raise NotFound(f"There are several practices; choose one with --practice: {', '.join(one.slug for one in found)}.")


def the_connection(transaction: Transaction, wanted: str | None) -> StoredConnection:
    """The connection to that EMR, or with that id (or its beginning), or the only one. Raises NotFound."""
    found = practices.connections(transaction)
    if not found:
        raise NotFound("This practice has no connection yet. `visitsync connect EMR` makes one.")
    chosen = [one for one in found if wanted is None or wanted == one.emr or str(one.connection_id).startswith(wanted)]
    if len(chosen) == 1:
        return chosen[0]
    there = ", ".join(f"{one.emr} ({str(one.connection_id)[:8]})" for one in found)
    raise NotFound(f"Choose one connection with --connection. There are: {there}.")


def the_connection_of(house: House, slug: str | None, wanted: str | None) -> tuple[UUID, StoredConnection]:
    """The practice's id and its connection. Raises NoSuchPractice, NotFound."""
    tenant = the_practice(house, slug)
    with house.database.practice(tenant.practice_id) as transaction:
        return tenant.practice_id, the_connection(transaction, wanted)


def the_author(house: House) -> Author:
    """Who changes a setting, now."""
    return Author(house.settings.author, house.clock())
