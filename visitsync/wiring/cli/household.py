"""visitsync household: patients who share an e-mail address because they belong together."""

import click

from visitsync.storage import patients, practice_settings
from visitsync.sync.recheck import recheck_for_patients
from visitsync.wiring.cli.exits import NotFound
from visitsync.wiring.cli.judging_again import judge_again
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_author,
    the_connection,
    the_house,
    the_practice,
)


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
    if len(set(numbers)) < 2:
        raise click.BadParameter("Name at least two patients.", param_hint="PATIENTS")
    with the_house() as house:
        tenant = the_practice(house, slug)
        with house.database.practice(tenant.practice_id) as transaction:
            chosen = the_connection(transaction, connection)
            known = patients.fingerprints(transaction, chosen.connection_id, numbers)
            if unknown := [one for one in numbers if one not in known]:
                raise NotFound(f"No patient {', '.join(unknown)} has been read from the EMR. Nothing was linked.")
            _, change = practice_settings.link_household(transaction, chosen.connection_id, the_author(house), numbers)
        judge_again(
            house, tenant.practice_id, chosen.connection_id, change,
            lambda found: recheck_for_patients(found, change, list(numbers)), as_json=as_json,
        )  # fmt: skip
