"""Puts what is known of a connection into the shape in which the pages show it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from visitsync.connector_kit.limits import Limit
from visitsync.connector_kit.manifest import Feed, Manifest
from visitsync.domain.time_words import in_words
from visitsync.storage import connection_health, practices
from visitsync.storage.practices import ConnectionState, StoredConnection, Tenant
from visitsync.storage.vendor_limits import Usage
from visitsync.sync.admin import set_up as setting_up
from visitsync.sync.admin.asked_of_a_connection import Pause, paused
from visitsync.sync.health import LATENCIES_OVER, ConnectionHealth, connection_health_of
from visitsync.web.parts import parts
from visitsync.web.staff.connections.finding import manifest_of
from visitsync.web.staff.connections.latency_picture import Picture, picture_of
from visitsync.web.staff.connections.states import State, state_of
from visitsync.web.staff.viewer import Viewer

WINDOWS: Mapping[float, str] = {1: "this second", 60: "this minute", 3600: "this hour", 86400: "today"}
NOT_READ: Mapping[str, str] = {
    ConnectionState.PAUSED: "once it is resumed",
    ConnectionState.NEEDS_RECONNECT: "once it is signed in again",
}
GRANTED_BY: Mapping[float, str] = {3600: "requests_per_hour", 86400: "requests_per_day"}
"""Length of a limit's window in seconds → the setting in which connectors are told of a larger allowance."""


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one of the EMR's limits is used up."""

    words: str
    percent: float
    refused_until: str
    """When the EMR itself told us to stay away: until then; else ""."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One connection."""

    connection: StoredConnection
    manifest: Manifest
    health: ConnectionHealth
    state: State
    pause: Pause | None
    set_up: setting_up.SetUp | None
    facts: tuple[tuple[str, str], ...]
    allowances: tuple[Allowance, ...]
    picture: Picture
    missed: str
    """How many changes only the reading of the whole schedule found, in words."""

    @property
    def is_pushed(self) -> bool:
        return self.manifest.feed is Feed.PUSH


def cards(viewer: Viewer) -> list[Card]:
    """All connections of the viewer's practice, oldest first."""
    with parts().database.practice(viewer.practice_id) as transaction:
        found = practices.connections(transaction)
    return [card_of(viewer, one) for one in found]


def card_of(viewer: Viewer, connection: StoredConnection) -> Card:
    """One connection as it is now."""
    tenant = Tenant(practice_id=viewer.practice_id, slug=viewer.slug)
    manifest = manifest_of(connection)
    health = connection_health_of(parts().engine, tenant, connection)
    with parts().database.practice(viewer.practice_id) as transaction:
        latencies = connection_health.latencies(
            transaction, connection.connection_id, since=viewer.now - LATENCIES_OVER
        )
        set_up = setting_up.find(transaction, connection)
        pause = paused(transaction, parts().vault, connection)
    return Card(
        connection=connection,
        manifest=manifest,
        health=health,
        state=state_of(health, set_up),
        pause=pause,
        set_up=set_up,
        facts=tuple(_facts(health, manifest, viewer)),
        allowances=tuple(_allowance(one, connection, manifest, viewer) for one in health.budget),
        picture=picture_of(
            latencies, usual=health.usual_minutes, abnormal=health.abnormal_minutes, zone=viewer.zone, now=viewer.now
        ),
        missed=_missed(health),
    )


def _facts(health: ConnectionHealth, manifest: Manifest, viewer: Viewer) -> list[tuple[str, str]]:
    def at(instant: datetime | None, otherwise: str) -> str:
        return in_words(instant, viewer.zone, viewer.now) if instant else otherwise

    facts = [("From booking to visit", _usual(health, manifest))]
    if health.push is not None:
        facts += [
            ("Last heard from", at(health.last_read_at, "nothing yet")),
            ("Last change", at(health.last_change_at, "none yet")),
            ("Our listener", "running" if health.push.is_anybody_listening else "not running: no message can reach us"),
        ]
        if health.push.waiting:
            facts.append(("Waiting to be taken in", f"{health.push.waiting} messages"))
        return facts
    return [
        *facts,
        ("Last read", at(health.last_read_at, "not yet")),
        ("Last change", at(health.last_change_at, "none yet")),
        ("Next read", _next_read(health, viewer)),
    ]


def _usual(health: ConnectionHealth, manifest: Manifest) -> str:
    if health.usual_minutes > health.abnormal_minutes:
        return f"lately {health.usual_minutes} minutes, which is longer than normal ({health.abnormal_minutes})"
    why = "as seen here" if health.learned_minutes is not None else f"as {manifest.name} usually is"
    return f"within {health.usual_minutes} minutes, {why}; more than {health.abnormal_minutes} is not normal"


def _next_read(health: ConnectionHealth, viewer: Viewer) -> str:
    if health.state in NOT_READ:
        return NOT_READ[health.state]
    if health.next_read_at is None:
        return "being read now"
    return "now" if health.next_read_at <= viewer.now else in_words(health.next_read_at, viewer.zone, viewer.now)


def _missed(health: ConnectionHealth) -> str:
    if not health.changes_read:
        return "nothing changed in the last seven days"
    share = 100 * health.found_only_by_sweep / health.changes_read
    percent = "0" if not health.found_only_by_sweep else f"{share:.1f}" if share >= 0.1 else "under 0.1"
    return f"{health.found_only_by_sweep:,} of {health.changes_read:,} changes in seven days ({percent} %)"


def _granted(connection: StoredConnection, limit: Limit) -> int:
    """Requests per window: what the EMR granted this practice, where a setting says so, else the usual."""
    told = connection.settings.get(GRANTED_BY.get(limit.seconds, ""), "") if limit.operation is None else ""
    return int(told) if told.isascii() and told.isdigit() and int(told) else limit.requests


def _allowance(one: Usage, connection: StoredConnection, manifest: Manifest, viewer: Viewer) -> Allowance:
    limit = next((each for each in manifest.limits if each.name == one.limit), None)
    allowed = _granted(connection, limit) if limit else one.requests
    window = WINDOWS.get(limit.seconds, f"in {limit.seconds:g} seconds") if limit else ""
    of_what = f" for {limit.operation}" if limit and limit.operation else ""
    used = one.used or 0
    return Allowance(
        words=f"{used:,} of {allowed:,} requests {window}{of_what}",
        percent=min(100.0, round(100 * used / allowed, 1)),
        refused_until=in_words(one.refused_until, viewer.zone, viewer.now) if one.refused_until else "",
    )
