"""visitsync health: how every connection is."""

from datetime import datetime, timedelta

import click
import msgspec

from visitsync.connector_kit.limits import Limit
from visitsync.connectors import connector_for
from visitsync.domain.decision import Finding
from visitsync.domain.explanation import explain
from visitsync.domain.time_words import in_words
from visitsync.rules.sync_time import expected_minutes
from visitsync.storage import (
    appointments,
    connection_health,
    job_queue,
    practices,
    quarantine,
    sync_runs,
)
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.practice_context import load_practice_context
from visitsync.storage.practices import ConnectionState, StoredConnection, Tenant
from visitsync.storage.vendor_limits import Usage
from visitsync.sync.desk import screen_for
from visitsync.sync.jobs import sync_is_due_at
from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.cli.options import json_option, the_house, the_practice
from visitsync.wiring.cli.printing import print_json, say
from visitsync.wiring.cli.push_health import PushHealth, push_health, tell_of_push, what_takes_long
from visitsync.wiring.house import House

MISS_RATE_OVER = timedelta(days=7)


class ConnectionHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How one connection is. Times are aware, UTC."""

    practice: str
    emr: str
    connection_id: str
    state: str
    is_normal: bool
    trouble: str | None
    what_is_wrong: str
    what_to_do: str
    last_read_at: datetime | None
    last_change_at: datetime | None
    last_full_read_at: datetime | None
    next_read_at: datetime | None
    usual_minutes: int
    abnormal_minutes: int
    failures_in_a_row: int
    found_only_by_sweep: int
    changes_read: int
    quarantined: int
    refused: int
    """Pushes that made no sense (webhooks, messages), kept for whoever looks into it."""
    outcomes: dict[str, int]
    budget: tuple[Usage, ...]
    notices: tuple[str, ...]
    """What showed while the EMR was asked and stops nothing, in words."""
    push: PushHealth | None


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
        found = [one for tenant in chosen for one in _of_practice(house, tenant)]
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


def _of_practice(house: House, tenant: Tenant) -> list[ConnectionHealth]:
    with house.database.practice(tenant.practice_id) as transaction:
        connections = practices.connections(transaction)
    with house.database.shared() as shared:
        due = {one.connection_id: sync_is_due_at(shared, one.connection_id) for one in connections}
    return [_health(house, tenant, one, due[one.connection_id]) for one in connections]


def _health(house: House, tenant: Tenant, one: StoredConnection, due_at: datetime | None) -> ConnectionHealth:
    now = house.clock()
    manifest = connector_for(one.emr).MANIFEST
    budget = _budget(house, tenant, one, manifest.limits)
    with house.database.practice(tenant.practice_id) as transaction:
        context = load_practice_context(transaction, house.vault, one.connection_id, manifest, now=now)
        facts = context.connection
        repaired, changed = sync_runs.repaired_since(transaction, one.connection_id, now - MISS_RATE_OVER)
        changed_at = connection_health.last_change_at(transaction, one.connection_id)
        failures = connection_health.failures_in_a_row(transaction, one.connection_id)
        swept = sync_runs.latest(transaction, one.connection_id, "sweep", only_complete=True)
        held = [each.kind in quarantine.NO_RECORDS for each in quarantine.unresolved(transaction, one.connection_id)]
        push = None if manifest.is_listed else push_health(transaction, one, facts.last_complete_read_at, now)
        outcomes = appointments.outcome_counts(transaction, one.connection_id)
    read_at = facts.last_complete_read_at
    screen = screen_for(manifest, context.zone, now)
    words = explain(Finding(one.trouble), screen) if one.trouble else None
    late = what_takes_long(push, read_at or one.created_at, context, now)
    return ConnectionHealth(
        practice=tenant.slug,
        emr=one.emr,
        connection_id=str(one.connection_id),
        state=one.state,
        is_normal=one.state is ConnectionState.ACTIVE and one.trouble is None and late is None,
        trouble=one.trouble,
        what_is_wrong=words.sentence if words else (late.what if late else ""),
        what_to_do=words.fix if words else (late.then if late else ""),
        last_read_at=read_at,
        last_change_at=changed_at,
        last_full_read_at=swept.started_at if swept else None,
        next_read_at=due_at,
        usual_minutes=expected_minutes(facts),
        abnormal_minutes=facts.abnormal_minutes,
        failures_in_a_row=failures,
        found_only_by_sweep=repaired,
        changes_read=changed,
        quarantined=held.count(False),
        refused=held.count(True),
        outcomes=outcomes,
        budget=budget,
        notices=tuple(explain(Finding(code), screen).sentence for code in facts.notices),
        push=push,
    )


def _budget(house: House, tenant: Tenant, one: StoredConnection, limits: tuple[Limit, ...]) -> tuple[Usage, ...]:
    if not one.has_credentials:
        return ()
    stored = StoredCredentials(
        house.database, house.vault, practice_id=tenant.practice_id, connection_id=one.connection_id
    )
    budget = house.budget(one.emr, one.connection_id, stored.read())
    return tuple(budget.used(limit) for limit in limits if not limit.is_spaced)


def _tell(one: ConnectionHealth, now: datetime) -> None:
    name = connector_for(one.emr).MANIFEST.name
    say(f"{one.practice}: {name}  {'normal' if one.is_normal else 'NOT NORMAL'}", "green" if one.is_normal else "red")
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
