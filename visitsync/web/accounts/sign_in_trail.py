"""Writes into the audit trail of every practice where somebody works how they sign in and out."""

from typing import Any

from allauth.account import signals as account
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa import signals as second_step
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import Signal
from django.http import HttpRequest

from visitsync.storage import audit, staff
from visitsync.storage.audit_entry import Entry, Who, WhoKind
from visitsync.storage.staff import NoSuchStaff
from visitsync.web.accounts.models import Membership, User
from visitsync.web.parts import parts

ACTS: tuple[tuple[Signal, str], ...] = (
    (user_logged_in, "sign-in"),
    (user_logged_out, "sign-out"),
    (account.password_changed, "password-changed"),
    (account.password_reset, "password-reset"),
    (second_step.authentication_failed, "second-step-failed"),
    (second_step.authenticator_added, "second-step-added"),
    (second_step.authenticator_removed, "second-step-removed"),
    (second_step.authenticator_reset, "second-step-reset"),
)


def listen() -> None:
    """Called once, when Django is set up."""
    for signal, act in ACTS:
        signal.connect(_noting(act), weak=False, dispatch_uid=f"sign-in-trail {act}")


def note_for_person(request: HttpRequest | None, user: User, act: str) -> None:
    """One entry at each practice where they work, in a transaction of its own each."""
    for one in Membership.objects.filter(user_id=user.pk).order_by("id"):
        with parts().database.practice(one.tenant_id) as transaction:
            try:
                name = staff.find_staff(transaction, one.staff_id).name
            except NoSuchStaff:
                continue
            entry = Entry(
                at=parts().clock(),
                who=Who(WhoKind.STAFF, str(one.staff_id), name),
                act=act,
                object_kind="account",
                object_id=str(one.staff_id),
                why=getattr(request, "ended_because", "account"),
                address=(get_client_ip(request) or "") if request else "",
            )
            audit.record(transaction, parts().vault, entry)


def _noting(act: str) -> Any:
    def note(sender: object, request: HttpRequest | None = None, user: object = None, **others: object) -> None:
        if isinstance(user, User):
            note_for_person(request, user, act)

    return note
