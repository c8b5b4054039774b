"""A small receiver of MLLP for tests of the pretend sender: answers as told, and remembers what it got."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType

START, END = b"\x0b", b"\x1c"


class ReceiverOnTrial:
    """`with ReceiverOnTrial() as receiver:` listens on loopback until the block ends."""

    def __init__(self, code: str = "AA") -> None:
        self.code = code
        self.messages: list[bytes] = []
        self.noise = b""
        """What came between frames."""
        self.silent_for = 0
        """So many messages get no answer."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> ReceiverOnTrial:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        unread = b""
        with contextlib.suppress(OSError):
            while received := connection.recv(65_536):
                unread += received
                while END in unread:
                    before, _, unread = unread.partition(END)
                    noise, _, message = before.rpartition(START)
                    self.noise += noise.replace(b"\r", b"").replace(b"\n", b"").strip()
                    self.messages.append(message)
                    self._answer(connection, message)

    def _answer(self, connection: socket.socket, message: bytes) -> None:
        if self.silent_for > 0:
            self.silent_for -= 1
            connection.shutdown(socket.SHUT_RDWR)
            return
        number = message.split(b"|")[9]
        answer = b"MSH|^~\\&|R|R|S|S|2026||ACK|1|P|2.3\rMSA|" + self.code.encode() + b"|" + number + b"\r"
        connection.sendall(START + answer + END + b"\r")
