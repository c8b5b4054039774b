"""Mails a request for help to whoever answers them: put into the queue with the request, sent by a worker."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from visitsync.storage import help_requests, job_queue
from visitsync.storage.database import Transaction
from visitsync.storage.help_requests import HelpRequest
from visitsync.storage.job_queue import Job
from visitsync.sync.jobs import URGENT
from visitsync.web.parts import parts

TASK = "mail_help_request"
BESIDES = "visitsync.web.accounts.mail.MailBesides"
AT_ONCE = "django.core.mail.backends.smtp.EmailBackend"
NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def mail_soon(transaction: Transaction, request_id: UUID) -> None:
    """In the same transaction as the request; does nothing where nobody gets mail."""
    if not parts().support_address:
        return
    job = Job(
        queue=URGENT,
        task=TASK,
        key=f"help request {request_id}",
        arguments={"practice_id": str(transaction.practice_id), "request_id": str(request_id)},
    )
    job_queue.put(transaction.connection, [job])


def mail_help_request(*, practice_id: str, request_id: str) -> None:
    """The task. What was mailed is not mailed again. Raises OSError where the mail server does not take it."""
    with parts().database.practice(UUID(practice_id)) as transaction:
        request = help_requests.find(transaction, parts().vault, UUID(request_id))
    if request.mailed_at is not None or settings.EMAIL_BACKEND == NOWHERE or not parts().support_address:
        return
    # In this thread, so that a mail that is not taken is known.
    backend = AT_ONCE if settings.EMAIL_BACKEND == BESIDES else settings.EMAIL_BACKEND
    message = EmailMessage(
        subject=f"Visitsync: request for help {request.case_id}",
        body=body_of(request),
        to=[parts().support_address],
        connection=get_connection(backend),
    )
    message.send()
    with parts().database.practice(UUID(practice_id)) as transaction:
        help_requests.mailed(transaction, request.request_id, now=parts().clock())


def body_of(request: HelpRequest) -> str:
    """Facts and note, as plain text."""
    lines = [f"Case {request.case_id}", ""]
    lines += [f"{label}: {value}" for label, value in request.facts.items()]
    if request.note:
        lines += ["", "What they say (what looked like patient data was taken out):", request.note]
    return "\n".join(lines) + "\n"
