"""visitsync approve: what marks telemedicine in a practice's EMR, accepted spellings, meanings of its statuses."""

import click

from visitsync.domain.appointment import AppointmentStatus, MarkKind
from visitsync.storage.database import Transaction
from visitsync.storage.practices import StoredConnection
from visitsync.sync.admin import marks
from visitsync.sync.admin.refusals import MarkStandsElsewhere
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_author,
    the_connection_of,
    the_house,
)
from visitsync.wiring.cli.previewing import change_or_preview, preview_option

STATUSES = [status.value for status in AppointmentStatus]
KINDS = [kind.value for kind in MarkKind]


@click.group()
def approve() -> None:
    """Say what marks telemedicine in the practice's EMR; everything it affects is judged again at once.

    \b
    Examples:
      visitsync approve mark "Telemedicine Visit" --practice lakeside
      visitsync approve spelling "Telemedicne Visit" --of "Telemedicine Visit"
      visitsync approve status "Phoned-OK" --means booked
    """


@approve.command()
@click.argument("value")
@click.option("--kind", type=click.Choice(KINDS), help="Where the mark stands. [the EMR's usual]")
@click.option("--by-id/--by-name", default=None, help="What is matched. [the EMR's usual]")
@click.option("--unlisted", is_flag=True, help="Although the EMR's list does not have it.")
@click.option("--withdraw", is_flag=True, help="Take the approval back.")
@preview_option
@practice_option
@connection_option
@json_option
def mark(
    value: str,
    kind: str | None,
    by_id: bool | None,
    unlisted: bool,
    withdraw: bool,
    preview: bool,
    slug: str | None,
    connection: str | None,
    as_json: bool,
) -> None:
    """Approve an appointment type (or reason, location, room …) as telemedicine.

    VALUE is a name or id of the EMR's list, spelt exactly as there. With --kind the mark stands elsewhere; if several
    kinds are approved, all must agree (or any of them, by the connection's setting `agreement`).

    \b
    Examples:
      visitsync approve mark "Telemedicine Visit" --practice lakeside
      visitsync approve mark "Virtual Care" --kind location
      visitsync approve mark "Video Check-In" --preview
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        where, author = _kind(chosen, kind), the_author(house)

        def change(transaction: Transaction) -> int:
            if withdraw:
                return marks.withdraw_mark(transaction, chosen, author, where, value)
            return marks.approve_mark(transaction, chosen, author, where, value, by_id=by_id, unlisted=unlisted)

        change_or_preview(house, practice_id, chosen.connection_id, change, is_preview=preview, as_json=as_json)


@approve.command()
@click.argument("spelling")
@click.option("--of", "approved", required=True, help="The approved text that it stands for.")
@click.option("--kind", type=click.Choice(KINDS), help="Where it stands. [the EMR's usual]")
@preview_option
@practice_option
@connection_option
@json_option
def spelling(
    spelling: str,
    approved: str,
    kind: str | None,
    preview: bool,
    slug: str | None,
    connection: str | None,
    as_json: bool,
) -> None:
    """Accept a spelling that differs from an approved text; nothing is accepted without you.

    \b
    Example:
      visitsync approve spelling "Telemedicne Visit" --of "Telemedicine Visit"
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        where, author = _kind(chosen, kind), the_author(house)

        def change(transaction: Transaction) -> int:
            return marks.accept_spelling(transaction, chosen, author, where, spelling, approved=approved)

        change_or_preview(house, practice_id, chosen.connection_id, change, is_preview=preview, as_json=as_json)


@approve.command()
@click.argument("word")
@click.option("--means", required=True, type=click.Choice(STATUSES))
@preview_option
@practice_option
@connection_option
@json_option
def status(word: str, means: str, preview: bool, slug: str | None, connection: str | None, as_json: bool) -> None:
    """Say what one of the practice's own appointment statuses means.

    \b
    Example:
      visitsync approve status "Phoned-OK" --means booked --practice lakeside
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        author = the_author(house)

        def change(transaction: Transaction) -> int:
            return marks.mean_status(transaction, chosen, author, word, AppointmentStatus(means))

        change_or_preview(house, practice_id, chosen.connection_id, change, is_preview=preview, as_json=as_json)


def _kind(chosen: StoredConnection, kind: str | None) -> MarkKind:
    try:
        return marks.mark_kind(chosen, kind)
    except MarkStandsElsewhere as problem:
        raise click.BadParameter(str(problem), param_hint="--kind") from None
