"""HTTP/1.1 over one socket: reads requests, writes answers, and can write them as badly as a fault asks."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from email.utils import format_datetime
from http import HTTPStatus

from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 32 * 1024 * 1024
MAX_PAUSE_SECONDS = 30.0  # no fault keeps a connection longer than this
MAX_DRIP_SECONDS = 60.0
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_RESET = struct.pack("ii", 1, 0)


class BadRequestError(ValueError):
    """The client sent something that is not HTTP/1.1 as we understand it."""


class Wire:
    """One client's connection."""

    def __init__(self, connection: socket.socket, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._unread = b""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def requests(self) -> Iterator[tuple[Request, bool]]:
        """Every request of the connection, and whether the client wants to go on after it."""
        while head := self._read_head():
            request_line, *lines = head.decode("latin-1").split("\r\n")
            headers = dict(_header(line) for line in lines)
            method, target, version = _three_words(request_line)
            path, _, query = target.partition("?")
            body = self._read_body(headers)
            yield (
                Request(method=method, path=path, query_text=query, headers=headers, body=body),
                version == "HTTP/1.1" and headers.get("connection", "").lower() != "close",
            )

    def send(self, response: Response, *, goes_on: bool, head_only: bool = False) -> bool:
        """Send an answer; False when the connection must not be used again."""
        delivery = response.delivery
        if delivery.stall_seconds:
            time.sleep(min(delivery.stall_seconds, MAX_PAUSE_SECONDS))
        if delivery.reset:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            return False
        goes_on = goes_on and delivery.cut_after is None
        body = b"" if head_only else response.body[: delivery.cut_after]
        head = self._head(response, goes_on)
        if delivery.drip_bytes:
            self._drip(head, body, delivery.drip_bytes, delivery.drip_seconds)
        else:
            self._connection.sendall(head + body)
        return goes_on

    def _head(self, response: Response, goes_on: bool) -> bytes:
        lines = [
            f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Unknown')}",
            f"Date: {format_datetime(self._clock(), usegmt=True)}",
        ]
        if response.content_type is not None:
            lines.append(f"Content-Type: {response.content_type}")
        if response.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(response.body)}")
        lines += [f"{name}: {value}" for name, value in response.headers]
        if not goes_on:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _drip(self, head: bytes, body: bytes, size: int, pause_seconds: float) -> None:
        self._connection.sendall(head)
        give_up_at = time.monotonic() + MAX_DRIP_SECONDS
        for start in range(0, len(body), size):
            if time.monotonic() > give_up_at:
                return
            self._connection.sendall(body[start : start + size])
            time.sleep(min(pause_seconds, 1.0))

    def _read_head(self) -> bytes:
        while (end := self._unread.find(b"\r\n\r\n")) < 0:
            if len(self._unread) > MAX_HEAD_BYTES:
                raise BadRequestError("headers too long")
            if not self._receive():
                return b""
        head, self._unread = self._unread[:end], self._unread[end + 4 :]
        return head

    def _read_body(self, headers: dict[str, str]) -> bytes:
        if headers.get("expect", "").lower() == "100-continue":
            self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            raise BadRequestError("no usable Content-Length")
        return self._read_exactly(int(length))

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        while True:
            size = int(self._read_line().split(b";")[0], 16)
            total += size
            if total > MAX_BODY_BYTES:
                raise BadRequestError("body too long")
            chunk = self._read_exactly(size)
            if size == 0:
                while self._read_line():
                    pass
                return
            self._read_line()
            yield chunk

    def _read_line(self) -> bytes:
        while (end := self._unread.find(b"\r\n")) < 0:
            if not self._receive() or len(self._unread) > MAX_BODY_BYTES:
                raise BadRequestError("connection ended inside a request")
        line, self._unread = self._unread[:end], self._unread[end + 2 :]
        return line

    def _read_exactly(self, size: int) -> bytes:
        while len(self._unread) < size:
            if not self._receive():
                raise BadRequestError("connection ended inside a request")
        body, self._unread = self._unread[:size], self._unread[size:]
        return body

    def _receive(self) -> bool:
        received = self._connection.recv(65536)
        self._unread += received
        return bool(received)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise BadRequestError("a header without a colon")
    return name.strip().lower(), value.strip()


def _three_words(line: str) -> tuple[str, str, str]:
    words = line.split(" ")
    if len(words) != 3:
        raise BadRequestError("no request line")
    return words[0], words[1], words[2]
