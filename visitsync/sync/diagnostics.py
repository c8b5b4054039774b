"""What the EMR's own support may be given about a connection: how it is set and how it fares, and nobody's data."""

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from visitsync.connector_kit.manifest import Manifest
from visitsync.connectors import connector_for
from visitsync.domain.local_time import TZDB_VERSION
from visitsync.rules.decide import RULES_VERSION
from visitsync.storage import bookmarks, connection_health, connection_history, practices
from visitsync.storage.connection_health import Latency
from visitsync.storage.practices import StoredConnection, Tenant
from visitsync.storage.sync_runs import SyncRun
from visitsync.sync.admin.connection_settings import GENERAL_SETTINGS
from visitsync.sync.engine import Engine
from visitsync.sync.health import LATENCIES_OVER, ConnectionHealth, connection_health_of

RUNS = 200
NOT_OURS_TO_TELL = "set by the practice"
"""In place of what a practice typed by itself."""


def diagnostics(engine: Engine, tenant: Tenant, connection_id: UUID) -> dict[str, Any]:
    """Everything as plain values, for JSON. No patient, no credential, no value of any record, no id of the EMR.

    Opens transactions of its own. Raises NoSuchConnection.
    """
    now = engine.clock()
    with engine.database.practice(tenant.practice_id) as transaction:
        connection = practices.find_connection(transaction, connection_id)
    health = connection_health_of(engine, tenant, connection)
    with engine.database.practice(tenant.practice_id) as transaction:
        zone = practices.find_practice(transaction).zone
        runs = connection_history.recent_runs(transaction, connection_id, at_most=RUNS)
        unreadable = connection_history.unreadable(transaction, connection_id)
        stock = connection_history.stock(transaction, connection_id)
        latencies = connection_health.latencies(transaction, connection_id, since=now - LATENCIES_OVER)
        judged_by = bookmarks.find(transaction, connection_id, "judged by rules")
    manifest = connector_for(connection.emr).MANIFEST
    return {
        "made_at": now,
        "versions": _versions(connection) | {"judged_by_rules": judged_by},
        "emr": _emr(manifest),
        "connection": _connection(connection, manifest, zone),
        "health": _health(health),
        "limits": [msgspec.to_builtins(one) for one in health.budget],
        "senders": _senders(health),
        "read_so_far": msgspec.to_builtins(stock),
        "outcomes": dict(health.outcomes),
        "runs": [_run(one) for one in runs],
        "troubles": _troubles(runs),
        "latencies_of_the_last_day": [_latency(one) for one in latencies],
        "unreadable": [
            {"kind": one.kind, "reason": one.reason, "count": one.count, "since": one.first_seen_at}
            for one in unreadable
        ],
    }


def _versions(connection: StoredConnection) -> dict[str, str]:
    try:
        ours = version("visitsync")
    except PackageNotFoundError:
        ours = "unknown"
    return {
        "visitsync": ours,
        "python": platform.python_version(),
        "rules": RULES_VERSION,
        "translator": connector_for(connection.emr).TRANSLATOR.version,
        "time_zones": TZDB_VERSION,
    }


def _emr(manifest: Manifest) -> dict[str, Any]:
    return {
        "emr": manifest.emr,
        "name": manifest.name,
        "feed": manifest.feed,
        "usual_minutes": list(manifest.usual_minutes),
        "abnormal_minutes": manifest.abnormal_minutes,
        "poll_minutes": manifest.poll_minutes,
        "sweep_hours": manifest.sweep_hours,
        "limits": [msgspec.to_builtins(one) for one in manifest.limits],
        "marks": list(manifest.marks),
        "known_gaps": [msgspec.to_builtins(one) for one in manifest.known_gaps],
    }


def _connection(connection: StoredConnection, manifest: Manifest, zone: str) -> dict[str, Any]:
    address = urlsplit(connection.base_url)
    return {
        "id": str(connection.connection_id),
        "host": address.hostname or "",
        "state": connection.state,
        "trouble": connection.trouble,
        "created_at": connection.created_at,
        "practice_zone": zone,
        "has_credentials": connection.has_credentials,
        "settings": _settings(connection.settings, manifest),
    }


def _settings(settings: Mapping[str, str], manifest: Manifest) -> dict[str, str]:
    """Choices as they are; of what is free text only that it is set: people write anything there."""
    choices = {one.name: one.values for one in manifest.settings}
    plain = {"agreement", "duration_step_minutes", "sync_months"} & GENERAL_SETTINGS.keys()
    return {
        name: value if name in plain or value in choices.get(name, ()) else NOT_OURS_TO_TELL
        for name, value in sorted(settings.items())
    }


def _health(health: ConnectionHealth) -> dict[str, Any]:
    told = (
        "state", "is_normal", "trouble", "late", "last_read_at", "last_change_at", "last_full_read_at", "next_read_at",
        "usual_minutes", "learned_minutes", "abnormal_minutes", "failures_in_a_row", "found_only_by_sweep",
        "changes_read", "quarantined", "refused",
    )  # fmt: skip
    return {name: getattr(health, name) for name in told}


def _senders(health: ConnectionHealth) -> list[dict[str, Any]]:
    """Numbered, not named: a name is whatever somebody typed."""
    found = health.push.peers if health.push else ()
    return [
        {
            "sender": number,
            "messages": one.messages,
            "resent": one.resent,
            "refused": one.refused,
            "last_message_at": one.last_message_at,
            "is_resending": one.is_resending,
        }
        for number, one in enumerate(found, start=1)
    ]


def _run(one: SyncRun) -> dict[str, Any]:
    took = None if one.finished_at is None else (one.finished_at - one.started_at).total_seconds()
    counted = {name: getattr(one, name) for name in ("pages", "records", "changed", "unreadable", "repaired")}
    return {
        "kind": one.kind,
        "started_at": one.started_at,
        "seconds": took,
        "is_complete": one.is_complete,
        "trouble": one.trouble,
        **counted,
    }


def _troubles(runs: Sequence[SyncRun]) -> dict[str, int]:
    codes = [one.trouble for one in runs if one.trouble]
    return {code: codes.count(code) for code in sorted(set(codes))}


def _latency(one: Latency) -> dict[str, datetime | float | bool]:
    return {"ready_at": one.ready_at, "minutes": round(one.minutes, 1), "has_waited": one.has_waited}
