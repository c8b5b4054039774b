"""Whatever is killed, and whenever: what was acknowledged is there once, and what was not comes again."""

import base64
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.nothing_lost.mortal_database import mortal_database
from tests.push import pretend
from tests.push.conftest import NOW, Pushed
from tests.push.letters import siu
from tests.push.pretend import booking, message
from tests.push.senders import HOST, Engine, listening
from visitsync.storage import peers
from visitsync.storage.database import Database
from visitsync.storage.keyring import Keyring
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import add_practice
from visitsync.storage.vault import Vault

START = datetime(2026, 12, 1, 10, 0)  # a wall time
BEFORE_THE_COMMIT, AFTER_THE_COMMIT = 3, 4
"""The first commit of a conversation looks its connection up, the second keeps the message."""


@pytest.mark.parametrize("point", [BEFORE_THE_COMMIT, AFTER_THE_COMMIT])
def test_a_listener_killed_before_it_answers_has_the_message_once_after_the_resend(
    pushed: Pushed, database_url: str, tmp_path: Path, point: int
) -> None:
    let_in(pushed)
    letter, port = siu("S12", 1, START, sent=START - timedelta(days=7)), free_port()
    with process(database_url, tmp_path, port, dies_at=point) as mortal, connected(port) as engine:
        assert engine.send(letter) is None
        assert mortal.wait(20) == -signal.SIGKILL
    assert count(pushed) == (1 if point == AFTER_THE_COMMIT else 0)
    with process(database_url, tmp_path, port), connected(port) as engine:
        assert b"MSA|AA|" in (engine.send(letter) or b"")
        assert b"MSA|AA|" in (engine.send(letter) or b"")
    assert count(pushed) == 1
    assert pushed.query("select count(*) from intake where taken_in_at is null") == [(1,)]


def test_a_listener_asked_to_end_ends_by_itself(pushed: Pushed, database_url: str, tmp_path: Path) -> None:
    let_in(pushed)
    port = free_port()
    with process(database_url, tmp_path, port) as running, connected(port) as engine:
        assert engine.send(siu("S12", 1, START, sent=START))
        running.terminate()
        assert running.wait(20) == 0
        assert engine.is_ended()


def test_while_the_database_is_gone_nothing_is_acknowledged_and_nothing_is_lost(tmp_path: Path) -> None:
    with mortal_database() as mortal, Database(mortal.url, wait_seconds=2) as database:
        vault = Vault(Keyring(index_key=os.urandom(32), data_keys={1: os.urandom(32)}, sealing_key_id=1))
        practice_id = add_practice(database, slug="mortal", name="Mortal", zone=pretend.ZONE).practice_id
        pushed = Pushed(database, vault, practice_id, pretend.MANIFEST)
        let_in(pushed)
        bodies = [message(sent=NOW, appointments=[booking(f"a{n}", NOW + timedelta(days=1))]) for n in range(150)]
        with listening(database, vault, tmp_path, clock=pushed.clock, receiver=pretend.Receiver()) as ours:
            sending = Sending(ours.port, bodies)
            sending.until(30)
            os.kill(mortal.pid, signal.SIGKILL)
            time.sleep(1.0)
            assert sending.acknowledged < len(bodies)
            with Engine(ours.port) as engine:
                assert engine.send(message(sent=NOW)) is None
            mortal.restart()
            sending.until(len(bodies))
            sending.join()
        assert count(pushed) == len(bodies)
        pushed.take_in()
        assert len(pushed.outcomes()) == len(bodies)


def test_a_burst_of_five_thousand_after_an_outage_is_kept_and_taken_in(pushed: Pushed, tmp_path: Path) -> None:
    let_in(pushed)
    parts = [
        [
            message(
                sent=NOW + timedelta(milliseconds=number),
                appointments=[booking(f"a{number % 1000}", NOW + timedelta(days=1, minutes=number))],
            )
            for number in range(part, 5_000, 5)
        ]
        for part in range(5)
    ]
    with listening(pushed.database, pushed.vault, tmp_path, clock=pushed.clock, receiver=pretend.Receiver()) as ours:
        senders = [Sending(ours.port, bodies) for bodies in parts]
        for one in senders:
            one.until(1_000)
            one.join()
    assert count(pushed) == 5_000
    pushed.take_in()
    assert len(pushed.outcomes()) == 1_000
    assert pushed.starts_of("a7") == NOW + timedelta(days=1, minutes=4_007)
    assert pushed.query("select count(*) from intake where taken_in_at is null") == [(0,)]


class Sending(threading.Thread):
    """Sends messages one by one as an engine does: again, on a new connection, until each is acknowledged."""

    def __init__(self, port: int, bodies: list[bytes]) -> None:
        super().__init__(daemon=True)
        self._port, self._bodies = port, bodies
        self.acknowledged = 0
        self.start()

    def run(self) -> None:
        while self.acknowledged < len(self._bodies):
            with suppress(OSError), Engine(self._port, seconds=30) as engine:
                while engine.send(self._bodies[self.acknowledged]) is not None:
                    self.acknowledged += 1
                    if self.acknowledged == len(self._bodies):
                        return
            time.sleep(0.05)

    def until(self, number: int) -> None:
        """Waits until so many are acknowledged."""
        ends = time.monotonic() + 120
        while self.acknowledged < number:
            assert time.monotonic() < ends, f"only {self.acknowledged} acknowledged"
            time.sleep(0.02)


def let_in(practice: Pushed) -> None:
    with practice.database.practice(practice.practice_id) as transaction:
        peers.register(
            transaction, practice.connection_id, Author("admin", NOW), name="engine", network=peers.network_of(HOST)
        )


def count(practice: Pushed) -> int:
    return int(practice.query("select count(*) from intake")[0][0])


@contextmanager
def process(database_url: str, home: Path, port: int, *, dies_at: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A listener in a process of its own."""
    key = base64.b64encode(bytes(32)).decode()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VISITSYNC_")}
    environment |= {
        "DATABASE_URL": database_url,
        "VISITSYNC_HOME": str(home),
        "VISITSYNC_KEY": f"index {key}; data 1 {key}",
    }
    command = [sys.executable, "-m", "tests.push.mortal_listener", str(port), str(dies_at)]
    options: dict[str, Any] = {"cwd": Path(__file__).parents[2], "env": environment}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options) as running:
        try:
            yield running
        finally:
            running.kill()


@contextmanager
def connected(port: int) -> Iterator[Engine]:
    """Connected as soon as somebody listens."""
    ends = time.monotonic() + 30
    while True:
        try:
            engine = Engine(port, seconds=20)
            break
        except ConnectionRefusedError:
            assert time.monotonic() < ends, "nobody listens"
            time.sleep(0.1)
    with engine:
        yield engine


def free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])
