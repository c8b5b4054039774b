"""The processes of the demo: the same commands as anywhere, in an environment of their own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import BinaryIO

import msgspec

from visitsync.wiring.settings import VARIABLES

READY_WITHIN_SECONDS = 30.0
STOPS_WITHIN_SECONDS = 20.0
POLL_SECONDS = 2


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """Where the demo's own processes are found on this machine."""

    web: int
    listen: int


class DidNotBecomeReady(RuntimeError):
    """A process of the demo ended or stays silent; its log says why."""


def demo_environment(home: Path, ports: Ports, clock_ahead: timedelta = timedelta()) -> dict[str, str]:
    """What other commands need to work on the demo. Nothing of the caller's own installation is in it."""
    ahead = {"VISITSYNC_CLOCK_AHEAD": f"{clock_ahead.total_seconds():.0f}"} if clock_ahead else {}
    return {
        "VISITSYNC_HOME": str(home),
        "VISITSYNC_ALLOW_LOOPBACK": "1",
        "VISITSYNC_KEEP_ON_POWER_CUT": "0",
        "VISITSYNC_POLL_SECONDS": str(POLL_SECONDS),
        "VISITSYNC_WEB_PORT": str(ports.web),
        "VISITSYNC_LISTEN_PORTS": str(ports.listen),
        **ahead,
    }


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Processes:
    """Starts, restarts and ends them."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, command: str, environment: Mapping[str, str]) -> None:
        """Starts `visitsync COMMAND` with its log beside the database."""
        inherited = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        with _private(self._logs / f"{command}.log") as log:
            self._running[command] = subprocess.Popen(  # noqa: S603  # our own command, no word of it from outside
                [sys.executable, "-c", "from visitsync.wiring.cli import main; main()", command],
                env={**inherited, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches only the demo, which ends its processes in order
            )

    def stop(self, command: str) -> None:
        """Asks a process to end, and waits for it."""
        process = self._running.pop(command, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop_all(self) -> None:
        """Ends whatever runs."""
        for process in self._running.values():
            process.terminate()
        for command in list(self._running):
            self.stop(command)

    def wait_for_web(self, port: int) -> None:
        """Returns once the web process is ready. Raises DidNotBecomeReady."""
        self._wait_for("serve", lambda: _is_ready(port))

    def wait_for_listener(self, port: int) -> None:
        """Returns once messages can be sent. Raises DidNotBecomeReady."""
        self._wait_for("listen", lambda: _is_open(port))

    def _wait_for(self, command: str, is_ready: Callable[[], bool]) -> None:
        ends = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < ends and self._running[command].poll() is None:
            if is_ready():
                return
            time.sleep(0.05)
        raise DidNotBecomeReady(f"`visitsync {command}` did not start; {self._logs / f'{command}.log'} says why.")


def _private(log: Path) -> BinaryIO:
    """A log that nobody else on the machine may read."""
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "ab")


def _is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
