"""The queue: one waiting job per key, hastened not doubled; what a dead worker held goes to another."""

from datetime import timedelta

import psycopg
import pytest

from visitsync.storage import job_queue
from visitsync.storage.database import Database
from visitsync.storage.job_queue import Job


def _job(key: str = "sync 1", *, priority: int = 0, delay_seconds: float = 0.0) -> Job:
    return Job(
        queue="routine", task="sync_connection", key=key, arguments={}, priority=priority, delay_seconds=delay_seconds
    )


def _rows(database: Database) -> list[tuple[object, ...]]:
    with database.shared() as connection:
        return connection.execute(
            "select queueing_lock, status::text, priority, attempts, worker_id from procrastinate_jobs order by id"
        ).fetchall()


def test_a_key_waits_once_and_the_earlier_time_and_higher_priority_win(database: Database) -> None:
    with database.shared() as connection:
        job_queue.put(connection, [_job(delay_seconds=600)])
        later = job_queue.due_at(connection, "sync 1")
        job_queue.put(connection, [_job(priority=10, delay_seconds=900)])
        assert job_queue.due_at(connection, "sync 1") == later
        job_queue.put(connection, [_job()])
        now = job_queue.due_at(connection, "sync 1")
    assert later is not None
    assert now is not None
    assert later - now > timedelta(seconds=590)
    assert [row[:3] for row in _rows(database)] == [("sync 1", "todo", 10)]


def test_a_job_put_in_during_a_transaction_that_is_undone_is_not_there(database: Database) -> None:
    with database.shared() as connection:
        with connection.transaction(force_rollback=True):
            job_queue.put(connection, [_job()])
        assert job_queue.due_at(connection, "sync 1") is None


def test_only_what_neither_waits_nor_runs_counts_as_lost(database: Database) -> None:
    with database.shared() as connection:
        job_queue.put(connection, [_job("sync waits", delay_seconds=60), _job("sync runs")])
        connection.execute("update procrastinate_jobs set status = 'doing' where queueing_lock = 'sync runs'")
        lost = job_queue.put_if_lost(connection, [_job("sync waits"), _job("sync runs"), _job("sync lost")])
    assert lost == 1
    assert [row[0] for row in _rows(database)] == ["sync waits", "sync runs", "sync lost"]


@pytest.fixture
def held_by(database: Database) -> dict[str, int]:
    """A running job of a living worker and one of a worker last heard of a minute ago."""
    with database.shared() as connection:
        job_queue.put(connection, [_job("of the living"), _job("of the dead")])
        workers = {}
        for name, seconds in (("living", 0), ("dead", 60)):
            row = connection.execute(
                "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => %s))"
                " returning id",
                [seconds],
            ).fetchone()
            assert row is not None
            workers[name] = row[0]
            connection.execute(
                "update procrastinate_jobs set status = 'doing', worker_id = %s where queueing_lock = %s",
                [row[0], f"of the {name}"],
            )
    return workers


def test_the_jobs_of_a_silent_worker_go_back_and_it_is_forgotten(database: Database, held_by: dict[str, int]) -> None:
    with database.shared() as connection:
        assert job_queue.rescue(connection, silent_seconds=12) == 1
        assert job_queue.rescue(connection, silent_seconds=12) == 0
        workers = connection.execute("select id from procrastinate_workers").fetchall()
    assert workers == [(held_by["living"],)]
    assert _rows(database) == [
        ("of the living", "doing", 0, 0, held_by["living"]),
        ("of the dead", "todo", 0, 1, None),
    ]


def test_a_dead_workers_job_whose_successor_waits_is_dropped(database: Database, held_by: dict[str, int]) -> None:
    with database.shared() as connection:
        job_queue.put(connection, [_job("of the dead", delay_seconds=60)])
        job_queue.rescue(connection, silent_seconds=12)
        due_at = job_queue.due_at(connection, "of the dead")
    assert [(row[0], row[1]) for row in _rows(database)] == [
        ("of the living", "doing"),
        ("of the dead", "failed"),
        ("of the dead", "todo"),
    ]
    assert due_at is not None


def test_a_job_that_keeps_killing_its_workers_waits_longer_each_time(
    database: Database, held_by: dict[str, int]
) -> None:
    with database.shared() as connection:
        connection.execute("update procrastinate_jobs set attempts = 5 where queueing_lock = 'of the dead'")
        job_queue.rescue(connection, silent_seconds=12)
        due_at = job_queue.due_at(connection, "of the dead")
        row = connection.execute("select now()").fetchone()
    assert due_at is not None
    assert row is not None
    assert due_at - row[0] > timedelta(seconds=20)


def test_failed_jobs_are_kept_for_a_while_and_then_deleted(database: Database, owner_url: str) -> None:
    with database.shared() as connection:
        job_queue.put(connection, [_job("old"), _job("new"), _job("waits")])
        connection.execute("update procrastinate_jobs set status = 'failed' where queueing_lock <> 'waits'")
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            "update jobs.procrastinate_events set at = now() - interval '9 days' where job_id ="
            " (select id from jobs.procrastinate_jobs where queueing_lock = 'old')"
        )
    with database.shared() as connection:
        assert job_queue.forget_ended(connection, days=7) == 1
        counted = job_queue.counts(connection)
    assert counted == {"failed": 1, "todo": 1, "workers": 0}
