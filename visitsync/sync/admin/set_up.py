"""Setting up a connection step by step: what was done stays, whoever leaves goes on where they were."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from visitsync.connector_kit.manifest import Feed, Manifest
from visitsync.connectors import connector_for
from visitsync.storage import bookmarks, practice_settings, practices
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import ConnectionState, StoredConnection
from visitsync.sync.admin.connecting import BEING_SET_UP, usable_address
from visitsync.sync.admin.connection_settings import refuse_unknown_settings
from visitsync.sync.admin.refusals import FinishConnectingFirst
from visitsync.sync.admin.trying_out import Trial
from visitsync.sync.engine import Engine
from visitsync.sync.jobs import note_rules, sync_now

SET_UP = "set-up"
"""The bookmark that keeps how far the setting up has come."""


class Step(StrEnum):
    """One page of the guided path; the values stand in addresses."""

    ACCESS = "access"
    """Address, settings, credentials, and whether they work."""
    SENDER = "sender"
    """Only where the EMR pushes: who may send, and the first message."""
    MARKS = "marks"
    """What marks telemedicine."""
    PLACES = "places"
    """Time zones of the locations."""
    PROVIDERS = "providers"
    READING = "reading"
    """The first reading, and what it found."""


class SetUp(msgspec.Struct, frozen=True, kw_only=True):
    """How far the setting up of one connection has come."""

    done: frozenset[Step] = frozenset()
    trial: Trial | None = None
    """How the last trial of the credentials went."""
    is_finished: bool = False


class StartedToRead(ValueError):
    """The EMR has been read already: pause the connection instead of removing it."""


_decode = msgspec.json.Decoder(SetUp).decode


def steps_of(manifest: Manifest) -> tuple[Step, ...]:
    """The path for this EMR, in order."""
    pushes = manifest.feed is Feed.PUSH
    return tuple(step for step in Step if pushes or step is not Step.SENDER)


def begin(transaction: Transaction, emr: str, author: Author) -> UUID:
    """Adds a connection that is being set up, at the EMR's usual address; nothing is asked yet. Returns its id."""
    manifest = connector_for(emr).MANIFEST
    connection_id = practices.add_connection(transaction, emr=emr, base_url=manifest.default_base_url)
    practices.change_state(transaction, connection_id, ConnectionState.PAUSED, trouble=BEING_SET_UP)
    note_rules(transaction, connection_id, now=author.now)
    practice_settings.note_change(transaction, author, "set up", after=emr)
    save(transaction, connection_id, SetUp(), now=author.now)
    return connection_id


def change_access(
    engine: Engine, practice_id: UUID, connection_id: UUID, base_url: str, settings: Mapping[str, str]
) -> None:
    """Keeps address and settings of a connection that is being set up; settings replace all that were there.

    Looks the address up, so call it outside of any transaction. Raises ForbiddenAddress, TryAgainLater (the name cannot
    be looked up), SettingUnknown, NoSuchConnection.
    """
    with engine.database.practice(practice_id) as transaction:
        there = practices.find_connection(transaction, connection_id)
    manifest = connector_for(there.emr).MANIFEST
    refuse_unknown_settings(manifest, settings)
    address = usable_address(manifest, base_url, allows_loopback=engine.allows_loopback)
    with engine.database.practice(practice_id) as transaction:
        practices.change_connection(transaction, connection_id, base_url=address, settings=settings)


def find(transaction: Transaction, connection: StoredConnection) -> SetUp | None:
    """How far it has come; None: this connection is set up (or was never set up step by step)."""
    kept = bookmarks.find(transaction, connection.connection_id, SET_UP)
    found = SetUp(is_finished=True) if kept is None else _decode(kept)
    if connection.trouble == BEING_SET_UP:
        return msgspec.structs.replace(found, is_finished=False)
    return None if found.is_finished else found


def save(transaction: Transaction, connection_id: UUID, set_up: SetUp, *, now: datetime) -> None:
    """Keeps how far it has come (`now` aware)."""
    bookmarks.save(transaction, connection_id, SET_UP, msgspec.json.encode(set_up).decode(), now=now)


def step_done(transaction: Transaction, connection: StoredConnection, step: Step, *, now: datetime) -> None:
    """Notes that this step is behind the admin."""
    found = find(transaction, connection) or SetUp()
    save(transaction, connection.connection_id, msgspec.structs.replace(found, done=found.done | {step}), now=now)


def start_reading(transaction: Transaction, connection: StoredConnection, author: Author) -> None:
    """The EMR is read from now on, at once; of one that pushes, what it sends is taken in.

    Raises FinishConnectingFirst.
    """
    if not connection.has_credentials:
        raise FinishConnectingFirst("Give address and credentials first, and let us try them.")
    if connection.state is ConnectionState.ACTIVE:
        return
    practices.change_state(transaction, connection.connection_id, ConnectionState.ACTIVE)
    sync_now(transaction.connection, transaction.practice_id, connection.connection_id)
    practice_settings.note_change(transaction, author, "connect", after=connection.emr)


def finish(transaction: Transaction, connection: StoredConnection, *, now: datetime) -> None:
    """The path is left for good."""
    found = find(transaction, connection) or SetUp()
    save(transaction, connection.connection_id, msgspec.structs.replace(found, is_finished=True), now=now)


def give_up(transaction: Transaction, connection: StoredConnection, author: Author) -> None:
    """Removes a connection that never worked, with its credentials. Raises StartedToRead."""
    found = find(transaction, connection)
    if found is None or found.trial is not None or connection.state is ConnectionState.ACTIVE:
        raise StartedToRead("It has been read already. Pause it instead.")
    practices.forget_connection(transaction, connection.connection_id)
    practice_settings.note_change(transaction, author, "set up", before=connection.emr)


def next_step(manifest: Manifest, set_up: SetUp) -> Step:
    """Where somebody who comes back goes on."""
    return next((step for step in steps_of(manifest) if step not in set_up.done), Step.READING)
