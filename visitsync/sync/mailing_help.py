"""Mails a request for help to whoever answers them: put into the queue with the request, sent by a worker."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from uuid import UUID

import msgspec

from visitsync.connector_kit.connector import Clock
from visitsync.storage import help_requests, job_queue
from visitsync.storage.database import Database, Transaction
from visitsync.storage.help_requests import HelpRequest
from visitsync.storage.job_queue import Job
from visitsync.storage.vault import Vault
from visitsync.sync.jobs import URGENT
from visitsync.sync.telling.posting import MailServerAway, Post

TASK = "mail_help_request"
AGAIN_AFTER_SECONDS = 120.0
"""A mail server that is away is asked again so much later."""


class HelpDesk(msgspec.Struct, frozen=True, kw_only=True):
    """What mailing needs of the worker's process."""

    database: Database
    vault: Vault
    clock: Clock
    post: Post | None
    """None: no mail server is set; requests are in the app only."""
    address: str
    """Who answers; "" keeps requests in the app only."""


def mail_soon(transaction: Transaction, request_id: UUID, *, delay_seconds: float = 0.0) -> None:
    """Puts it in, in the same transaction as the request."""
    job = Job(
        queue=URGENT,
        task=TASK,
        key=f"help request {request_id}",
        arguments={"practice_id": str(transaction.practice_id), "request_id": str(request_id)},
        delay_seconds=delay_seconds,
    )
    job_queue.put(transaction.connection, [job])


def mail_help_request(desk: HelpDesk, *, practice_id: str, request_id: str) -> None:
    """The task. What was mailed is not mailed again. Raises LetterRefused, OutcomeOfMailUnknown."""
    with desk.database.practice(UUID(practice_id)) as transaction:
        request = help_requests.find(transaction, desk.vault, UUID(request_id))
    if request.mailed_at is not None or desk.post is None or not desk.address:
        return
    try:
        desk.post.deliver(letter(request, sender=desk.post.sender, recipient=desk.address))
    except MailServerAway:
        with desk.database.practice(UUID(practice_id)) as transaction:
            mail_soon(transaction, request.request_id, delay_seconds=AGAIN_AFTER_SECONDS)
        return
    with desk.database.practice(UUID(practice_id)) as transaction:
        help_requests.mailed(transaction, request.request_id, now=desk.clock())


def letter(request: HelpRequest, *, sender: str, recipient: str) -> EmailMessage:
    """Facts and note, as plain text."""
    lines = [f"Case {request.case_id}", ""]
    lines += [f"{label}: {value}" for label, value in request.facts.items()]
    if request.note:
        lines += ["", "What they say (what looked like patient data was taken out):", request.note]
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = f"Visitsync: request for help {request.case_id}"
    message["Message-ID"] = make_msgid(request.request_id.hex, domain="visitsync.invalid")
    message.set_content("\n".join(lines) + "\n")
    return message
