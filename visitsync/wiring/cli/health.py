"""visitsync health: how every connection is."""

from datetime import datetime

import click
import msgspec

from visitsync.domain.time_words import in_words
from visitsync.storage import job_queue, practices
from visitsync.sync.health import ConnectionHealth, practice_health
from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.options import json_option, the_house, the_practice
from visitsync.wiring.cli.printing import print_json, say
from visitsync.wiring.cli.push_health import COMMANDS_THEN, tell_of_push


@click.command()
@click.argument("practice", required=False)
@json_option
def health(practice: str | None, as_json: bool) -> int:
    """Show how every connection is: last read, last change, what comes next, and what is wrong.

    Ends with 1 if any connection is not normal.

    \b
    Examples:
      visitsync health
      visitsync health lakeside --json
    """
    with the_house() as house:
        chosen = [the_practice(house, practice)] if practice else practices.tenants(house.database)
        found = [_with_commands(one) for tenant in chosen for one in practice_health(house.engine, tenant)]
        with house.database.shared() as shared:
            jobs = job_queue.counts(shared)
        now = house.clock()
    if as_json:
        print_json({"connections": found, "jobs": jobs})
    else:
        for one in found:
            _tell(one, now)
        workers = jobs["workers"] // 2
        say(f"Queue: {jobs.get('todo', 0)} waiting, {jobs.get('doing', 0)} running, {jobs.get('failed', 0)} failed; "
            f"{workers} worker {'process' if workers == 1 else 'processes'}.", "dim")  # fmt: skip
    return Exit.FINE if all(one.is_normal for one in found) else Exit.ATTENTION


def _with_commands(one: ConnectionHealth) -> ConnectionHealth:
    """What to do about lateness is another thing at a terminal than on a page."""
    if one.trouble or one.late is None:
        return one
    return msgspec.structs.replace(one, what_to_do=COMMANDS_THEN[one.late])


def _tell(one: ConnectionHealth, now: datetime) -> None:
    say(
        f"{one.practice}: {one.name}  {'normal' if one.is_normal else 'NOT NORMAL'}",
        "green" if one.is_normal else "red",
    )
    if one.what_is_wrong:
        say(f"  {one.what_is_wrong}")
        say(f"     → {one.what_to_do}")

    def at(instant: datetime | None) -> str:
        return in_words(instant, "UTC", now) + " UTC" if instant else "never"

    if one.push is None:
        coming = "due now" if one.next_read_at and one.next_read_at <= now else at(one.next_read_at)
        say(f"  last read {at(one.last_read_at)}, whole window {at(one.last_full_read_at)}, next {coming}")
        share = f"{one.found_only_by_sweep} of {one.changes_read}"
        say(f"  found only by reading the whole window, in seven days: {share} changes")
    else:
        tell_of_push(one.push, at)
    say(f"  usually here within {one.usual_minutes} minutes; more than {one.abnormal_minutes} is not normal")
    for notice in one.notices:
        say(f"  {notice}", "yellow")
    if one.quarantined:
        say(f"  {one.quarantined} records cannot be read; `visitsync why {one.practice} ID` says more", "yellow")
    if one.refused:
        say(f"  pushes that made no sense and were set aside: {one.refused}", "yellow")
    for usage in one.budget:
        say(f"  {usage.limit}: {usage.used} of {usage.requests} requests used")
