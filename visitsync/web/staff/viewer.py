"""Who is looking: the signed-in person as a staff member of the practice that the address names."""

from datetime import datetime
from uuid import UUID

import msgspec
from django.http import HttpRequest

from visitsync.domain.role import ALLOWS, Permission, Role, role_named
from visitsync.storage import practices, staff
from visitsync.storage.practices import NoSuchPractice
from visitsync.storage.staff import NoSuchStaff
from visitsync.web.accounts.models import Membership, User
from visitsync.web.parts import parts


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """A person at a practice, for the length of one request."""

    user_id: UUID
    staff_id: UUID
    name: str
    role: Role
    practice_id: UUID
    slug: str
    practice_name: str
    zone: str
    """The practice's, IANA name."""
    now: datetime
    """Aware, UTC."""

    def may(self, permission: Permission) -> bool:
        return permission in ALLOWS[self.role]

    def __repr__(self) -> str:
        return f"Viewer({self.staff_id})"


class Workplace(msgspec.Struct, frozen=True):
    """One of the practices where a person works."""

    slug: str
    practice_name: str
    role: Role


def viewer_of(request: HttpRequest, slug: str) -> Viewer | None:
    """None unless the person is an active staff member of that practice, in a role that we know."""
    user = request.user
    if not isinstance(user, User):
        return None
    try:
        tenant = practices.find_tenant(parts().database, slug)
    except NoSuchPractice:
        return None
    membership = Membership.objects.filter(user_id=user.id, tenant_id=tenant.practice_id).first()
    if membership is None or tenant.slug != slug:
        return None
    return _as_staff(user, tenant.practice_id, slug, membership.staff_id)


def workplaces(user: User) -> list[Workplace]:
    """The practices where this person may do something, by name."""
    slugs = {one.practice_id: one.slug for one in practices.tenants(parts().database)}
    found = [
        Workplace(viewer.slug, viewer.practice_name, viewer.role)
        for one in Membership.objects.filter(user_id=user.id)
        if one.tenant_id in slugs
        and (viewer := _as_staff(user, one.tenant_id, slugs[one.tenant_id], one.staff_id)) is not None
    ]
    return sorted(found, key=lambda one: one.practice_name)


def _as_staff(user: User, practice_id: UUID, slug: str, staff_id: UUID) -> Viewer | None:
    with parts().database.practice(practice_id) as transaction:
        try:
            member = staff.find_staff(transaction, staff_id)
        except NoSuchStaff:
            return None
        practice = practices.find_practice(transaction)
    now = parts().clock()
    role = role_named(member.role_at(now))
    if role is None or not member.is_active:
        return None
    return Viewer(
        user_id=user.id,
        staff_id=staff_id,
        name=member.name,
        role=role,
        practice_id=practice_id,
        slug=slug,
        practice_name=practice.name,
        zone=practice.zone,
        now=now,
    )
