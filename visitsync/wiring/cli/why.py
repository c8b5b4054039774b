"""visitsync why: where is this appointment, and what must be done so that it becomes a visit?"""

import re
from collections.abc import Sequence
from datetime import date, datetime

import click
from rich.text import Text

from visitsync.connectors import connector_for
from visitsync.domain.decision import Outcome
from visitsync.domain.local_time import zone_named
from visitsync.storage import practices
from visitsync.sync.answers import Answer, Answers, Event, answer
from visitsync.sync.jobs import sync_is_due_at
from visitsync.sync.never_received import NotReceived
from visitsync.sync.question import day_meant
from visitsync.sync.unreadable import Unreadable
from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.options import json_option, the_house, the_practice
from visitsync.wiring.cli.printing import console, print_json, say, visible

STYLE = {
    Outcome.READY: "bold green",
    Outcome.WAITING: "bold cyan",
    Outcome.NEEDS_FIX: "bold red",
    Outcome.NEEDS_PROVIDER: "bold yellow",
    Outcome.ON_HOLD: "bold red",
}
NEEDS_SOMEBODY = frozenset({Outcome.NEEDS_FIX, Outcome.NEEDS_PROVIDER, Outcome.ON_HOLD})
DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4}", re.ASCII)
IN_FULL = 3
"""So many answers are shown with their history; of more, only what must be done."""


@click.command()
@click.argument("practice")
@click.argument("query", nargs=-1, required=True)
@click.option("--history/--no-history", default=None, help="With everything that was ever decided. [for few answers]")
@json_option
def why(practice: str, query: Sequence[str], history: bool | None, as_json: bool) -> int:
    """Answer where an appointment is: what it waits for, what to change, who can, and by when it will be there.

    QUERY is an appointment's or patient's number, a patient's name or e-mail, a provider's name, or a day (2026-11-24,
    11/24/2026, today, friday). If nothing fits, it says when the EMR was last read completely. Ends with 1 if somebody
    must do something, with 3 if nothing fits.

    \b
    Examples:
      visitsync why lakeside 700123
      visitsync why lakeside Ottoline Varga
      visitsync why lakeside tomorrow --json
    """
    asked = _asked(query)
    with the_house() as house:
        tenant = the_practice(house, practice)
        with house.database.practice(tenant.practice_id) as transaction:
            ids = [one.connection_id for one in practices.connections(transaction)]
            zone = practices.find_practice(transaction).zone
        with house.database.shared() as shared:
            next_reads = {identity: sync_is_due_at(shared, identity) for identity in ids}
        with house.database.practice(tenant.practice_id) as transaction:
            found = answer(transaction, house.vault, asked, now=house.clock(), next_reads=next_reads)
    if as_json:
        print_json(found)
    else:
        _tell(found, zone, with_history=len(found.answers) <= IN_FULL if history is None else history)
    return _exit(found)


def _asked(query: Sequence[str]) -> str:
    text = " ".join(query).strip()
    if not text:
        raise click.BadParameter("Say a number, a name, an e-mail or a day.", param_hint="QUERY")
    if DAY.fullmatch(text) and day_meant(text, date.min) is None:
        raise click.BadParameter(f"There is no day {text}. Write it as 2026-11-24 or 11/24/2026.", param_hint="QUERY")
    return text


def _exit(found: Answers) -> Exit:
    if not found.answers:
        return Exit.ATTENTION if found.unreadable else Exit.NOT_FOUND
    needs = any(one.outcome in NEEDS_SOMEBODY for one in found.answers)
    return Exit.ATTENTION if needs or found.unreadable else Exit.FINE


def _tell(found: Answers, zone: str, *, with_history: bool) -> None:
    for one in found.answers:
        _tell_answer(one, with_history=with_history)
    if found.left_out:
        say(f"… and {found.left_out} more; ask more exactly to see them.")
    for unreadable in found.unreadable:
        _tell_unreadable(unreadable, zone)
    for absent in found.not_received:
        _tell_absent(absent)


def _tell_answer(one: Answer, *, with_history: bool) -> None:
    heading = Text()
    heading.append(f"{one.outcome.replace('_', ' ').upper()}  ", style=STYLE.get(one.outcome, "bold"))
    heading.append(
        visible("  ".join((*filter(None, (f"{one.start_text} ({one.zone})", one.patient_name)), ""))), style="bold"
    )
    heading.append(visible(_particulars(one)), style="dim")
    console().print(heading, soft_wrap=True)
    say(f"  {one.in_a_word}" + (f" Expected by {one.expected_by_text}." if one.expected_by_text else ""))
    for number, words in enumerate(one.explanations, start=1):
        say(visible(f"  {number}. {words.title}. {words.sentence}"))
        if words.fix:
            say(visible(f"     → {words.fix}"), "green")
        say(visible(f"     who: {words.owner}. {words.expected_by_text} [{words.code}]"), "dim")
    if with_history:
        for event in one.history:
            say(visible(f"  {_at(event.at, one.zone)}  {_event(event)}"), "dim")
    say()


def _particulars(one: Answer) -> str:
    parts = (
        f"{connector_for(one.emr).MANIFEST.name} appointment {one.appointment_id}",
        f"patient {one.patient_id}" if one.patient_id else "no patient",
        one.booked_as,
        one.provider,
        one.location,
    )
    return " · ".join(part for part in parts if part)


def _event(event: Event) -> str:
    judged = f"{event.outcome.replace('_', ' ')}: {', '.join(event.codes) or 'nothing against it'}"
    return " — ".join(filter(None, (event.what if event.what != "judged" else judged, event.cause)))


def _at(instant: datetime, zone: str) -> str:
    return instant.astimezone(zone_named(zone)).strftime("%Y-%m-%d %H:%M:%S")


def _tell_unreadable(one: Unreadable, zone: str) -> None:
    say(f"RECEIVED, BUT UNREADABLE  {one.emr} {one.kind} {visible(one.record)}", "bold red")
    say(f"  {one.explanation.sentence} First seen {_at(one.first_seen_at, zone)}.")
    say(f"     → {one.explanation.fix}", "green")
    say()


def _tell_absent(one: NotReceived) -> None:
    say(f"NOT RECEIVED  {one.sentence}", "bold")
    for words in one.explanations:
        say(f"  {words.title}. {words.sentence}")
        say(f"     → {words.fix}", "green")
        say(f"     who: {words.owner}. {words.expected_by_text} [{words.code}]", "dim")
    if one.read_until is not None:
        say(f"  Days up to {one.read_until:%Y-%m-%d} are read completely; what lies further ahead comes as it comes "
            "nearer. If it was booked before the last read, check the spelling here and the date and patient in the "
            "EMR.")  # fmt: skip
    say()
