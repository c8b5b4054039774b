"""visitsync sync: read the EMR now, all of it or one appointment."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import click
import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from visitsync.connectors import connector_for
from visitsync.domain.decision import Finding, Outcome
from visitsync.domain.explanation import explain
from visitsync.storage import appointments, practices
from visitsync.storage.database import Transaction
from visitsync.storage.practices import StoredConnection
from visitsync.sync import pipeline
from visitsync.sync.admin.in_words import OUTCOME_IN_A_LINE
from visitsync.sync.answers import OUTCOME_WORDS
from visitsync.sync.desk import screen_for
from visitsync.sync.link import Progress
from visitsync.sync.report import SyncReport
from visitsync.sync.turns import in_turn
from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.options import (
    connection_option,
    json_option,
    practice_option,
    the_connection,
    the_house,
    the_practice,
)
from visitsync.wiring.cli.printing import console, print_json, say, visible
from visitsync.wiring.house import House

RECONNECT = frozenset({"connection-needs-reconnect", "connection-lacks-permission", "access-switched-off"})
STOPS = frozenset({"too-many-cancellations", "cancellations-held"})


class Synced(msgspec.Struct, frozen=True, kw_only=True):
    """How one connection's turn ended."""

    emr: str
    connection_id: UUID
    report: SyncReport
    outcomes: dict[str, int]
    """Outcome → number of appointments now."""
    asked_for: dict[str, str] | None = None
    """The appointments that --appointment named → their outcomes; empty: the EMR has never shown it."""


@click.command()
@practice_option
@connection_option
@click.option("--appointment", metavar="ID", help="Read only this appointment, with its patient; answers in seconds.")
@click.option("--full", is_flag=True, help="Read the whole window and the EMR's lists, due or not.")
@click.option(
    "--accept-cancellations", is_flag=True, help="A person has looked: cancel even a large share of the coming visits."
)
@json_option
def sync(
    slug: str | None,
    connection: str | None,
    appointment: str | None,
    full: bool,
    accept_cancellations: bool,
    as_json: bool,
) -> int:
    """Read the EMR now: what changed, the whole window if it is due, and whatever judging needs.

    Without --connection all connections of the practice are read. Workers do the same by themselves all the time.

    \b
    Examples:
      visitsync sync --practice lakeside
      visitsync sync --connection drchrono --appointment 700123
    """
    with the_house() as house:
        tenant = the_practice(house, slug)
        with house.database.practice(tenant.practice_id) as transaction:
            wanted = connection is not None or appointment is not None
            chosen: Sequence[StoredConnection] = (
                [the_connection(transaction, connection)] if wanted else practices.connections(transaction)
            )
            zone = practices.find_practice(transaction).zone
        wish = _Wish(appointment=appointment, is_full=full, accepts_cancellations=accept_cancellations)
        with shown_progress(quiet=as_json) as watch:
            done = [_turn(house, tenant.practice_id, one, watch, wish) for one in chosen]
        if as_json:
            print_json(done)
        else:
            _tell(house, done, zone)
    code = exit_of([one.report for one in done])
    return Exit.NOT_FOUND if code is Exit.FINE and any(one.asked_for == {} for one in done) else code


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[Callable[[str], Callable[[Progress], None]]]:
    """A line of progress per connection on a terminal; nothing in a pipe. Gives a watcher for a title."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=console(), disable=quiet or not console().is_terminal) as bar:

        def watch(title: str) -> Callable[[Progress], None]:
            line = bar.add_task(title, total=None)
            return lambda progress: bar.update(
                line, description=f"{title}: {progress.phase}", completed=progress.done, total=progress.of
            )

        yield watch


def exit_of(reports: Sequence[SyncReport]) -> Exit:
    """The exit code that says how turns ended, the worst first."""
    troubles = {report.trouble for report in reports} - {None}
    if troubles & RECONNECT:
        return Exit.RECONNECT
    if troubles & STOPS:
        return Exit.ATTENTION
    return Exit.TRY_LATER if troubles else Exit.FINE


class _Wish(msgspec.Struct, frozen=True, kw_only=True):
    appointment: str | None
    is_full: bool
    accepts_cancellations: bool


def _turn(
    house: House,
    practice_id: UUID,
    connection: StoredConnection,
    watch: Callable[[str], Callable[[Progress], None]],
    wish: _Wish,
) -> Synced:
    identity = connection.connection_id
    link = house.link(practice_id, identity, progress=watch(connector_for(connection.emr).MANIFEST.name))
    appointment = wish.appointment
    if appointment is not None:
        report = in_turn(lambda: pipeline.check_again(link, appointment))
    else:
        report = pipeline.sync(link, full=wish.is_full, cancellations_accepted=wish.accepts_cancellations)
    with house.database.practice(practice_id) as transaction:
        outcomes = appointments.outcome_counts(transaction, identity)
        asked_for = _outcomes_of(house, transaction, identity, appointment) if appointment is not None else None
    return Synced(emr=connection.emr, connection_id=identity, report=report, outcomes=outcomes, asked_for=asked_for)


def _outcomes_of(house: House, transaction: Transaction, identity: UUID, number: str) -> dict[str, str]:
    """Some EMRs call all occurrences of a series by one number; each has its day behind it here."""
    where = """connection_id = %(connection)s
               and (starts_with(appointment_id, %(number)s) or appointment_id = any(%(called)s))"""
    called = appointments.numbered(transaction, identity, number)
    found = appointments.select(
        transaction, house.vault, where, {"connection": identity, "number": number, "called": called}
    )
    outcomes = {one.appointment.id: one.outcome for batch in found for one in batch}
    return {number: outcomes[number]} if number in outcomes else outcomes


def _outcome_in_words(outcome: str) -> str:
    return f"{OUTCOME_WORDS[Outcome(outcome)]} `visitsync why` says more." if outcome else "not judged yet."


def _tell(house: House, done: Sequence[Synced], zone: str) -> None:
    for one in done:
        manifest = connector_for(one.emr).MANIFEST
        counts = ", ".join(f"{n} {OUTCOME_IN_A_LINE.get(o, o)}" for o, n in one.outcomes.items())
        if one.asked_for is None:
            say(f"{manifest.name}: {counts or 'no appointments'} ({one.report.decisions_changed} answers changed)")
        elif not one.asked_for and not one.report.trouble:
            say(f"{manifest.name} shows no appointment of that number.", "yellow")
        for number, outcome in (one.asked_for or {}).items():
            say(visible(f"{manifest.name}: appointment {number}: {_outcome_in_words(outcome)}"))
        if one.report.trouble:
            words = explain(Finding(one.report.trouble), screen_for(manifest, zone, house.clock()))
            say(f"  {words.sentence} {words.fix}", "yellow")
            say(f"  ({one.report.trouble}: {one.report.detail})", "dim")
    if not done:
        say("This practice has no connection yet. `visitsync connect EMR` makes one.")
