"""The web process and a worker together: what happens in DrChrono is followed within moments, and nobody is named."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from visitsync.storage import appointments
from visitsync.storage.credentials import StoredCredentials
from visitsync.wiring.addresses import webhook_url
from visitsync.wiring.conftest import Connected, Visitsync
from visitsync.wiring.demo.processes import free_port
from visitsync.wiring.house import House
from visitsync.wiring.settings import from_environment

COMMAND = "from visitsync.wiring.cli import main; main()"
PATIENCE_SECONDS = 60.0
SECRET = "webhook-secret-of-the-test"

Process = subprocess.Popen[bytes]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts a command as a process of its own, with its log in `<command>.log`."""
    started: list[Process] = []

    def start_command(*arguments: str) -> Process:
        with (tmp_path / f"{arguments[0]}.log").open("ab") as log:
            command = [sys.executable, "-c", COMMAND, *arguments]
            started.append(subprocess.Popen(command, env=os.environ, stdout=log, stderr=log))  # noqa: S603
        return started[-1]

    yield start_command
    for process in started:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


def _eventually(claim: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not claim():
        assert time.monotonic() < ends, "it did not come true"
        time.sleep(0.05)


def _status(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def test_a_cancellation_in_drchrono_ends_the_visit_within_moments_and_the_logs_name_nobody(
    house: House,
    visitsync: Visitsync,
    connected: Callable[[str], Connected],
    start: Callable[..., Process],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    at = connected("drchrono")
    _give_secret(house, at)
    booked = at.emr.book()
    visitsync("sync")
    port = free_port()
    monkeypatch.setenv("VISITSYNC_WEB_PORT", str(port))
    monkeypatch.setenv("VISITSYNC_LOG_LEVEL", "debug")
    start("work")
    web = start("serve")
    _eventually(lambda: _status(port, "/ready") == 200)
    address = webhook_url(from_environment(), "drchrono", at.practice_id, at.connection_id)
    configured = at.emr.app.controls()["webhook"]({"callback_url": address, "secret_token": SECRET})
    assert isinstance(configured, dict)
    assert configured["verified"] is True
    began = time.monotonic()
    at.emr.clinic.cancel(int(booked))
    _eventually(lambda: _outcomes(house, at) == {"cancelled": 1})
    assert time.monotonic() - began < 15, "DrChrono is asked again only after minutes: the hint was not taken"
    web.send_signal(signal.SIGTERM)
    assert web.wait(30) == 0
    told = (tmp_path / "work.log").read_text() + (tmp_path / "serve.log").read_text()
    assert "hints taken" in told
    for secret in ("Ottoline", "Varga", "example.net", "1984-05-17", "Tamarack", SECRET, "example-client-secret",
                   os.environ["VISITSYNC_KEY"], "app-password-of-the-tests"):  # fmt: skip
        assert secret not in told


def _give_secret(house: House, at: Connected) -> None:
    store = StoredCredentials(house.database, house.vault, practice_id=at.practice_id, connection_id=at.connection_id)
    store.save({**store.read(), "webhook_secret": SECRET})


def _outcomes(house: House, at: Connected) -> dict[str, int]:
    with house.database.practice(at.practice_id) as transaction:
        return appointments.outcome_counts(transaction, at.connection_id)
