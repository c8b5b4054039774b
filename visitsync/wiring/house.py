"""Puts the parts together: the database, the vault, the clock, and a link for every connection."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict

from visitsync.connector_kit.connector import Clock, ConnectionConfig
from visitsync.storage.database import Database
from visitsync.storage.keyring import Keyring, KeyringUnusable
from visitsync.storage.migrate import DatabaseOutdated, migrate, refuse_outdated
from visitsync.storage.practices import StoredConnection
from visitsync.storage.roles import AppRole, app_url
from visitsync.storage.vault import Vault
from visitsync.sync.context_cache import ContextCache
from visitsync.sync.engine import Engine
from visitsync.sync.link import Link, Progress
from visitsync.wiring.clock import clock_ahead
from visitsync.wiring.embedded_postgres import EmbeddedPostgres
from visitsync.wiring.embedded_postgres.temporary import FORGETFUL
from visitsync.wiring.home import app_password, database_folder, keyring_file, prepare_home
from visitsync.wiring.settings import Settings

APP_ROLE = "visitsync_app"
WAITS_FOR_DATABASE_SECONDS = 10.0
_NOT_LET_IN = ("password authentication failed", "no password supplied", "does not exist", "no pg_hba.conf entry")
"""What PostgreSQL says then; a refused sign-in carries no code."""


class SetUpMissing(Exception):
    """Something must be given before this installation can work; the message says what and how."""


class House(msgspec.Struct, frozen=True, kw_only=True):
    """A running installation: everything that the commands and processes share."""

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock
    embedded: EmbeddedPostgres | None = None
    contexts: ContextCache = msgspec.field(default_factory=ContextCache)

    def link(
        self, practice_id: UUID, connection_id: UUID, *, progress: Callable[[Progress], None] | None = None
    ) -> Link:
        """A practice's connection with everything that a run needs. Raises NoSuchConnection, NeedsReconnect."""
        return self.engine.link(practice_id, connection_id, progress=progress)

    def config(self, connection: StoredConnection, practice_zone: str) -> ConnectionConfig:
        """Where and how a connection's EMR is asked."""
        return self.engine.config(connection, practice_zone)

    @property
    def engine(self) -> Engine:
        """What acting for practices needs, without the settings of this installation."""
        return Engine(
            database=self.database,
            vault=self.vault,
            clock=self.clock,
            allows_loopback=self.settings.allows_loopback,
            contexts=self.contexts,
        )


@contextmanager
def open_house(settings: Settings) -> Iterator[House]:
    """Opens an installation: the embedded database is started (or joined) and migrated, an external one is checked.

    Raises SetUpMissing, KeyringUnusable, DatabaseDidNotStart, DatabaseOutdated, DatabaseNewer, RoleTooPowerful,
    StorageUnavailable.
    """
    prepare_home(settings.home)
    embedded = None if settings.database_url else _embedded(settings)
    try:
        url = settings.database_url or _embedded_url(settings, embedded)
        if settings.database_url:
            _refuse_wrong_password(url)
        with Database(url, wait_seconds=WAITS_FOR_DATABASE_SECONDS) as database:
            database.refuse_powerful_role()
            with database.shared() as connection:
                refuse_outdated(connection)
            yield House(
                settings=settings,
                database=database,
                vault=Vault(keyring(settings), reread=lambda: keyring(settings)),
                clock=clock_ahead(settings.clock_ahead),
                embedded=embedded,
            )
    finally:
        if embedded is not None:
            embedded.stop()


def _refuse_wrong_password(url: str) -> None:
    """Raises SetUpMissing where PostgreSQL is there and does not let us in; waiting for it would change nothing."""
    try:
        psycopg.connect(url, connect_timeout=int(WAITS_FOR_DATABASE_SECONDS)).close()
    except psycopg.OperationalError as error:
        if any(words in str(error) for words in _NOT_LET_IN):
            raise SetUpMissing("PostgreSQL refuses the user, the password or the database in DATABASE_URL.") from None


def migrate_external(settings: Settings) -> list[str]:
    """Brings an external database up to date as its owner; returns what was applied. Raises SetUpMissing."""
    if settings.database_url is None or settings.owner_url is None:
        raise SetUpMissing("Set DATABASE_URL (the application's role) and VISITSYNC_OWNER_URL (the owner's).")
    parts = conninfo_to_dict(settings.database_url)
    name, password = str(parts.get("user") or APP_ROLE), parts.get("password")
    # A role that somebody made beforehand keeps its password: perhaps only they may change it.
    keeps_password = password is None or _role_exists(settings.owner_url, name)
    return migrate(settings.owner_url, app_role=AppRole(name=name, password=None if keeps_password else str(password)))


def keyring(settings: Settings) -> Keyring:
    """The keys of this installation. Raises KeyringUnusable, SetUpMissing."""
    if settings.key:
        return Keyring.from_text(settings.key)
    if settings.key_file is not None:
        return _keyring_from(settings)
    if settings.database_url is not None:
        raise SetUpMissing(
            "An external database needs a keyring that all machines share: set VISITSYNC_KEY_FILE or VISITSYNC_KEY. "
            "`visitsync keys create FILE` makes one."
        )
    return Keyring.create_file(keyring_file(settings.home))


def _keyring_from(settings: Settings) -> Keyring:
    try:
        return Keyring.from_file(settings.key_file or keyring_file(settings.home))
    except OSError as error:
        raise KeyringUnusable(f"VISITSYNC_KEY_FILE cannot be read: {error.strerror}.") from None


def _embedded(settings: Settings) -> EmbeddedPostgres:
    return EmbeddedPostgres(
        database_folder(settings.home), settings={} if settings.keeps_data_on_power_cut else FORGETFUL
    )


def _embedded_url(settings: Settings, embedded: EmbeddedPostgres | None) -> str:
    """The application's address of the embedded database, started and up to date."""
    assert embedded is not None  # noqa: S101  # there is no external one
    owner_url = embedded.attach_or_start().owner_url
    role = AppRole(name=APP_ROLE, password=app_password(settings.home))
    url = app_url(owner_url, role)
    if not _is_current(url):
        migrate(owner_url, app_role=role)
    return url


def _is_current(url: str) -> bool:
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            refuse_outdated(connection)
    except (psycopg.Error, DatabaseOutdated):
        return False
    return True


def _role_exists(owner_url: str, name: str) -> bool:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        return owner.execute("select from pg_roles where rolname = %s", [name]).fetchone() is not None
