"""One process starts the database of a folder; others are refused or join, as they ask, and keep it running."""

import os

import pytest

from visitsync.wiring.embedded_postgres import DatabaseFolderInUse, EmbeddedPostgres, supervisor, waiting
from visitsync.wiring.embedded_postgres.conftest import Launch, ends, execute, kill, needs_proc, value, when_running
from visitsync.wiring.embedded_postgres.database_folder import DatabaseFolder

pytestmark = pytest.mark.usefixtures("made")


def test_a_second_owner_is_refused(launch: Launch, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "OWNER_MAY_BE_LEAVING", 0.1)
    owner = when_running(launch())
    with pytest.raises(DatabaseFolderInUse, match="Stop that process, share its database"):
        postgres.start()
    assert value(owner.running, "SELECT 1") == 1


def test_a_second_owner_in_the_same_process_is_refused_as_well(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "OWNER_MAY_BE_LEAVING", 0.1)
    postgres.start()
    with pytest.raises(DatabaseFolderInUse):
        EmbeddedPostgres(postgres._folder.path).start()


def test_who_joins_sees_the_same_database_and_does_not_end_it(launch: Launch, postgres: EmbeddedPostgres) -> None:
    owner = when_running(launch())
    execute(owner.running, "CREATE TABLE seen AS SELECT 42 AS number")
    joined = postgres.attach_or_start()
    assert joined == owner.running
    assert value(joined, "SELECT number FROM seen") == 42
    assert not postgres.is_owner
    postgres.stop()
    assert value(owner.running, "SELECT 1") == 1


@needs_proc
def test_a_joined_database_runs_on_when_who_started_it_ends(launch: Launch, postgres: EmbeddedPostgres) -> None:
    starter = when_running(launch())
    joined = postgres.attach_or_start()
    starter.finish()
    assert value(joined, "SELECT pg_sleep(1) IS NOT NULL") is True
    assert postgres.attach_or_start() == joined
    postgres.stop()
    assert ends(joined.pid)


@needs_proc
def test_a_joined_database_runs_on_when_who_started_it_is_killed(launch: Launch) -> None:
    starter = when_running(launch())
    joined = [when_running(launch("attach_or_start")) for _ in range(2)]
    starter.kill()
    joined[0].kill()
    assert value(starter.running, "SELECT pg_sleep(1) IS NOT NULL") is True
    joined[1].kill()
    assert ends(starter.running.pid)


@needs_proc
def test_who_joined_starts_it_when_the_database_was_killed(launch: Launch, postgres: EmbeddedPostgres) -> None:
    starter = when_running(launch())
    execute(starter.running, "CREATE TABLE kept AS SELECT 42 AS number")
    postgres.attach_or_start()
    kill(starter.running.pid)
    assert ends(starter.running.pid)
    mine = postgres.attach_or_start()
    assert postgres.is_owner
    assert value(mine, "SELECT number FROM kept") == 42


@needs_proc
def test_who_comes_while_it_stops_starts_it_again(launch: Launch, postgres: EmbeddedPostgres) -> None:
    for _ in range(3):
        starter = when_running(launch("attach_or_start"))
        starter.kill()
        assert value(postgres.attach_or_start(), "SELECT pg_sleep(0.5) IS NOT NULL") is True
        postgres.stop()


def test_a_lock_without_a_database_is_waited_for_and_then_named(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_SILENCE", 0.3)
    folder = DatabaseFolder(postgres._folder.path)
    folder.prepare()
    lock = folder.try_lock()
    assert lock is not None
    with pytest.raises(DatabaseFolderInUse, match="fuser"):
        postgres.attach_or_start()
    os.close(lock)
