"""Gives staff members a way to sign in: a person with a password, a confirmed address, a second factor, a workplace."""

from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from visitsync.domain.email_address import canonical
from visitsync.web.accounts.models import Membership, User


def person_with(email: str) -> User | None:
    """Whoever signs in with that address."""
    return User.objects.filter(email=canonical(email)).first()


@transaction.atomic
def add_person(*, email: str, name: str, password: str) -> User:
    """Somebody who may sign in from now on, and must set up a second factor then. The password was found good."""
    user = User(email=canonical(email), name=name)
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
