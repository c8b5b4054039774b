"""How every connection of a practice is: last read, what comes next, how quick it is, and what is wrong."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from visitsync.connector_kit.limits import Limit
from visitsync.connectors import connector_for
from visitsync.domain.decision import Finding
from visitsync.domain.explanation import explain
from visitsync.rules.sync_time import expected_minutes
from visitsync.storage import appointments, connection_health, practices, quarantine, sync_runs
from visitsync.storage.connection_health import Latency
from visitsync.storage.practice_context import load_practice_context
from visitsync.storage.practices import ConnectionState, StoredConnection, Tenant
from visitsync.storage.vendor_limits import Usage
from visitsync.sync.desk import screen_for
from visitsync.sync.engine import Engine
from visitsync.sync.jobs import sync_is_due_at
from visitsync.sync.lateness import LateKind, what_takes_long
from visitsync.sync.push_health import PushHealth, push_health

MISS_RATE_OVER = timedelta(days=7)
LATENCIES_OVER = timedelta(days=1)


class ConnectionHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How one connection is. Times are aware, UTC."""

    practice: str
    emr: str
    name: str
    """Of the EMR, as staff know it."""
    connection_id: str
    state: str
    is_normal: bool
    trouble: str | None
    """Code of the reason catalogue."""
    what_is_wrong: str
    what_to_do: str
    late: LateKind | None
    """Set where something takes longer than is normal; without trouble, that is what is wrong."""
    last_read_at: datetime | None
    last_change_at: datetime | None
    last_full_read_at: datetime | None
    next_read_at: datetime | None
    usual_minutes: int
    """Learned where there is enough to learn from, else the article's."""
    learned_minutes: int | None
    abnormal_minutes: int
    failures_in_a_row: int
    found_only_by_sweep: int
    """Of changes_read, in seven days."""
    changes_read: int
    quarantined: int
    refused: int
    """Pushes that made no sense (webhooks, messages), kept for whoever looks into it."""
    outcomes: dict[str, int]
    budget: tuple[Usage, ...]
    notices: tuple[str, ...]
    """What showed while the EMR was asked and stops nothing, in words."""
    push: PushHealth | None
    """None where the EMR is asked."""


def practice_health(engine: Engine, tenant: Tenant) -> list[ConnectionHealth]:
    """Of all its connections, oldest first."""
    with engine.database.practice(tenant.practice_id) as transaction:
        connections = practices.connections(transaction)
    return [connection_health_of(engine, tenant, one) for one in connections]


def connection_health_of(engine: Engine, tenant: Tenant, one: StoredConnection) -> ConnectionHealth:
    """Of one connection, now. Opens transactions of its own: call it outside of any."""
    now = engine.clock()
    manifest = connector_for(one.emr).MANIFEST
    budget = _budget(engine, tenant, one, manifest.limits)
    with engine.database.shared() as shared:
        due_at = sync_is_due_at(shared, one.connection_id)
    with engine.database.practice(tenant.practice_id) as transaction:
        context = load_practice_context(transaction, engine.vault, one.connection_id, manifest, now=now)
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
        name=manifest.name,
        connection_id=str(one.connection_id),
        state=one.state,
        is_normal=one.state is ConnectionState.ACTIVE and one.trouble is None and late is None,
        trouble=one.trouble,
        what_is_wrong=words.sentence if words else (late.what if late else ""),
        what_to_do=words.fix if words else (late.then if late else ""),
        late=late.kind if late else None,
        last_read_at=read_at,
        last_change_at=changed_at,
        last_full_read_at=swept.started_at if swept else None,
        next_read_at=due_at,
        usual_minutes=expected_minutes(facts),
        learned_minutes=facts.learned_minutes,
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


def recent_latencies(engine: Engine, practice_id: UUID, connection_id: UUID) -> list[Latency]:
    """For the last day: when each visit was there, how many minutes after it was booked. Raises NoSuchConnection."""
    with engine.database.practice(practice_id) as transaction:
        practices.find_connection(transaction, connection_id)
        return connection_health.latencies(transaction, connection_id, since=engine.clock() - LATENCIES_OVER)


def _budget(engine: Engine, tenant: Tenant, one: StoredConnection, limits: tuple[Limit, ...]) -> tuple[Usage, ...]:
    if not one.has_credentials:
        return ()
    credentials = engine.credentials(tenant.practice_id, one.connection_id).read()
    budget = engine.budget(one.emr, one.connection_id, credentials)
    return tuple(budget.used(limit) for limit in limits if not limit.is_spaced)
