"""A real PostgreSQL for every test that asks: one server per test process, an empty, migrated database per test."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from uuid import UUID

import hypothesis
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from visitsync.storage.database import Database
from visitsync.storage.keyring import Keyring
from visitsync.storage.migrate import migrate
from visitsync.storage.practices import add_practice
from visitsync.storage.roles import AppRole, app_url
from visitsync.storage.vault import Vault
from visitsync.wiring.embedded_postgres import RunningDatabase, temporary_database

# Invented examples: no time limit, which a busy machine would break, and nothing kept in the folder of the code.
hypothesis.settings.register_profile(
    "steady", deadline=None, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("steady")

pytest_plugins = ("tests.stage.fixtures",)

OWNER = "owner_of_the_tests"
OWNER_PASSWORD = "owner-password-of-the-tests"
TEMPLATE = "template_of_the_tests"
APP_ROLE = AppRole(name="visitsync_app", password="app-password-of-the-tests")

LARGEST_LENT_AGAIN_MEGABYTES = 60
EMPTY_ALL_TABLES = """
    do $$
    declare
        target regclass;
    begin
        set local session_replication_role = replica;
        for target in
            select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname in ('public', 'jobs') and c.relname not in ('migration', 'app_grant')
        loop
            execute format('delete from %s', target);
        end loop;
    end
    $$
    """


@pytest.fixture(scope="session")
def postgres() -> Iterator[RunningDatabase]:
    """The server of this test process. Tests that ask for no database never start it."""
    with temporary_database() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_url(postgres: RunningDatabase) -> str:
    """The server as its superuser."""
    return postgres.owner_url


@pytest.fixture
def server_log(postgres: RunningDatabase) -> Callable[[], str]:
    """Reads all that PostgreSQL has written to its log so far."""
    return (postgres.data_folder.parent / "postgresql.log").read_text


class Databases:
    """Migrated databases on one server: copied from a template when none is free, emptied after use, and lent again."""

    def __init__(self, server: psycopg.Connection, url: str) -> None:
        self._server = server
        self._url = url
        self._numbers = count(1)
        self._free: list[str] = []
        server.execute(f"create role {OWNER} login createrole password '{OWNER_PASSWORD}'")
        server.execute(f"create database {TEMPLATE} owner {OWNER}")
        migrate(self.url_of(TEMPLATE), app_role=APP_ROLE)

    def url_of(self, name: str) -> str:
        """As its owner: no superuser, and bound by the wall between practices as well."""
        return make_conninfo(self._url, dbname=name, user=OWNER, password=OWNER_PASSWORD)

    def lend(self) -> str:
        return self._free.pop() if self._free else self.make()

    def make(self, template: str = TEMPLATE) -> str:
        name = f"test_{next(self._numbers)}"
        # Copied file by file: without fsync a few times quicker than through the log.
        self._server.execute(f"create database {name} template {template} owner {OWNER} strategy file_copy")
        self._server.execute(f"revoke all on database {name} from public")
        self._server.execute(f"grant connect, temporary on database {name} to {APP_ROLE.name}")
        return name

    def give_back(self, name: str) -> None:
        self._server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        if self._megabytes(name) > LARGEST_LENT_AGAIN_MEGABYTES:
            self.drop(name)
            return
        with psycopg.connect(make_conninfo(self._url, dbname=name)) as superuser:
            superuser.execute(EMPTY_ALL_TABLES)
        self._free.append(name)

    def drop(self, name: str) -> None:
        self._server.execute(f"drop database {name} with (force)")

    def _megabytes(self, name: str) -> float:
        row = self._server.execute("select pg_database_size(%s) / 1e6", [name]).fetchone()
        return float(row[0]) if row else 0.0


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Iterator[Databases]:
    with psycopg.connect(postgres_url, autocommit=True) as server:
        yield Databases(server, postgres_url)


@pytest.fixture(scope="session")
def app_role() -> AppRole:
    """The role that the application signs in as."""
    return APP_ROLE


@pytest.fixture
def owner_url(databases: Databases) -> Iterator[str]:
    """An empty, migrated database as its owner. Leave its schema as it is; `own_owner_url` is for the others."""
    name = databases.lend()
    yield databases.url_of(name)
    databases.give_back(name)


@pytest.fixture
def own_owner_url(databases: Databases) -> Iterator[str]:
    """The same, for a test that changes the schema: nobody uses that database again."""
    name = databases.make()
    yield databases.url_of(name)
    databases.drop(name)


@pytest.fixture
def empty_owner_url(databases: Databases) -> Iterator[str]:
    """A database without a single table, as its owner."""
    name = databases.make(template="template0")
    yield databases.url_of(name)
    databases.drop(name)


@pytest.fixture
def own_database_url(own_owner_url: str) -> str:
    """That database as the application sees it."""
    return app_url(own_owner_url, APP_ROLE)


@pytest.fixture
def database_url(owner_url: str) -> str:
    """The same database as the application sees it."""
    return app_url(owner_url, APP_ROLE)


@pytest.fixture(scope="module")
def module_database_url(databases: Databases) -> Iterator[str]:
    """A database that all tests of a file share, as the application sees it."""
    name = databases.lend()
    yield app_url(databases.url_of(name), APP_ROLE)
    databases.give_back(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(database_url) as database:
        yield database


@pytest.fixture
def practice_id(database: Database) -> UUID:
    """An invented practice."""
    return add_practice(database, slug="lakeside", name="Lakeside Clinic", zone="America/Chicago").practice_id


@pytest.fixture
def vault() -> Vault:
    """A vault with keys of its own."""
    return Vault(Keyring(index_key=os.urandom(32), data_keys={1: os.urandom(32)}, sealing_key_id=1))
