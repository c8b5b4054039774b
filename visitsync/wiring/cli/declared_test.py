"""visitsync test-visit: an appointment that somebody booked to try things out."""

from datetime import timedelta

import click

from visitsync.storage import appointments, practice_settings
from visitsync.sync.recheck import recheck_for_setting
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
        tenant = the_practice(house, slug)
        author = the_author(house)
        with house.database.practice(tenant.practice_id) as transaction:
            chosen = the_connection(transaction, connection)
            if not appointments.find(transaction, house.vault, chosen.connection_id, [appointment]):
                raise NotFound(f"No appointment {appointment} has been received. `visitsync why` finds its number.")
            change = practice_settings.declare_test_visit(
                transaction, chosen.connection_id, author, appointment, expires_at=author.now + timedelta(days=days)
            )
        judge_again(
            house, tenant.practice_id, chosen.connection_id, change,
            lambda link: recheck_for_setting(
                link, change, "appointment_id = %(appointment)s", {"appointment": appointment}
            ), as_json=as_json,
        )  # fmt: skip
