"""Connections that go only to a checked address, and obey one deadline for the whole request."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ssl import SSLContext
from threading import local
from time import monotonic
from typing import Any

import httpcore2

from visitsync.connector_kit.addresses import checked_addresses, is_allowed
from visitsync.connector_kit.errors import ForbiddenAddress


class Attempt:
    """One request on its way: how long it may take, and how far it came."""

    def __init__(self, seconds: float, connect_seconds: float) -> None:
        self.deadline = monotonic() + seconds
        self.connect_seconds = connect_seconds
        self.opened_connection = False
        self.received_anything = False

    def left(self) -> float:
        """Seconds left. Raises httpcore2.ReadTimeout when there are none."""
        seconds = self.deadline - monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout("total time is up")
        return seconds


class _Thread(local):
    attempt: Attempt | None = None


# A request is sent and its answer read by one thread, so the attempt needs no way through the pool.
_thread = _Thread()


@contextmanager
def attempting(attempt: Attempt) -> Iterator[Attempt]:
    """Everything this thread sends and reads inside counts against the attempt."""
    _thread.attempt = attempt
    try:
        yield attempt
    finally:
        _thread.attempt = None


class PinnedBackend(httpcore2.NetworkBackend):
    """Resolves a name once, checks every address, connects to just these: the name cannot change its mind between."""

    def __init__(self, *, allows_loopback: bool) -> None:
        self._allows_loopback = allows_loopback
        self._tcp = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Raises ForbiddenAddress, TryAgainLater (name not found), httpcore2.ConnectError and ConnectTimeout."""
        attempt = _thread.attempt or Attempt(timeout or 10.0, timeout or 10.0)
        attempt.opened_connection = True
        within = min(attempt.connect_seconds, attempt.left())
        addresses = checked_addresses(host, port, allows_loopback=self._allows_loopback, timeout_seconds=within)
        stream = self._connect_to_one_of(addresses, port, attempt)
        self._check_peer(stream)
        return DeadlineStream(stream)

    def _connect_to_one_of(self, addresses: Iterable[str], port: int, attempt: Attempt) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError("the name has no address")
        for address in addresses:
            try:
                return self._tcp.connect_tcp(address, port, timeout=min(attempt.connect_seconds, attempt.left()))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    def _check_peer(self, stream: httpcore2.NetworkStream) -> None:
        peer = str(stream.get_extra_info("server_addr")[0])
        if not is_allowed(peer, allows_loopback=self._allows_loopback):
            stream.close()
            raise ForbiddenAddress("The connection ended at an address that requests must not go to.")


class DeadlineStream(httpcore2.NetworkStream):
    """A connection whose every read and write gets only what is left of the attempt's time."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, timeout=_seconds_left(timeout))
        if data and _thread.attempt is not None:
            _thread.attempt.received_anything = True
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=_seconds_left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, timeout=_seconds_left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _seconds_left(timeout: float | None) -> float | None:
    attempt = _thread.attempt
    return timeout if attempt is None else attempt.left()
