"""Sends mail beside the request: no page waits for a mail server, or tells by its waiting whose address is known."""

from collections.abc import Sequence
from threading import Thread

import structlog
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

log = structlog.get_logger()


class MailBesides(EmailBackend):
    """Django's own backend, in a thread of each batch's own."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        Thread(target=self._send_now, args=[list(email_messages)]).start()
        return len(email_messages)

    def _send_now(self, messages: list[EmailMessage]) -> None:
        try:
            super().send_messages(messages)
        except OSError as error:  # smtplib's errors are its children
            log.warning("mail was not taken", messages=len(messages), kind=type(error).__name__)
