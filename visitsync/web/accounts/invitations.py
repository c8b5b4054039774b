"""Links by which staff members come to sign in: good once, for seven days, and kept as a hash only."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

import msgspec
from django.db import transaction
from django.urls import reverse

from visitsync.storage import practices, staff
from visitsync.storage.practices import NoSuchPractice
from visitsync.storage.staff import NoSuchStaff
from visitsync.web.accounts.models import Invitation, User
from visitsync.web.accounts.people import add_person, let_work_at
from visitsync.web.parts import parts

GOOD_FOR = timedelta(days=7)


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a link is for."""

    practice_id: UUID
    staff_id: UUID
    practice_name: str
    slug: str
    name: str
    email: str

    def __repr__(self) -> str:
        return f"Invited({self.staff_id})"


class LinkUsed(LookupError):
    """The invitation was used, replaced or taken back in the meantime; ask for another."""


@transaction.atomic
def invite(practice_id: UUID, staff_id: UUID) -> str:
    """A new link for a staff member; an earlier one dies. It is told this once, and cannot be found out again."""
    token = secrets.token_urlsafe(32)
    take_back(staff_id)
    Invitation.objects.create(
        token_hash=_kept_as(token), tenant_id=practice_id, staff_id=staff_id, expires_at=parts().clock() + GOOD_FOR
    )
    return parts().public_url + reverse("account_invitation", kwargs={"token": token})


def take_back(staff_id: UUID) -> None:
    """No link lets this staff member in any more."""
    Invitation.objects.filter(staff_id=staff_id).delete()


def invited_by(token: str) -> Invited | None:
    """Whom the link is for; changes nothing. None: it was used, replaced, is too old, or never was."""
    found = Invitation.objects.filter(token_hash=_kept_as(token), expires_at__gt=parts().clock()).first()
    return None if found is None else _about(found.tenant_id, found.staff_id)


@transaction.atomic
def accept_as_new(token: str, invited: Invited, *, name: str, password: str) -> User:
    """Uses the link up and makes the account; the password was found good. Raises LinkUsed."""
    _use_up(token)
    user = add_person(email=invited.email, name=name, password=password)
    let_work_at(user, invited.practice_id, invited.staff_id)
    return user


@transaction.atomic
def accept_as(user: User, token: str, invited: Invited) -> None:
    """Uses the link up for somebody who signs in here already. Raises LinkUsed."""
    _use_up(token)
    let_work_at(user, invited.practice_id, invited.staff_id)


def _use_up(token: str) -> None:
    deleted, _ = Invitation.objects.filter(token_hash=_kept_as(token), expires_at__gt=parts().clock()).delete()
    if not deleted:
        raise LinkUsed


def _about(practice_id: UUID, staff_id: UUID) -> Invited | None:
    try:
        slug = practices.find_tenant(parts().database, str(practice_id)).slug
        with parts().database.practice(practice_id) as asked:
            member = staff.member(asked, parts().vault, staff_id)
            practice_name = practices.find_practice(asked).name
    except (NoSuchPractice, NoSuchStaff):
        return None
    if not member.is_active:
        return None
    return Invited(
        practice_id=practice_id,
        staff_id=staff_id,
        practice_name=practice_name,
        slug=slug,
        name=member.name,
        email=member.email,
    )


def _kept_as(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
