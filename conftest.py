"""A real PostgreSQL for every test that asks: one server per test process, one fresh, migrated database per test."""

import os
from collections.abc import Iterator
from itertools import count
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from visitsync.storage.database import Database
from visitsync.storage.keyring import Keyring
from visitsync.storage.migrate import migrate
from visitsync.storage.roles import AppRole, app_url
from visitsync.storage.vault import Vault
from visitsync.wiring.embedded_postgres import temporary_database

OWNER = "owner_of_the_tests"
OWNER_PASSWORD = "owner-password-of-the-tests"
TEMPLATE = "template_of_the_tests"
APP_ROLE = AppRole(name="visitsync_app", password="app-password-of-the-tests")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The server of this test process, as its superuser. Tests that ask for no database never start it."""
    with temporary_database() as running:
        yield running.owner_url


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Iterator[str]:
    """Names of databases not made yet, on a server that has a migrated one to copy from."""
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"create role {OWNER} login createrole password '{OWNER_PASSWORD}'")
        server.execute(f"create database {TEMPLATE} owner {OWNER}")
    migrate(_as_owner(postgres_url, TEMPLATE), app_role=APP_ROLE)
    return (f"test_{number}" for number in count(1))


@pytest.fixture
def owner_url(postgres_url: str, databases: Iterator[str]) -> Iterator[str]:
    """A fresh, migrated database as its owner: no superuser, and bound by the wall between practices as well."""
    name = next(databases)
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"create database {name} template {TEMPLATE} owner {OWNER}")
        server.execute(f"revoke all on database {name} from public")
        server.execute(f"grant connect, temporary on database {name} to {APP_ROLE.name}")
        yield _as_owner(postgres_url, name)
        server.execute(f"drop database {name} with (force)")


@pytest.fixture
def database_url(owner_url: str) -> str:
    """The same database as the application sees it."""
    return app_url(owner_url, APP_ROLE)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(database_url) as database:
        yield database


@pytest.fixture
def practice_id(database: Database) -> UUID:
    """An invented practice in the fresh database."""
    return add_practice(database, "lakeside")


def add_practice(database: Database, slug: str) -> UUID:
    practice_id = uuid4()
    with database.shared() as connection:
        connection.execute("insert into tenant values (%s, %s)", [practice_id, slug])
    with database.practice(practice_id) as transaction:
        transaction.execute(
            "insert into practice (practice_id, name, zone) values (%s, %s, 'America/Chicago')",
            [practice_id, f"{slug.capitalize()} Clinic"],
        )
    return practice_id


def _as_owner(postgres_url: str, name: str) -> str:
    return make_conninfo(postgres_url, dbname=name, user=OWNER, password=OWNER_PASSWORD)


@pytest.fixture
def vault() -> Vault:
    """A vault with keys of its own."""
    return Vault(Keyring(index_key=os.urandom(32), data_keys={1: os.urandom(32)}, sealing_key_id=1))
