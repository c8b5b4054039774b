"""One connection of a practice, with everything that answers about it need."""

from datetime import datetime

import msgspec

from visitsync.connector_kit.manifest import Manifest
from visitsync.connectors import connector_for
from visitsync.domain.explanation import Screen
from visitsync.domain.practice import PracticeContext
from visitsync.storage.database import Transaction
from visitsync.storage.practice_context import load_practice_context
from visitsync.storage.practices import StoredConnection
from visitsync.storage.vault import Vault


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """One connection, with what its answers need."""

    connection: StoredConnection
    manifest: Manifest
    practice: PracticeContext
    screen: Screen


def desk_of(transaction: Transaction, vault: Vault, connection: StoredConnection, now: datetime) -> Desk:
    """The connection as it stands at `now` (aware)."""
    manifest = connector_for(connection.emr).MANIFEST
    practice = load_practice_context(transaction, vault, connection.connection_id, manifest, now=now)
    return Desk(
        connection=connection,
        manifest=manifest,
        practice=practice,
        screen=screen_for(manifest, practice.zone, now),
    )


def screen_for(manifest: Manifest, zone: str, now: datetime) -> Screen:
    """The words of one EMR, for staff whose clocks are in that zone."""
    words = {**manifest.words, "emr": manifest.name}
    return Screen(emr=manifest.emr, words=words, fixes=manifest.fixes, zone=zone, now=now)
