"""A real mail server in a thread of its own, which says what a test wants it to say."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

TAKES_IT = "250 OK"


class MailServer:
    """Answers at 127.0.0.1 on a free port, and keeps what it is given."""

    def __init__(
        self, *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, utf8: bool = True
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.bodies: list[bytes] = []
        self.came = threading.Event()
        """Set once a letter has come."""
        self.to_recipients = TAKES_IT
        self.to_letters: Callable[[SMTP], str] = lambda _: TAKES_IT
        self.port = 0
        self._starttls, self._tls, self._utf8 = starttls, tls, utf8
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None

    def __enter__(self) -> MailServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """At the same port as before."""
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Nobody answers any more."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()

    def close(self) -> None:
        """For good."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def handle_RCPT(  # noqa: N802  # the name that the library calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipients == TAKES_IT:
            envelope.rcpt_tos.append(address)
        return self.to_recipients

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.to_letters(server)
        if answer == TAKES_IT:
            assert isinstance(envelope.content, bytes)
            self.bodies.append(envelope.content)
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.recipients.append(envelope.rcpt_tos)
            self.came.set()
        return answer

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._session, "127.0.0.1", self.port, ssl=self._tls)

    def _session(self) -> SMTP:
        return SMTP(
            self,
            loop=self._loop,
            hostname="localhost",
            enable_SMTPUTF8=self._utf8,
            tls_context=self._starttls,
            require_starttls=self._starttls is not None,
        )

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for one in sessions:
            one.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)
        await asyncio.sleep(0)  # what they held is closed in the next round
