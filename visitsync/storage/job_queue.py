"""The queue of jobs, kept by procrastinate in its own schema: put one in, hasten it, rescue it, see when it is due.

At most one job of a key waits at any time; putting another in only makes the waiting one earlier and more urgent.
Jobs name ids, never people.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.types.json import Jsonb

FAIL_AFTER = 20
"""So often may a job take its worker with it; the planner begins anew later."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do. `key` both keeps it single and keeps two of it from running at once."""

    queue: str
    task: str
    key: str
    arguments: Mapping[str, Any]
    priority: int = 0
    delay_seconds: float = 0.0


def put(connection: Connection, jobs: Sequence[Job]) -> None:
    """Puts jobs in, or hastens those of the same key that wait; inside whatever transaction the connection is in.

    A worker is woken up at commit, also where nothing new was put in.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            """insert into procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
               values (%(queue)s, %(task)s, %(priority)s, %(key)s, %(key)s, %(arguments)s,
                       case when %(delay)s > 0 then now() + make_interval(secs => %(delay)s) end)
               on conflict (queueing_lock) where status = 'todo' do update
               set priority = greatest(procrastinate_jobs.priority, excluded.priority),
                   scheduled_at = least(coalesce(procrastinate_jobs.scheduled_at, now()),
                                        coalesce(excluded.scheduled_at, now())),
                   args = case when coalesce(excluded.scheduled_at, now()) < procrastinate_jobs.scheduled_at
                               then excluded.args else procrastinate_jobs.args end""",
            [
                {
                    "queue": job.queue,
                    "task": job.task,
                    "priority": job.priority,
                    "key": job.key,
                    "arguments": Jsonb(dict(job.arguments)),
                    "delay": job.delay_seconds,
                }
                for job in jobs
            ],
        )
        cursor.execute(
            'select pg_notify(\'procrastinate_queue_v1#\' || name, \'{"type": "job_inserted", "job_id": 0}\')'
            " from unnest(%s::text[]) as name",
            [sorted({job.queue for job in jobs if job.delay_seconds <= 0})],
        )


def put_if_lost(connection: Connection, jobs: Sequence[Job]) -> int:
    """Puts in those jobs of whose key none waits or runs; returns how many there were."""
    keys = [job.key for job in jobs]
    alive = connection.execute(
        "select lock from procrastinate_jobs where status in ('todo', 'doing') and lock = any(%s)", [keys]
    ).fetchall()
    lost = [job for job in jobs if (job.key,) not in set(alive)]
    if lost:
        put(connection, lost)
    return len(lost)


def due_at(connection: Connection, key: str) -> datetime | None:
    """When the waiting job of that key is due (aware, by the database's clock); None where none waits."""
    row = connection.execute(
        "select coalesce(scheduled_at, now()) from procrastinate_jobs where status = 'todo' and queueing_lock = %s",
        [key],
    ).fetchone()
    return None if row is None else row[0]


def rescue(connection: Connection, *, silent_seconds: float) -> int:
    """Gives back the jobs of workers that have not been heard of for so long; returns how many.

    The more often a job has lost its worker the longer it waits; one whose successor waits already is dropped. Workers
    that are gone are forgotten.
    """
    rescued = connection.execute(_RESCUE, {"silent": silent_seconds, "most": FAIL_AFTER}).rowcount
    connection.execute(
        """delete from procrastinate_workers worker where last_heartbeat < now() - make_interval(secs => %s)
           and not exists (select from procrastinate_jobs where worker_id = worker.id and status = 'doing')""",
        [silent_seconds],
    )
    return rescued


def forget_ended(connection: Connection, *, days: int) -> int:
    """Deletes what is left of failed jobs after so many days (those that succeeded go at once); returns how many."""
    return connection.execute(
        """delete from procrastinate_jobs job where status in ('succeeded', 'failed', 'cancelled', 'aborted')
           and not exists (select from procrastinate_events event where event.job_id = job.id
                           and event.at > now() - make_interval(days => %s))""",
        [days],
    ).rowcount


def counts(connection: Connection) -> dict[str, int]:
    """How many jobs there are in each state, and how many workers live ("workers")."""
    rows = connection.execute("select status::text, count(*) from procrastinate_jobs group by status").fetchall()
    workers = connection.execute("select count(*) from procrastinate_workers").fetchone()
    return {str(state): int(count) for state, count in rows} | {"workers": int(workers[0]) if workers else 0}


_RESCUE = """
    with stalled as (
        select job.id, job.attempts, job.queueing_lock,
               exists (select from procrastinate_jobs successor
                       where successor.status = 'todo' and successor.queueing_lock = job.queueing_lock) as is_succeeded
        from procrastinate_jobs job left join procrastinate_workers worker on worker.id = job.worker_id
        where job.status = 'doing'
          and (worker.id is null or worker.last_heartbeat < now() - make_interval(secs => %(silent)s))
        for update of job skip locked
    )
    update procrastinate_jobs job
    set status = (case when stalled.is_succeeded or stalled.attempts >= %(most)s
                       then 'failed' else 'todo' end)::procrastinate_job_status,
        worker_id = null,
        attempts = job.attempts + 1,
        scheduled_at = case when job.attempts > 0 then now() + make_interval(secs => least(2 ^ job.attempts, 600)) end
    from stalled where stalled.id = job.id
    """
