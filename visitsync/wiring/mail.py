"""Takes letters to the mail server by SMTP, and tells apart what has certainly not gone from what may have."""

import re
import smtplib
import ssl
from contextlib import ExitStack
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from visitsync.sync.telling.posting import LetterRefused, MailServerAway, OutcomeOfMailUnknown
from visitsync.web.site import Mail

TIMEOUT_SECONDS = 20.0
OK, OK_ELSEWHERE, BEGIN = 250, 251, 354
FOR_GOOD = 500
"""Replies from here on are final (RFC 5321, section 4.2.1)."""


class SmtpPost:
    """One connection per letter: few are sent, and what became of each is known for itself."""

    def __init__(self, mail: Mail, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._mail = mail
        self._timeout = timeout_seconds

    @property
    def sender(self) -> str:
        """The address from which our mail comes."""
        return self._mail.sender

    def deliver(self, message: EmailMessage) -> None:
        """Raises MailServerAway, LetterRefused, OutcomeOfMailUnknown."""
        with ExitStack() as closing:
            try:
                server = self._reached()
                closing.callback(server.close)
                self._sign_in(server)
                is_international = _offer(server, message)
            except OSError as error:  # smtplib's errors are its children
                raise MailServerAway from error
            _hand_over(server, message.as_bytes(policy=SMTPUTF8 if is_international else SMTP))

    def _reached(self) -> smtplib.SMTP:
        host, port = self._mail.host, self._mail.port
        if self._mail.is_tls_from_the_start:
            return smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=self._timeout)

    def _sign_in(self, server: smtplib.SMTP) -> None:
        """A wrong password counts as a server that is away: whoever runs the installation mends it, and mail goes."""
        server.ehlo()
        if self._mail.is_tls:
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if self._mail.user:
            server.login(self._mail.user, self._mail.password)


def _offer(server: smtplib.SMTP, message: EmailMessage) -> bool:
    """Names sender and recipient, and gets leave to hand over; returns whether the addresses need more than ASCII.

    Raises LetterRefused only for what is wrong with this recipient.
    """
    sender, recipient = _address(message, "From"), _address(message, "To")
    is_international = not (sender + recipient).isascii()
    if is_international and not server.has_extn("smtputf8"):
        raise LetterRefused
    code, _ = server.mail(sender, ["SMTPUTF8", "BODY=8BITMIME"] if is_international else [])
    if code != OK:
        raise MailServerAway
    _expect(OK, server.rcpt(recipient)[0])
    _expect(BEGIN, server.docmd("DATA")[0])
    return is_international


def _hand_over(server: smtplib.SMTP, body: bytes) -> None:
    try:
        server.send(re.sub(rb"(?m)^\.", b"..", body).removesuffix(b"\r\n") + b"\r\n.\r\n")
        code, _ = server.getreply()
    except OSError as error:
        raise OutcomeOfMailUnknown from error
    _expect(OK, code)


def _expect(code: int, got: int) -> None:
    if got >= FOR_GOOD:
        raise LetterRefused
    if got not in {code, OK_ELSEWHERE if code == OK else code}:
        raise MailServerAway


def _address(message: EmailMessage, header: str) -> str:
    return str(message[header].addresses[0].addr_spec)
