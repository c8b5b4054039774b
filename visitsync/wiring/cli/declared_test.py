"""visitsync test-visit: an appointment that somebody booked to try things out."""

import click

from visitsync.storage.database import Transaction
from visitsync.sync.admin.patients_and_tests import declare_test_visit
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_author,
    the_connection_of,
    the_house,
)
from visitsync.wiring.cli.previewing import make_change


@click.command()
@click.argument("appointment")
@click.option("--days", type=click.IntRange(1, 365), default=7, show_default=True, help="After these it expires.")
@practice_option
@connection_option
@json_option
def declared_test(appointment: str, days: int, slug: str | None, connection: str | None, as_json: bool) -> None:
    """Declare an appointment a test visit: labelled, no e-mail collision, not counted, expiring.

    \b
    Example:
      visitsync test-visit 700123 --practice lakeside
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)

        def change(transaction: Transaction) -> int:
            return declare_test_visit(
                transaction, house.vault, chosen.connection_id, the_author(house), appointment, days=days
            )

        make_change(house, practice_id, change, as_json=as_json)
