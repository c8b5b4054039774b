"""The database's log holds nothing of what is in the rows, whatever goes wrong."""

from collections.abc import Iterator

import psycopg
import pytest

from visitsync.wiring.embedded_postgres import RunningDatabase, temporary_database
from visitsync.wiring.embedded_postgres.conftest import ends, eventually, execute, kill, needs_proc

SECRET = "Quirina Vandersloot"


@pytest.fixture(scope="module")
def running() -> Iterator[RunningDatabase]:
    with temporary_database() as database:
        execute(database, f"CREATE TABLE people AS SELECT '{SECRET}' AS name; CREATE UNIQUE INDEX ON people (name)")
        yield database


@pytest.mark.parametrize(
    "statement",
    [
        f"SELECT '{SECRET}'::date",
        f"INSERT INTO people VALUES ('{SECRET}')",
        f"SELECT '{SECRET}' FROM missing_table",
        f"DO $$ BEGIN RAISE WARNING '{SECRET}'; RAISE EXCEPTION '{SECRET}'; END $$",
    ],
)
def test_a_failing_statement_leaves_no_value_in_the_log(running: RunningDatabase, statement: str) -> None:
    with psycopg.connect(running.owner_url) as connection, pytest.raises(psycopg.Error):
        connection.execute(statement.encode())
    assert SECRET not in log_of(running)


def test_a_failing_parameter_leaves_no_value_in_the_log(running: RunningDatabase) -> None:
    with psycopg.connect(running.owner_url) as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT %s::text::date", [SECRET], prepare=True)
    assert SECRET not in log_of(running)


@needs_proc
def test_a_killed_session_leaves_no_statement_in_the_log(running: RunningDatabase) -> None:
    with psycopg.connect(running.owner_url, autocommit=True) as connection:
        connection.execute(f"SELECT '{SECRET}'".encode())
        kill(connection.info.backend_pid)
        assert ends(connection.info.backend_pid)
    assert eventually(lambda: "terminated by signal 9" in log_of(running))
    assert SECRET not in log_of(running)


def log_of(running: RunningDatabase) -> str:
    return (running.data_folder.parent / "postgresql.log").read_text()
