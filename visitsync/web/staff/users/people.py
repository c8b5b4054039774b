"""The people of a practice as the page shows them: their role, how they sign in, and whose visits they see."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.storage import staff
from visitsync.storage.database import Transaction
from visitsync.storage.staff import StaffMember
from visitsync.storage.vault import Vault
from visitsync.sync.office import Office
from visitsync.web.accounts.models import Invitation, Membership, User


class State(msgspec.Struct, frozen=True):
    """Whether somebody can sign in, as a badge: word, icon, tone."""

    word: str
    icon: str
    tone: str


ACTIVE = State("Active", "check", "ready")
INVITED = State("Invited", "mail", "waiting")
EXPIRED = State("Invitation expired", "clock", "provider")
NO_LOGIN = State("No login yet", "dash", "quiet")
OFF = State("Deactivated", "ban", "quiet")


class Practitioner(msgspec.Struct, frozen=True, kw_only=True):
    """A practitioner of the EMR."""

    connection_id: UUID
    emr_name: str
    id: str
    name: str
    is_enabled: bool
    staff_id: str | None
    """Who sees their visits."""

    @property
    def value(self) -> str:
        """As forms name them."""
        return f"{self.connection_id}:{self.id}"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One of the people."""

    member: StaffMember
    state: State
    user_id: UUID | None
    """None: they have no account."""
    has_second_step: bool
    last_sign_in: datetime | None
    practitioners: tuple[Practitioner, ...]

    def __repr__(self) -> str:
        return f"Person({self.member.staff_id})"


def people(transaction: Transaction, vault: Vault, office: Office) -> list[Person]:
    """Everybody, those who may sign in first, by name; four queries."""
    members = staff.staff_members(transaction, vault)
    found = _persons(members, practitioners(office), office.now, transaction.practice_id)
    return sorted(found, key=lambda one: (not one.member.is_active, one.member.name.casefold()))


def person_of(transaction: Transaction, vault: Vault, office: Office, staff_id: UUID) -> Person:
    """One of them. Raises NoSuchStaff."""
    member = staff.member(transaction, vault, staff_id)
    [found] = _persons([member], practitioners(office), office.now, transaction.practice_id)
    return found


def practitioners(office: Office) -> list[Practitioner]:
    """All whom the EMRs list as seeing patients, by name."""
    found = [
        Practitioner(
            connection_id=connection_id,
            emr_name=desk.manifest.name,
            id=entry.id,
            name=entry.name,
            is_enabled=entry.is_connected,
            staff_id=entry.staff_id,
        )
        for connection_id, desk in office.desks.items()
        for entry in desk.practice.practitioners.values()
        if entry.is_active and (entry.is_clinician or entry.staff_id)
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def _persons(
    members: Sequence[StaffMember], listed: Sequence[Practitioner], now: datetime, practice_id: UUID
) -> list[Person]:
    accounts = {
        one.staff_id: one.user for one in Membership.objects.filter(tenant_id=practice_id).select_related("user")
    }
    invitations = dict(Invitation.objects.filter(tenant_id=practice_id).values_list("staff_id", "expires_at"))
    secured = _with_second_step({one.id for one in accounts.values()})

    def person(member: StaffMember) -> Person:
        user = accounts.get(member.staff_id)
        return Person(
            member=member,
            state=_state(member, user, invitations.get(member.staff_id), now),
            user_id=user.id if user else None,
            has_second_step=user is not None and user.id in secured,
            last_sign_in=user.last_login if user else None,
            practitioners=tuple(one for one in listed if one.staff_id == str(member.staff_id)),
        )

    return [person(member) for member in members]


def _state(member: StaffMember, user: User | None, invited_until: datetime | None, now: datetime) -> State:
    if not member.is_active:
        return OFF
    if user is not None:
        return ACTIVE
    if invited_until is None:
        return NO_LOGIN
    return INVITED if invited_until > now else EXPIRED


def _with_second_step(users: Collection[UUID]) -> set[UUID]:
    from allauth.mfa.models import Authenticator  # models come after Django's set-up

    strong = Authenticator.objects.filter(user_id__in=users).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return set(strong.values_list("user_id", flat=True))
