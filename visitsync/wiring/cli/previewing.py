"""What a change did or would do, said at the terminal: how many appointments start or stop syncing, and which."""

from collections.abc import Callable
from uuid import UUID

import click

from visitsync.domain.time_words import in_words
from visitsync.storage.database import Transaction
from visitsync.sync.admin.carrying_out import CarriedOut, Change, carry_out, preview
from visitsync.sync.admin.in_words import turn_in_words
from visitsync.wiring.cli.options import Command
from visitsync.wiring.cli.printing import print_json, say, table
from visitsync.wiring.house import House

MOST_SHOWN = 20


def preview_option(command: Command) -> Command:
    """--preview: only says what would become of the stored appointments."""
    return click.option(
        "--preview", is_flag=True, help="Only say what it would change among the appointments to come; change nothing."
    )(command)


def change_or_preview(
    house: House, practice_id: UUID, connection_id: UUID, change: Change, *, is_preview: bool, as_json: bool
) -> None:
    """Makes the change, judges again what it affects, and says what became of it; or only what would become of it."""
    if is_preview:
        show_preview(house, practice_id, connection_id, change, as_json=as_json)
    else:
        make_change(house, practice_id, change, as_json=as_json)


def make_change(house: House, practice_id: UUID, change: Change, *, as_json: bool) -> None:
    """Makes the change, judges again what it affects, and says what became of it."""
    tell_effects(carry_out(house.engine, practice_id, change), as_json=as_json)


def tell_effects(done: CarriedOut, *, as_json: bool) -> None:
    """Says what a change did."""
    if as_json:
        print_json({"change": done.change_id, "effects": done.effects})
    else:
        say(f"{done.sentence}.")


def show_preview(
    house: House, practice_id: UUID, connection_id: UUID, change: Callable[[Transaction], object], *, as_json: bool
) -> None:
    """Says what the change would do. No name of a patient is shown."""
    found = preview(house.engine, practice_id, connection_id, change)
    if as_json:
        print_json({"would_start": found.would_start, "would_stop": found.would_stop, "turned": found.turned})
        return
    say(f"{found.sentence}. Nothing was changed.")
    if moved := found.moved:
        now = house.clock()
        rows = [
            (one.appointment_id, in_words(one.start, one.zone, now), turn_in_words(one)) for one in moved[:MOST_SHOWN]
        ]
        table(("appointment", "when", ""), rows)
        if len(moved) > MOST_SHOWN:
            say(f"  and {len(moved) - MOST_SHOWN} more (--json lists all)")
