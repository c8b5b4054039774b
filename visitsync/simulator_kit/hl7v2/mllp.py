"""Sends messages over MLLP as senders do: one connection that stays, one message at a time, then the answer."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

START, END = b"\x0b", b"\x1c\r"
MAX_ANSWER_BYTES = 65_536


class NoAnswer(Exception):
    """The receiver is not there, hung up, or said nothing in time; the same bytes are sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to send. With `authority` (a file of certificates) over TLS, showing `certificate` if there is one."""

    host: str
    port: int
    authority: str = ""
    certificate: str = ""
    key: str = ""
    server_name: str = ""


def target_from(address: str, **tls: str) -> Target:
    """`127.0.0.1:2575` as a target."""
    host, _, port = address.rpartition(":")
    return Target(host=host or "127.0.0.1", port=int(port), **tls)


class Line:
    """One connection to a receiver, opened when it is needed."""

    def __init__(self, target: Target, wait_seconds: float) -> None:
        self.target = target
        self._wait_seconds = wait_seconds
        self._socket: socket.socket | None = None
        self._unread = b""
        self.connections = 0

    def send(self, body: bytes, *, pieces: int = 1) -> None:
        """Write one framed message, in so many pieces. Raises NoAnswer."""
        framed = START + body + END
        step = max(1, -(-len(framed) // pieces))
        try:
            connection = self._connected()
            for start in range(0, len(framed), step):
                connection.sendall(framed[start : start + step])
        except OSError as error:
            self.hang_up()
            raise NoAnswer(str(error)) from error

    def send_raw(self, content: bytes) -> None:
        """Write bytes as they are. Raises NoAnswer."""
        try:
            self._connected().sendall(content)
        except OSError as error:
            self.hang_up()
            raise NoAnswer(str(error)) from error

    def answer(self) -> bytes:
        """The next framed answer. Raises NoAnswer."""
        try:
            while END not in self._unread:
                received = self._connected().recv(65_536)
                if not received or len(self._unread) > MAX_ANSWER_BYTES:
                    self.hang_up()
                    raise NoAnswer("the receiver hung up")
                self._unread += received
        except OSError as error:
            self.hang_up()
            raise NoAnswer(str(error)) from error
        framed, _, self._unread = self._unread.partition(END)
        return framed[framed.rfind(START) + 1 :]

    def __del__(self) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """Close; the next message opens a new connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._unread = None, b""

    def _connected(self) -> socket.socket:
        if self._socket is None:
            plain = socket.create_connection((self.target.host, self.target.port), timeout=self._wait_seconds)
            self._socket = self._over_tls(plain) if self.target.authority else plain
            self._socket.settimeout(self._wait_seconds)
            self.connections += 1
        return self._socket

    def _over_tls(self, plain: socket.socket) -> socket.socket:
        context = ssl.create_default_context(cafile=self.target.authority)
        if self.target.certificate:
            context.load_cert_chain(self.target.certificate, self.target.key or None)
        return context.wrap_socket(plain, server_hostname=self.target.server_name or self.target.host)


def verdict(answer: bytes) -> tuple[str, str]:
    """The code of MSA-1 and the number of MSA-2; empty where the answer has none."""
    separator = answer[3:4] or b"|"
    for segment in answer.replace(b"\n", b"\r").split(b"\r"):
        if segment.startswith(b"MSA"):
            fields = [field.decode("latin-1") for field in segment.split(separator)]
            return (*fields[1:3], "", "")[:2]  # type: ignore[return-value] # always two
    return "", ""
