"""Mail reaches a real mail server beside the request, and names nobody but the practice."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.test import override_settings

from visitsync.web.accounts.invitation_mail import has_mail, send_invitation

PATIENCE_SECONDS = 20.0


class Postbox:
    """Takes letters, and says when one has come."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.came = threading.Event()

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802  # its name there
        self.letters.append(envelope.content.decode())
        self.came.set()
        return "250 OK"


@pytest.fixture
def postbox() -> Any:
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    with override_settings(
        EMAIL_BACKEND="visitsync.web.accounts.mail.MailBesides", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port,
        DEFAULT_FROM_EMAIL="visits@larkspur.example",
    ):  # fmt: skip
        yield box
    controller.stop()


def test_an_invitation_arrives(postbox: Postbox) -> None:
    assert send_invitation("nell@larkspur.org", "Larkspur\r\nBcc: all@larkspur.org", "https://v.example/i/1/")
    assert postbox.came.wait(PATIENCE_SECONDS)
    head, _, body = postbox.letters[0].partition("\r\n\r\n")
    assert "To: nell@larkspur.org" in head
    assert "From: visits@larkspur.example" in head
    assert "Bcc" not in head
    assert "https://v.example/i/1/" in body


def test_a_mail_server_that_is_not_there_breaks_nothing() -> None:
    with override_settings(
        EMAIL_BACKEND="visitsync.web.accounts.mail.MailBesides", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1
    ):
        assert send_invitation("nell@larkspur.org", "Larkspur", "https://v.example/i/1/")


def test_without_a_mail_server_it_says_so() -> None:
    assert settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")
    assert not has_mail()
    assert not send_invitation("nell@larkspur.org", "Larkspur", "https://v.example/i/1/")
