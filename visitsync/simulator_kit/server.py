"""Serves a pretend vendor on loopback, writes down every request, and lets a person steer it with curl."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from visitsync.simulator_kit import control
from visitsync.simulator_kit.app import App, respond
from visitsync.simulator_kit.exchange import Request, Response, as_html
from visitsync.simulator_kit.wire import BadRequestError, Wire

LOOPBACK = "127.0.0.1"
MAX_LOGGED_REQUESTS = 200_000
MAX_IDLE_SECONDS = 120.0
TICK_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One line of the request log. `at` is the simulator's clock, `second` a monotonic one, for counting rates."""

    line: str
    operation: str
    at: datetime
    second: float
    status: int


class SimulatorServer:
    """`with SimulatorServer(app) as server:` serves it at `server.url` until the block ends."""

    def __init__(self, app: App, port: int = 0, *, log_limit: int = MAX_LOGGED_REQUESTS) -> None:
        """Port 0 takes a free one. Listens on loopback only."""
        self.app = app
        self.requests: deque[LoggedRequest] = deque(maxlen=log_limit)
        self.on_response: list[Callable[[Request, Response], None]] = []
        """Called after each answer is worked out and before it is sent; not for control requests."""
        self._listener = socket.create_server((LOOPBACK, port), backlog=256)
        self._port: int = self._listener.getsockname()[1]
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()

    @property
    def url(self) -> str:
        """Where it is served, without a slash at the end."""
        return f"http://{LOOPBACK}:{self._port}"

    def __enter__(self) -> SimulatorServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to serve in background threads."""
        for work in (self._accept, self._tick):
            threading.Thread(target=work, daemon=True).start()

    def stop(self) -> None:
        """End: no new connections, the open ones are closed."""
        self._stopping.set()
        _close(self._listener)
        for connection in list(self._open):
            _close(connection)

    def serve_forever(self) -> None:
        """Serve until `stop` is called or the process is interrupted."""
        with self:
            self._stopping.wait()

    def requests_matching(self, text: str) -> list[LoggedRequest]:
        """The logged requests whose line contains `text`."""
        return [request for request in list(self.requests) if text in request.line]

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(MAX_IDLE_SECONDS)
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _tick(self) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            self.app.tick()

    def _serve(self, connection: socket.socket) -> None:
        wire = Wire(connection, self.app.clock)
        try:
            for request, goes_on in wire.requests():
                response = self._answer(request)
                if not wire.send(response, goes_on=goes_on, head_only=request.method == "HEAD"):
                    return
        except BadRequestError:
            with contextlib.suppress(OSError):
                wire.send(as_html("Bad Request", 400), goes_on=False)
        except OSError:
            return  # the client went away
        finally:
            self._open.discard(connection)
            _close(connection)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(control.PREFIX):
            return control.answer(self.app, request, list(self.requests))
        response = respond(self.app, request)
        self._log(request, response.status)
        for listener in self.on_response:
            listener(request, response)
        return response

    def _log(self, request: Request, status: int) -> None:
        self.requests.append(
            LoggedRequest(
                line=request.line_without_secrets,
                operation=request.operation,
                at=self.app.clock(),
                second=time.monotonic(),
                status=status,
            )
        )


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
