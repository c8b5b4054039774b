"""The mail that carries an invitation; it names the practice and nobody else."""

from django.conf import settings
from django.core.mail import send_mail

from visitsync.web.accounts.invitations import GOOD_FOR

SUBJECT = "Your invitation to Visitsync"
BODY = """{practice} invites you to Visitsync, where its telemedicine visits are.

Open this link within {days} days and choose a password:

{link}

It works once. If you do not know what this is about, do nothing."""


def has_mail() -> bool:
    """Whether this installation sends mail at all."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def send_invitation(email: str, practice_name: str, link: str) -> bool:
    """Hands the link to the mail server, beside the request; False where there is none."""
    if not has_mail():
        return False
    send_mail(SUBJECT, BODY.format(practice=practice_name, days=GOOD_FOR.days, link=link), None, [email])
    return True
