"""Folders a database can live in, and other processes that own or share one."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from visitsync.wiring.embedded_postgres.supervisor import EmbeddedPostgres, RunningDatabase
from visitsync.wiring.embedded_postgres.temporary import FORGETFUL, temporary_folder

# Speaks one line of JSON when the database runs, then does what its standard input says, and stays until that ends.
OTHER_PROCESS = """
import json, os, sys
from pathlib import Path
from visitsync.wiring.embedded_postgres import EmbeddedPostgres
folder, method, settings = sys.argv[1:]
postgres = EmbeddedPostgres(Path(folder), settings=json.loads(settings))
running = getattr(postgres, method)()
facts = {"owner_url": running.owner_url, "data_folder": str(running.data_folder), "pid": running.pid}
print(json.dumps(facts | {"is_owner": postgres.is_owner}), flush=True)
if sys.stdin.readline() == "fork\\n" and os.fork() == 0:
    sys.stdin.readline()
    os._exit(0)
print("done", flush=True)
sys.stdin.read()
postgres.stop()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherProcess:
    process: "subprocess.Popen[str]"
    running: RunningDatabase
    is_owner: bool

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def finish(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


Launch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a database, not made yet."""
    with temporary_folder() as path:
        yield path


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """A database that was made and stopped: copying it is much faster than making one for every test."""
    with temporary_folder() as path:
        with EmbeddedPostgres(path, settings=FORGETFUL):
            pass
        yield path


@pytest.fixture
def made(template: Path, folder: Path) -> None:
    """The folder holds a database that has been started before."""
    subprocess.run(["/bin/cp", "-a", str(template), str(folder)], check=True)  # noqa: S603 - keeps the owners


@pytest.fixture
def launch(folder: Path) -> Iterator[Launch]:
    """Start another process that calls a method of EmbeddedPostgres; killed at the end, whatever happened."""
    processes = []

    def start(method: str = "start") -> "subprocess.Popen[str]":
        process = subprocess.Popen(  # noqa: S603 - this interpreter
            [sys.executable, "-c", OTHER_PROCESS, str(folder), method, json.dumps(FORGETFUL)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        processes.append(process)
        return process

    yield start
    for process in processes:
        with process:
            process.kill()


def when_running(process: "subprocess.Popen[str]") -> OtherProcess:
    assert process.stdout is not None
    facts = json.loads(process.stdout.readline())
    is_owner = facts.pop("is_owner")
    running = RunningDatabase(**facts | {"data_folder": Path(facts["data_folder"])})
    return OtherProcess(process=process, running=running, is_owner=is_owner)


@pytest.fixture
def postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    """An embedded database that is not started yet, and is stopped at the end."""
    embedded = EmbeddedPostgres(folder, settings=FORGETFUL)
    yield embedded
    embedded.stop()


def value(running: RunningDatabase, query: str) -> object:
    """The first column of the first row."""
    with psycopg.connect(running.owner_url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def execute(running: RunningDatabase, statement: str) -> None:
    with psycopg.connect(running.owner_url) as connection:
        connection.execute(statement.encode())


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def ends(pid: int) -> bool:
    """Whether the process is gone, or is only waiting to be reaped, before long."""
    return eventually(lambda: not is_alive(pid))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(claim: Callable[[], bool], *, within: float = 20.0) -> bool:
    """Whether the claim becomes true before the time (seconds) is over."""
    give_up = time.monotonic() + within
    while not claim() and time.monotonic() < give_up:
        time.sleep(0.02)
    return claim()


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o7777


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can try this")
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
