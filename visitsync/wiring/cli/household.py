"""visitsync household: patients who share an e-mail address because they belong together."""

import click

from visitsync.storage.database import Transaction
from visitsync.sync.admin.patients_and_tests import link_household, unlink_household
from visitsync.sync.admin.refusals import NameAtLeastTwo
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_author,
    the_connection_of,
    the_house,
)
from visitsync.wiring.cli.previewing import make_change


@click.group()
def household() -> None:
    """Patients who share an e-mail address because they belong together: one login, several patients.

    \b
    Example:
      visitsync household link 40012 40013 40014
    """


@household.command()
@click.argument("numbers", metavar="PATIENTS...", nargs=-1, required=True)
@practice_option
@connection_option
@json_option
def link(numbers: tuple[str, ...], slug: str | None, connection: str | None, as_json: bool) -> None:
    """Link patients (by their numbers in the EMR) as one household; nobody is ever merged.

    \b
    Example:
      visitsync household link 40012 40013 --practice lakeside
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)

        def change(transaction: Transaction) -> int:
            return link_household(transaction, chosen.connection_id, the_author(house), numbers)

        try:
            make_change(house, practice_id, change, as_json=as_json)
        except NameAtLeastTwo as problem:
            raise click.BadParameter(str(problem), param_hint="PATIENTS") from None


@household.command()
@click.argument("numbers", metavar="PATIENTS...", nargs=-1, required=True)
@practice_option
@connection_option
@json_option
def unlink(numbers: tuple[str, ...], slug: str | None, connection: str | None, as_json: bool) -> None:
    """Take patients (by their numbers in the EMR) out of their household.

    \b
    Example:
      visitsync household unlink 40013 --practice lakeside
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)

        def change(transaction: Transaction) -> int:
            return unlink_household(transaction, chosen.connection_id, the_author(house), numbers)

        make_change(house, practice_id, change, as_json=as_json)
