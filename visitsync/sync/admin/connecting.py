"""Connects a practice to its EMR: the address is judged, the credentials are sealed and tried, then reading begins."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from visitsync.connector_kit.addresses import check_base_url
from visitsync.connector_kit.connector import ConnectionCheck
from visitsync.connector_kit.manifest import CredentialField, Feed, Manifest
from visitsync.connectors import connector_for
from visitsync.storage import practice_settings, practices
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import ConnectionState, StoredConnection
from visitsync.storage.setting_touches import Thing, ThingKind
from visitsync.sync.admin import things
from visitsync.sync.admin.connection_settings import refuse_unknown_settings
from visitsync.sync.admin.refusals import FinishConnectingFirst
from visitsync.sync.engine import Engine
from visitsync.sync.jobs import note_rules, sync_now
from visitsync.sync.keeping import keep
from visitsync.sync.readings import read_catalog
from visitsync.sync.recheck import recheck_for_setting
from visitsync.sync.run import claim
from visitsync.sync.turns import in_turn

BEING_SET_UP = "connection-being-set-up"
WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - the name of a credential
HOOK_FIELD = CredentialField(
    name=WEBHOOK_SECRET,
    label="Webhook secret token",
    help="As entered in the EMR beside the webhook's address; empty: no webhooks.",
    is_required=False,
)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be connected. Credentials are secrets: the printed form leaves them out."""

    emr: str
    base_url: str
    settings: Mapping[str, str]
    credentials: Mapping[str, str]
    is_another: bool = False
    """A second connection to the same EMR, beside the one that is there."""
    connection_id: UUID | None = None
    """The connection to sign in again; None: the one to the same EMR, if there is one."""

    def __repr__(self) -> str:
        return f"Wish({self.emr}, {self.base_url})"


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """How the trial sign-in went."""

    connection_id: UUID
    check: ConnectionCheck


def credential_fields(manifest: Manifest) -> tuple[CredentialField, ...]:
    """What a practice is asked for, the webhook's secret included where the EMR has webhooks."""
    return (*manifest.credentials, HOOK_FIELD) if manifest.feed is Feed.POLL_AND_HINTS else manifest.credentials


def missing_credentials(manifest: Manifest, given: Mapping[str, str]) -> list[CredentialField]:
    """What is required and not given."""
    return [field for field in credential_fields(manifest) if field.is_required and not given.get(field.name)]


def usable_address(manifest: Manifest, base_url: str, *, allows_loopback: bool) -> str:
    """The address to ask the EMR at; "" where it only pushes. Raises ForbiddenAddress."""
    address = (base_url or manifest.default_base_url).rstrip("/")
    if address or manifest.feed is not Feed.PUSH:
        check_base_url(address, allows_loopback=allows_loopback)
    return address


def connect(engine: Engine, practice_id: UUID, wish: Wish, author: Author) -> Connected:
    """Saves and tries a connection; one to the same EMR that is there already is signed in again.

    A new connection that is let in and lacks something stays as "being set up", and is not read; one that is not let in
    is not kept at all. One that was there goes back to what it was. An EMR that only pushes needs no address.
    Raises SettingUnknown, ForbiddenAddress, NeedsReconnect, NeedsPermission, TryAgainLater, NoSuchConnection.
    """
    manifest = connector_for(wish.emr).MANIFEST
    refuse_unknown_settings(manifest, wish.settings)
    usable_address(manifest, wish.base_url, allows_loopback=engine.allows_loopback)
    with engine.database.practice(practice_id) as transaction:
        before = _which(transaction, wish)
        connection_id = _saved(transaction, wish, before)
        if before is None:
            note_rules(transaction, connection_id, now=author.now)
        change = practice_settings.note_change(transaction, author, "connect", after=wish.emr)
    credentials = engine.credentials(practice_id, connection_id)
    credentials_before = credentials.read() if before is not None and before.has_credentials else {}
    credentials.save(_with_what_was_kept(credentials_before, wish.credentials))
    check: ConnectionCheck | None = None
    try:
        check = engine.link(practice_id, connection_id).connector.check()
    finally:
        if check is not None and check.is_working:
            _begin_reading(engine, practice_id, connection_id)
        elif before is not None and credentials_before:
            credentials.save(credentials_before)
            _put_back(engine, practice_id, before)
        elif before is None and check is None:
            with engine.database.practice(practice_id) as transaction:
                practices.forget_connection(transaction, connection_id)
    if before is not None and check.is_working:
        link = engine.link(practice_id, connection_id)
        in_turn(lambda: recheck_for_setting(link, change))
    return Connected(connection_id=connection_id, check=check)


def reconnect(
    engine: Engine, practice_id: UUID, connection_id: UUID, credentials: Mapping[str, str], author: Author
) -> Connected:
    """Signs a connection in again with other credentials; address and settings stay. Raises what `connect` raises."""
    with engine.database.practice(practice_id) as transaction:
        there = practices.find_connection(transaction, connection_id)
    wish = Wish(
        emr=there.emr, base_url=there.base_url, settings={}, credentials=credentials, connection_id=connection_id
    )
    return connect(engine, practice_id, wish, author)


def try_again(engine: Engine, practice_id: UUID, connection_id: UUID) -> Connected:
    """Tries a connection with the credentials it has, for instance once what it lacked is mended in the EMR.

    If it works, reading begins, unless a person has paused it. Raises NeedsReconnect, NeedsPermission, TryAgainLater,
    NoSuchConnection.
    """
    check = engine.link(practice_id, connection_id).connector.check()
    with engine.database.practice(practice_id) as transaction:
        there = practices.find_connection(transaction, connection_id)
    if check.is_working and not _is_paused_by_a_person(there):
        _begin_reading(engine, practice_id, connection_id)
    return Connected(connection_id=connection_id, check=check)


def read_lists(engine: Engine, practice_id: UUID, connection_id: UUID) -> None:
    """Reads the EMR's types, locations and practitioners, so that there is something to choose from.

    Raises NeedsReconnect, NeedsPermission, TryAgainLater.
    """
    link = engine.link(practice_id, connection_id)
    in_turn(lambda: read_catalog(claim(link), keep))


def pause(transaction: Transaction, connection_id: UUID, author: Author) -> int:
    """The EMR is not asked any more until somebody resumes it; returns the number of the change.

    Raises FinishConnectingFirst, NoSuchConnection.
    """
    there = _complete(transaction, connection_id)

    def make() -> int:
        practices.change_state(transaction, connection_id, ConnectionState.PAUSED, trouble=there.trouble)
        return practice_settings.note_change(transaction, author, "pause", before=there.state, after=there.emr)

    return things.noted(transaction, _state_of(connection_id), make)


def resume(transaction: Transaction, connection_id: UUID, author: Author) -> int:
    """The EMR is asked again, at once; returns the number of the change. Raises FinishConnectingFirst,
    NoSuchConnection.
    """
    there = _complete(transaction, connection_id)

    def make() -> int:
        practices.change_state(transaction, connection_id, ConnectionState.ACTIVE)
        sync_now(transaction.connection, transaction.practice_id, connection_id)
        return practice_settings.note_change(transaction, author, "resume", before=there.state, after=there.emr)

    return things.noted(transaction, _state_of(connection_id), make)


def _which(transaction: Transaction, wish: Wish) -> StoredConnection | None:
    if wish.connection_id is not None:
        return practices.find_connection(transaction, wish.connection_id)
    if wish.is_another:
        return None
    return next((one for one in practices.connections(transaction) if one.emr == wish.emr), None)


def _saved(transaction: Transaction, wish: Wish, before: StoredConnection | None) -> UUID:
    if before is None:
        connection_id = practices.add_connection(
            transaction, emr=wish.emr, base_url=wish.base_url, settings=wish.settings
        )
    else:
        connection_id = before.connection_id
        settings = {**before.settings, **wish.settings}
        practices.change_connection(transaction, connection_id, base_url=wish.base_url, settings=settings)
    practices.change_state(transaction, connection_id, ConnectionState.PAUSED, trouble=BEING_SET_UP)
    return connection_id


def _begin_reading(engine: Engine, practice_id: UUID, connection_id: UUID) -> None:
    with engine.database.practice(practice_id) as transaction:
        practices.change_state(transaction, connection_id, ConnectionState.ACTIVE)
        sync_now(transaction.connection, practice_id, connection_id)


def _put_back(engine: Engine, practice_id: UUID, before: StoredConnection) -> None:
    with engine.database.practice(practice_id) as transaction:
        identity = before.connection_id
        practices.change_connection(transaction, identity, base_url=before.base_url, settings=before.settings)
        practices.change_state(transaction, identity, before.state, trouble=before.trouble)
        if before.state is ConnectionState.ACTIVE:
            sync_now(transaction.connection, practice_id, identity)


def _with_what_was_kept(before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """A webhook's secret outlives a new sign-in; everything else is replaced."""
    kept = {name: value for name, value in before.items() if name == WEBHOOK_SECRET}
    return {**kept, **{name: value for name, value in given.items() if value}}


def _complete(transaction: Transaction, connection_id: UUID) -> StoredConnection:
    there = practices.find_connection(transaction, connection_id)
    if not there.has_credentials or there.trouble == BEING_SET_UP:
        raise FinishConnectingFirst("This connection is not complete yet: sign in and mend what is missing first.")
    return there


def _is_paused_by_a_person(there: StoredConnection) -> bool:
    return there.state is ConnectionState.PAUSED and there.trouble != BEING_SET_UP


def _state_of(connection_id: UUID) -> list[Thing]:
    return things.of_connection(ThingKind.CONNECTION_STATE, connection_id, ["state"])
