"""Gives staff members a way to sign in: a person with a password, a confirmed address, a second factor, a workplace."""

from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.db.models import F

from visitsync.domain.email_address import canonical
from visitsync.web.accounts.models import Membership, User


def person_with(email: str) -> User | None:
    """Whoever signs in with that address."""
    return User.objects.filter(email=canonical(email)).first()


@transaction.atomic
def add_person(*, email: str, name: str, password: str, is_demo: bool = False) -> User:
    """Somebody who may sign in from now on, and must set up a second factor then. The password was found good.

    `is_demo`: everybody is told how to sign in as them, so that `serve` must refuse them outside of a demonstration.
    """
    user = User(email=canonical(email), name=name, is_demo=is_demo)
    user.set_password(password)
    user.save(force_insert=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def let_work_at(user: User, tenant_id: UUID, staff_id: UUID) -> None:
    """From now on this person is that staff member."""
    Membership.objects.update_or_create(staff_id=staff_id, defaults={"user": user, "tenant_id": tenant_id})


def give_second_factor(user: User) -> list[str]:
    """A TOTP secret nobody is told, and codes that are good once each, which are returned: for demonstrations."""
    TOTP.activate(user, generate_totp_secret())
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def sign_out_everywhere(user: User) -> None:
    """Every session of this person ends with its next request."""
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)


@transaction.atomic
def forget_second_factor(user: User) -> None:
    """For somebody whose phone is gone: they sign in by password alone once more, and must set up a new one then."""
    Authenticator.objects.filter(user=user).delete()
    sign_out_everywhere(user)


def has_demo_accounts() -> bool:
    """Whether there is anybody whose way to sign in was told to everybody."""
    return User.objects.filter(is_demo=True).exists()
