"""Worker processes that die or stall where they are told to: a small server that forks one for every job.

Run as a script it reads jobs from its input, one per line; forking a process that has loaded everything, and has no
threads yet, takes a few milliseconds.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec

from tests.nothing_lost.clinics import ticking_from
from tests.nothing_lost.house import Place, open_link
from tests.nothing_lost.stops import Stop, points_with
from visitsync.storage.database import CONNECTION_SETTINGS, Database
from visitsync.sync import keeping, pipeline
from visitsync.sync.turns import in_turn

ROOT = Path(__file__).resolve().parents[2]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One turn of the engine for one connection, in a process of its own."""

    place: Place
    now: datetime
    full: bool = False
    appointment_id: str | None = None
    """Only this appointment, now."""
    stop: Stop | None = None
    frees_locks_after: str = CONNECTION_SETTINGS["idle_in_transaction_session_timeout"]
    waits_for_database_seconds: float = 30


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker ended."""

    status: int
    """Exit code; negative: the signal that ended it."""
    trouble: str | None = None
    error: str | None = None
    """Name of what was raised."""
    points: list[str] = []


class _Started(msgspec.Struct, frozen=True):
    pid: int


class _Told(msgspec.Struct, frozen=True):
    trouble: str | None
    error: str | None
    points: list[str]


class Worker:
    """A worker under way."""

    def __init__(self, server: subprocess.Popen[bytes]) -> None:
        self._server = server
        self.is_under_way = True
        self.pid = msgspec.json.decode(self._line(), type=_Started).pid

    def wait(self) -> Ended:
        """How it ended."""
        ended = msgspec.json.decode(self._line(), type=Ended)
        self.is_under_way = False
        return ended

    def wait_until_stalled(self) -> None:
        """Returns once it stands still."""
        while _state_of(self.pid) != "T":
            time.sleep(0.002)

    def go_on(self) -> None:
        """Wakes it up."""
        os.kill(self.pid, signal.SIGCONT)

    def _line(self) -> bytes:
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        assert line, "the server of workers has died"
        return line


class Workers:
    """`with Workers() as workers:` starts the server; one job at a time."""

    _last: Worker | None = None

    def __enter__(self) -> Self:
        self._server = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
        return self

    def __exit__(self, *raised: object) -> None:
        """Ends the last worker, too, where a test that failed has left it standing still."""
        with suppress(FileNotFoundError, ProcessLookupError):
            if self._last is not None and _state_of(self._last.pid) == "T":
                os.kill(self._last.pid, signal.SIGKILL)
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait()
        assert self._server.stdout is not None
        self._server.stdout.close()

    @property
    def are_idle(self) -> bool:
        """Whether the last worker has come to its end."""
        return self._last is None or not self._last.is_under_way

    def start(self, job: Job) -> Worker:
        """Lets a new process do the job."""
        assert self._server.stdin is not None
        self._server.stdin.write(msgspec.json.encode(job) + b"\n")
        self._server.stdin.flush()
        self._last = Worker(self._server)
        return self._last

    def run(self, job: Job) -> Ended:
        """Lets a new process do the job, and waits for its end."""
        return self.start(job).wait()


@contextmanager
def lent(idle: list[Workers]) -> Iterator[Workers]:
    """One of the idle servers, or a new one, which takes a second; back among them afterwards if it is idle then."""
    workers = idle.pop() if idle else Workers().__enter__()
    yield workers
    if workers.are_idle:
        idle.append(workers)
    else:
        workers.__exit__()


@contextmanager
def _reported(points: list[str]) -> Iterator[list[str | None]]:
    """Writes how the job ended, as far as the process lives to tell."""
    told: list[str | None] = [None, None]
    try:
        yield told
    except Exception as error:  # noqa: BLE001 - whatever it is, its name goes to the test
        told[1] = type(error).__name__
    _write(_Told(told[0], told[1], points))


def _do(job: Job) -> None:
    CONNECTION_SETTINGS["idle_in_transaction_session_timeout"] = job.frees_locks_after
    keeping.TAKE_IN_SECONDS = 3600.0  # which points a turn passes must not depend on how busy the machine is
    points = points_with(job.stop)
    clock = ticking_from(job.now)
    patience = job.waits_for_database_seconds
    with _reported(points.passed) as told, Database(job.place.database_url, wait_seconds=patience) as database:
        link = open_link(job.place, database, clock, shares_budget=True)
        points.watch()
        if job.appointment_id is None:
            told[0] = pipeline.sync(link, full=job.full).trouble
        else:
            appointment_id = job.appointment_id
            told[0] = in_turn(lambda: pipeline.check_again(link, appointment_id)).trouble


def _serve() -> None:
    for line in sys.stdin.buffer:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.dup2(writing, 1)
            _do(msgspec.json.decode(line, type=Job))
            os._exit(0)
        os.close(writing)
        _write(_Started(pid))
        with os.fdopen(reading, "rb") as told:
            said = told.read()
        _, status = os.waitpid(pid, 0)
        known = msgspec.json.decode(said, type=_Told) if said else _Told(None, None, [])
        _write(
            Ended(
                status=os.waitstatus_to_exitcode(status),
                trouble=known.trouble,
                error=known.error,
                points=known.points,
            )
        )


def _write(message: msgspec.Struct) -> None:
    os.write(1, msgspec.json.encode(message) + b"\n")


def _state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]


if __name__ == "__main__":
    _serve()
