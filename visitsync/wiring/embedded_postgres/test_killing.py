"""Whatever is killed, nothing is left running, nothing that was committed is lost, and the next start works."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from visitsync.wiring.embedded_postgres import DatabaseDidNotStart, EmbeddedPostgres, RunningDatabase
from visitsync.wiring.embedded_postgres.conftest import (
    Launch,
    children_of,
    ends,
    execute,
    kill,
    needs_proc,
    parent_of,
    value,
    when_running,
)

pytestmark = [needs_proc, pytest.mark.usefixtures("made")]


def test_killing_the_owner_ends_the_database_and_keeps_every_commit(launch: Launch, postgres: EmbeddedPostgres) -> None:
    owner = when_running(launch())
    execute(owner.running, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    owner.kill()
    assert ends(owner.running.pid)
    assert value(postgres.start(), "SELECT count(*) FROM kept") == 1000


def test_a_forked_child_of_the_owner_does_not_keep_the_database_alive(launch: Launch) -> None:
    owner = when_running(launch())
    owner.tell("fork")
    owner.kill()
    assert ends(owner.running.pid)


def test_a_start_right_after_the_owner_was_killed_waits_for_the_end_of_the_old_database(
    launch: Launch, postgres: EmbeddedPostgres
) -> None:
    owner = when_running(launch())
    execute(owner.running, "CREATE TABLE kept AS SELECT 42 AS number")
    owner.kill()
    running = postgres.start()
    assert running.pid != owner.running.pid
    assert value(running, "SELECT number FROM kept") == 42


def test_killing_the_watchdog_too_leaves_no_database(launch: Launch) -> None:
    owner = when_running(launch())
    kill(parent_of(owner.running.pid))
    owner.kill()
    assert ends(owner.running.pid)


def test_killing_only_the_watchdog_is_repaired_by_the_next_start(postgres: EmbeddedPostgres) -> None:
    first = postgres.start()
    execute(first, "CREATE TABLE kept AS SELECT 42 AS number")
    kill(parent_of(first.pid))
    second = postgres.start()
    assert second.pid != first.pid
    assert value(second, "SELECT number FROM kept") == 42


def test_killing_the_database_loses_no_commit(postgres: EmbeddedPostgres) -> None:
    first = postgres.start()
    execute(first, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    kill(first.pid)
    second = postgres.start()
    assert second.pid != first.pid
    assert value(second, "SELECT count(*) FROM kept") == 1000


def test_killing_every_process_at_once_loses_no_commit(launch: Launch, postgres: EmbeddedPostgres) -> None:
    owner = when_running(launch())
    execute(owner.running, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    for pid in (parent_of(owner.running.pid), owner.running.pid, *children_of(owner.running.pid), owner.process.pid):
        kill(pid)
    owner.process.wait()
    assert value(postgres.start(), "SELECT count(*) FROM kept") == 1000


def test_a_killed_database_that_nobody_reaped_is_no_obstacle(postgres: EmbeddedPostgres) -> None:
    """As in a container whose first process does not care for orphans: the dead keep their process ids."""
    first = postgres.start()
    postgres.stop()
    zombie = as_data_owner(first, "/bin/true", cwd="/")
    assert ends(zombie.pid)
    (first.data_folder / "postmaster.pid").write_text(f"{zombie.pid}\n{first.data_folder}\n")
    assert value(postgres.start(), "SELECT 1") == 1
    zombie.wait()


def test_killing_one_session_is_recovered_by_the_database_itself(postgres: EmbeddedPostgres) -> None:
    running = postgres.start()
    execute(running, "CREATE TABLE kept AS SELECT 42 AS number")
    kill(children_of(running.pid)[0])
    again = postgres.start()
    assert again.pid == running.pid
    assert value(again, "SELECT number FROM kept") == 42


def test_a_stranger_with_the_old_process_id_is_no_obstacle(postgres: EmbeddedPostgres) -> None:
    """After a restart of a container another program of the same user often has the number."""
    first = postgres.start()
    kill(first.pid)
    assert ends(first.pid)
    pid_file = first.data_folder / "postmaster.pid"
    stranger = as_data_owner(first, "/bin/sleep", "60", cwd="/")
    try:
        rest = pid_file.read_text().partition("\n")[2]
        pid_file.write_text(f"{stranger.pid}\n{rest}")
        assert value(postgres.start(), "SELECT 1") == 1
    finally:
        stranger.kill()
        stranger.wait()


def test_a_database_started_by_hand_on_the_same_data_is_named(postgres: EmbeddedPostgres) -> None:
    running = postgres.start()
    data = running.data_folder
    postgres.stop()
    stand_in = as_data_owner(running, "/bin/sleep", "60", cwd=data)
    try:
        (data / "postmaster.pid").write_text(f"{stand_in.pid}\n{data}\n")
        with pytest.raises(DatabaseDidNotStart, match=f"started by hand .process {stand_in.pid}."):
            postgres.start()
    finally:
        stand_in.kill()
        stand_in.wait()
        (data / "postmaster.pid").unlink()


def test_a_signal_for_the_owner_does_not_end_the_database_first(postgres: EmbeddedPostgres) -> None:
    """Ctrl-C, a closed terminal, and a service manager that signals every process of the service."""
    running = postgres.start()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(parent_of(running.pid), number)
    assert value(running, "SELECT pg_sleep(0.2) IS NOT NULL") is True
    assert postgres.is_owner


def test_an_owner_that_forgets_to_stop_it_leaves_nothing(folder: Path) -> None:
    forgetful = (
        "import os, sys; from pathlib import Path; from visitsync.wiring.embedded_postgres import EmbeddedPostgres; "
        "print(EmbeddedPostgres(Path(sys.argv[1])).start().pid)"
    )
    ended = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", forgetful, str(folder)], check=True, capture_output=True, text=True
    )
    assert ends(int(ended.stdout))


def test_deleting_the_folder_of_a_running_database_does_not_keep_it_running(
    postgres: EmbeddedPostgres, folder: Path
) -> None:
    running = postgres.start()
    shutil.rmtree(folder, ignore_errors=True)
    postgres.stop()
    assert ends(running.pid)


def test_a_forked_copy_of_the_owner_cannot_stop_the_database(postgres: EmbeddedPostgres) -> None:
    running = postgres.start()
    copy = os.fork()
    if copy == 0:
        postgres.stop()
        os._exit(0)
    os.waitpid(copy, 0)
    assert value(running, "SELECT 1") == 1


def as_data_owner(running: RunningDatabase, *command: str, cwd: Path | str) -> "subprocess.Popen[bytes]":
    """Some other program of the user as whom the database ran."""
    owner = running.data_folder.stat().st_uid
    return subprocess.Popen(command, cwd=cwd, user=owner if os.geteuid() == 0 else None)  # noqa: S603
