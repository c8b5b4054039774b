"""Points at which a process can be made to die or stall: each request and each commit, before it and after it.

Wraps the driver's commit and the polite client from the outside; the product knows nothing of it.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

import msgspec
import psycopg
from psycopg.pq import TransactionStatus

from visitsync.connector_kit.http import PoliteClient

REQUEST, ANSWER, COMMIT, COMMITTED = "before a request", "after an answer", "before a commit", "after a commit"


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """At which point, counted from 1, and by which signal to whom."""

    point: int
    signal: int = signal.SIGKILL
    pid: int | None = None
    """None: the process itself."""


class Points:
    """Counts the points that this process passes; acts at the chosen one."""

    def __init__(self, at: int | None, act: Callable[[], None]) -> None:
        self.passed: list[str] = []
        self._at = at
        self._act = act

    def watch(self) -> None:
        """From here on every commit and every request of this process counts. For ever: only for short-lived ones."""
        psycopg.Connection.commit = self._around_commit(psycopg.Connection.commit)  # type: ignore[method-assign]
        PoliteClient.request = self._around_request(PoliteClient.request)  # type: ignore[method-assign]

    def reach(self, point: str) -> None:
        self.passed.append(point)
        if len(self.passed) == self._at:
            self._act()

    def _around_commit(self, commit: Callable[..., None]) -> Callable[..., None]:
        def counted(connection: psycopg.Connection[Any]) -> None:
            is_open = connection.info.transaction_status == TransactionStatus.INTRANS
            if is_open:
                self.reach(COMMIT)
            commit(connection)
            if is_open:
                self.reach(COMMITTED)

        return counted

    def _around_request(self, request: Callable[..., Any]) -> Callable[..., Any]:
        def counted(client: PoliteClient, *arguments: Any, **named: Any) -> Any:
            self.reach(REQUEST)
            answer = request(client, *arguments, **named)
            self.reach(ANSWER)
            return answer

        return counted


def points_with(stop: Stop | None) -> Points:
    """Points at one of which this process sends the signal."""
    if stop is None:
        return Points(None, lambda: None)
    number, pid = stop.signal, stop.pid or os.getpid()
    return Points(stop.point, lambda: os.kill(pid, number))
