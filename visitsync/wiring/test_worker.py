"""Worker processes: they read by themselves, overtake for whoever waits, take over from the dead, and end in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from visitsync.storage import appointments, job_queue, practices
from visitsync.storage.practices import ConnectionState
from visitsync.sync import jobs
from visitsync.sync.jobs import check_again_now, plan_what_was_lost, sync_is_due_at, sync_now
from visitsync.wiring.conftest import Connected, Visitsync
from visitsync.wiring.house import House

PATIENCE_SECONDS = 60.0
COMMAND = "from visitsync.wiring.cli import main; main()"

Worker = subprocess.Popen[bytes]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts `visitsync work` as a process of its own; its log is shown if the test fails."""
    started: list[Worker] = []
    log = tmp_path / "work.log"

    def start(*arguments: str) -> Worker:
        with log.open("ab") as handle:
            command = [sys.executable, "-c", COMMAND, "work", *arguments]
            started.append(subprocess.Popen(command, env=os.environ, stdout=handle, stderr=handle))  # noqa: S603
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait()
    print(log.read_text())


def _eventually(claim: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not claim():
        assert time.monotonic() < ends, "it did not come true"
        time.sleep(0.1)


def _outcomes(house: House, at: Connected) -> dict[str, int]:
    with house.database.practice(at.practice_id) as transaction:
        return appointments.outcome_counts(transaction, at.connection_id)


def _running(house: House) -> int:
    with house.database.shared() as connection:
        return job_queue.counts(connection).get("doing", 0)


def test_a_worker_reads_a_connection_as_soon_as_it_is_made_and_plans_the_next_turn(
    house: House, connected: Callable[[str], Connected], start_worker: Callable[..., Worker]
) -> None:
    at = connected("kareo")
    at.emr.book()
    start_worker()
    _eventually(lambda: _outcomes(house, at) == {"ready": 1})
    _eventually(lambda: _running(house) == 0)
    with house.database.shared() as connection:
        due_at = sync_is_due_at(connection, at.connection_id)
        row = connection.execute("select now()").fetchone()
    assert due_at is not None
    assert row is not None
    # Kareo's rhythm is ten minutes, with a tenth of jitter to either side.
    assert 8 * 60 < (due_at - row[0]).total_seconds() < 12 * 60


def test_what_a_killed_worker_held_is_finished_by_another(
    house: House, connected: Callable[[str], Connected], start_worker: Callable[..., Worker]
) -> None:
    at = connected("drchrono")
    booked = at.emr.book()
    stall = at.emr.app.faults.switch_on("stall", times=1, match="GET /api/patients", seconds=60)
    first = start_worker()
    _eventually(lambda: stall.hits == 1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert _running(house) == 1, "nobody knows yet"
    start_worker()
    _eventually(lambda: _outcomes(house, at) == {"ready": 1})
    with house.database.practice(at.practice_id) as transaction:
        [stored] = appointments.find(transaction, house.vault, at.connection_id, [booked])
    assert stored.outcome == "ready"


def test_checking_one_appointment_again_overtakes_a_long_sync_and_thousands_of_waiting_jobs(
    house: House, connected: Callable[[str], Connected], start_worker: Callable[..., Worker]
) -> None:
    at = connected("drchrono")
    booked = at.emr.book()
    waiting = [
        job_queue.Job(
            queue=jobs.ROUTINE,
            task="sync_connection",
            key=f"sync {number}",
            arguments={"practice_id": str(at.practice_id), "connection_id": str(uuid4())},
        )
        for number in range(3000)
    ]
    with house.database.shared() as connection:
        job_queue.put(connection, waiting)
        sync_now(connection, at.practice_id, at.connection_id)
    # The list of appointments comes late, a single one does not.
    stall = at.emr.app.faults.switch_on("stall", times=None, match=r"GET /api/appointments(\?|$)", seconds=30)
    start_worker("--concurrency", "1")
    _eventually(lambda: stall.hits > 0)
    began = time.monotonic()
    with house.database.shared() as connection:
        check_again_now(connection, at.practice_id, at.connection_id, booked)
    _eventually(lambda: _outcomes(house, at) == {"ready": 1})
    assert time.monotonic() - began < 15, "it waited for the sync"


def test_a_paused_connection_is_not_read(
    house: House, connected: Callable[[str], Connected], start_worker: Callable[..., Worker]
) -> None:
    at = connected("drchrono")
    at.emr.book()
    with house.database.practice(at.practice_id) as transaction:
        practices.change_state(transaction, at.connection_id, ConnectionState.PAUSED)
    asked_before = len(at.emr.server.requests)
    start_worker()
    _eventually(lambda: _waiting(house) == 0)
    assert len(at.emr.server.requests) == asked_before
    assert plan_what_was_lost(house.database) == 0


def test_when_the_rules_changed_with_the_program_everything_is_judged_again(
    house: House,
    visitsync: Visitsync,
    connected: Callable[[str], Connected],
    start_worker: Callable[..., Worker],
) -> None:
    at = connected("drchrono")
    at.emr.book()
    visitsync("sync")
    with house.database.practice(at.practice_id) as transaction:
        jobs.note_rules(transaction, at.connection_id, "0", now=house.clock())
        transaction.execute("update appointment set outcome = 'waiting'")  # as older rules had it
    start_worker()
    _eventually(lambda: _outcomes(house, at) == {"ready": 1})


def _waiting(house: House) -> int:
    with house.database.shared() as connection:
        counted = job_queue.counts(connection)
    return counted.get("todo", 0) + counted.get("doing", 0)


def test_a_connection_whose_job_was_lost_is_planned_again(house: House, connected: Callable[[str], Connected]) -> None:
    at = connected("drchrono")
    assert plan_what_was_lost(house.database) == 0, "its first sync waits already"
    with house.database.shared() as connection:
        connection.execute("delete from procrastinate_jobs")
    assert plan_what_was_lost(house.database) == 1
    with house.database.shared() as connection:
        assert sync_is_due_at(connection, at.connection_id) is not None
        assert sync_is_due_at(connection, UUID(int=0)) is None


def test_a_worker_that_is_asked_to_end_lets_go_between_two_pages(
    house: House, connected: Callable[[str], Connected], start_worker: Callable[..., Worker]
) -> None:
    at = connected("drchrono")
    for _ in range(5):
        at.emr.book()
    stall = at.emr.app.faults.switch_on("stall", times=None, match="GET /api/patients", seconds=3)
    worker = start_worker()
    _eventually(lambda: stall.hits > 0)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=45) == 0
    assert _running(house) == 0, "no job is left as if it ran"
    with house.database.shared() as connection:
        assert sync_is_due_at(connection, at.connection_id) is not None
    at.emr.app.faults.clear()
    start_worker()
    _eventually(lambda: _outcomes(house, at) == {"ready": 5})
