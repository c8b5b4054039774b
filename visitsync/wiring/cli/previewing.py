"""What a change would do, said before it is done: how many appointments start or stop syncing, and which."""

from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID

import click

from visitsync.domain.time_words import in_words
from visitsync.storage.database import Transaction
from visitsync.sync.link import Link
from visitsync.sync.recheck import recheck_for_setting
from visitsync.sync.rehearsing import Turned, rehearse
from visitsync.wiring.cli.judging_again import OUTCOME_IN_A_LINE, judge_again
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
    house: House,
    practice_id: UUID,
    connection_id: UUID,
    change: Callable[[Transaction], int],
    *,
    is_preview: bool,
    as_json: bool,
    recheck: Callable[[Link, int], object] = recheck_for_setting,
) -> None:
    """Makes the change, judges again what it affects, and says what became of it; or only what would become of it.

    `change` returns the number of the change, which `recheck` is given.
    """
    if is_preview:
        show_preview(house, practice_id, connection_id, change, as_json=as_json)
        return
    with house.database.practice(practice_id) as transaction:
        number = change(transaction)
    judge_again(house, practice_id, connection_id, number, lambda link: recheck(link, number), as_json=as_json)


def show_preview(
    house: House, practice_id: UUID, connection_id: UUID, change: Callable[[Transaction], object], *, as_json: bool
) -> None:
    """Says what the change would do. No name of a patient is shown."""
    turned = rehearse(house.link(practice_id, connection_id), change)
    moved = [one for one in turned if one.before is not one.after]
    if as_json:
        started, stopped = sum(one.would_start for one in turned), sum(one.would_stop for one in turned)
        print_json({"would_start": started, "would_stop": stopped, "turned": turned})
        return
    say(f"{in_a_sentence(turned)}. Nothing was changed.")
    if moved:
        now = house.clock()
        rows = [(one.appointment_id, in_words(one.start, one.zone, now), _from_to(one)) for one in moved[:MOST_SHOWN]]
        table(("appointment", "when", ""), rows)
        if len(moved) > MOST_SHOWN:
            say(f"  and {len(moved) - MOST_SHOWN} more (--json lists all)")


def in_a_sentence(turned: Sequence[Turned]) -> str:
    """For instance "12 would start syncing (3 of them once the patient's record is read), 1 would stop"."""
    started = [one for one in turned if one.would_start]
    unread = sum(one.waits_for_record for one in started)
    parts = []
    if started:
        later = f" ({unread} of them once the patient's record is read)" if unread else ""
        parts.append(f"{len(started)} would start syncing{later}")
    if stopped := sum(one.would_stop for one in turned):
        parts.append(f"{stopped} would stop")
    others = Counter(
        one.after for one in turned if one.before is not one.after and not one.would_start and not one.would_stop
    )
    parts += (f"{count} would be: {OUTCOME_IN_A_LINE[after]}" for after, count in sorted(others.items()))
    if said := sum(one.before is one.after for one in turned):
        parts.append(f"of {said} something else would be said")
    return ", ".join(parts) or "No appointment would change"


def _from_to(one: Turned) -> str:
    after = "ready once the patient's record is read" if one.waits_for_record else OUTCOME_IN_A_LINE[one.after]
    return f"{OUTCOME_IN_A_LINE[one.before]} → {after}"
