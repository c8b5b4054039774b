"""Gathers what the rules need to know of a practice: settings, the EMR's lists, staff, how its connection fares."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import quantiles
from uuid import UUID

import msgspec

from visitsync.connector_kit.manifest import Manifest
from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.email_address import canonical
from visitsync.domain.opening_hours import read_opening_hours
from visitsync.domain.practice import Agreement, ConnectionFacts, PracticeContext
from visitsync.domain.required_demographics import read_demographics
from visitsync.storage import catalog, notices, practice_settings, practices, staff, sync_runs, visits
from visitsync.storage.database import Transaction
from visitsync.storage.practices import ConnectionState, StoredConnection
from visitsync.storage.vault import Vault

LEARN_FROM = timedelta(days=14)
"""How far back the usual sync time is learned from."""
HEARD = "heard"
"""Kind of the last sign of life of a connection that pushes to us (sync_runs.note_last)."""
NO_SLOW_LANE = 100
"""Business days, more than any sync window has: what is pushed comes at once, however far ahead."""
LISTS_SETTLE_DAYS = 14
LEARN_AT_LEAST = 20
"""With fewer visits than this the article's table stands."""


def load_practice_context(
    transaction: Transaction, vault: Vault, connection_id: UUID, manifest: Manifest, *, now: datetime
) -> PracticeContext:
    """Everything of the practice that decisions on this connection depend on, without patients.

    Raises NoSuchConnection, NoSuchPractice.
    """
    practice = practices.find_practice(transaction)
    connection = practices.find_connection(transaction, connection_id)
    return PracticeContext(
        practice_id=str(practice.practice_id),
        zone=practice.zone,
        connection=_facts(transaction, connection, manifest, now),
        closures=practice.closures,
        opening_hours=read_opening_hours(connection.settings.get("opening_hours", "")),
        appointment_types=catalog.entries(transaction, connection_id, RecordKind.APPOINTMENT_TYPE),
        locations=catalog.entries(transaction, connection_id, RecordKind.LOCATION),
        practitioners=catalog.entries(transaction, connection_id, RecordKind.PRACTITIONER),
        staff_emails={
            address: str(member.staff_id)
            for member in staff.staff_members(transaction, vault)
            if member.is_active and (address := canonical(member.email))
        },
        households=practice_settings.households(transaction, connection_id),
        test_visit_ids=practice_settings.test_visits(transaction, connection_id, now=now),
    )


def _facts(
    transaction: Transaction, connection: StoredConnection, manifest: Manifest, now: datetime
) -> ConnectionFacts:
    settings = connection.settings
    approved = practice_settings.approvals(transaction, connection.connection_id)
    facts = ConnectionFacts(
        emr=manifest.emr,
        usual_minutes=manifest.usual_minutes,
        abnormal_minutes=manifest.abnormal_minutes,
        required_demographics=read_demographics(
            settings.get("required_demographics", ""), manifest.required_demographics
        ),
        recognition=practice_settings.recognition(
            approved,
            usual_kind=manifest.marks[0],
            agreement=Agreement(settings.get("agreement", Agreement.ALL)),
        ),
        words=manifest.words,
        is_type_owned=manifest.is_type_owned,
        lists_settle_days=0 if manifest.lists_are_complete and manifest.is_listed else LISTS_SETTLE_DAYS,
        excluded_resources=frozenset(_listed(settings.get("excluded_resources", ""))),
        sync_months=int(settings.get("sync_months", "3")),
        status_meanings=practice_settings.status_meanings(transaction, connection.connection_id),
        duration_step_minutes=int(settings.get("duration_step_minutes", "0")),
        is_pushed=not manifest.is_listed,
        slow_lane_business_days=7 if manifest.is_listed else NO_SLOW_LANE,
        learned_minutes=_learned_minutes(transaction, connection.connection_id, now),
        is_paused=connection.state is ConnectionState.PAUSED,
        trouble=connection.trouble,
        notices=notices.current(transaction, connection.connection_id),
    )
    return read_times(facts, sync_runs.last_readings(transaction, connection.connection_id), manifest)


def read_times(facts: ConnectionFacts, began_at: Mapping[str, datetime], manifest: Manifest) -> ConnectionFacts:
    """The facts with when the connection was read last, and when it will be next; or when it was last heard from."""
    if not manifest.is_listed:
        return msgspec.structs.replace(facts, last_complete_read_at=began_at.get(HEARD))
    changes, swept = began_at.get("changes"), began_at.get("sweep")
    return msgspec.structs.replace(
        facts,
        last_complete_read_at=changes,
        next_read_at=changes + timedelta(minutes=manifest.poll_minutes) if changes else None,
        next_far_read_at=swept + timedelta(days=1) if swept else None,
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _learned_minutes(transaction: Transaction, connection_id: UUID, now: datetime) -> int | None:
    minutes = visits.recent_sync_minutes(transaction, connection_id, since=now - LEARN_FROM)
    if len(minutes) < LEARN_AT_LEAST:
        return None
    return round(quantiles(minutes, n=20)[-1])
