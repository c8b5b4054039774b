"""visitsync replay: judge again from what is stored, without asking the EMR."""

import click

from visitsync.rules.decide import RULES_VERSION
from visitsync.storage.decisions import Cause
from visitsync.sync.replay import replay as replay_stored
from visitsync.sync.turns import in_turn
from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.options import connection_option, json_option, practice_option, the_connection_of, the_house
from visitsync.wiring.cli.printing import print_json, say


@click.command()
@practice_option
@connection_option
@json_option
def replay(slug: str | None, connection: str | None, as_json: bool) -> int:
    """Understand and judge everything again from stored raw records; the EMR is not asked.

    For use after an update of the program, and for records that could not be read before. Ends with 1 if some still
    cannot.

    \b
    Example:
      visitsync replay --practice lakeside
    """
    with the_house() as house:
        practice_id, chosen = the_connection_of(house, slug, connection)
        link = house.link(practice_id, chosen.connection_id)
        done = in_turn(lambda: replay_stored(link, Cause("replayed", RULES_VERSION)))
    if as_json:
        print_json(done)
    else:
        say(
            f"{done.translated} records understood anew, {done.let_out} that could not be read before; "
            f"{done.decisions_changed} answers changed, {done.still_unreadable} records still unreadable."
        )
    return Exit.ATTENTION if done.still_unreadable else Exit.FINE
