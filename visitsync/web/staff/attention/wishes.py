"""What can be done about a group at once: a change that is shown first, then made, and can be taken back."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from visitsync.domain.role import Role
from visitsync.storage.practice_settings import Author
from visitsync.storage.staff import StaffMember
from visitsync.sync.admin.carrying_out import Change
from visitsync.sync.admin.entries import enable_practitioner
from visitsync.sync.admin.marks import accept_spelling
from visitsync.sync.admin.patients_and_tests import link_household
from visitsync.sync.needs import Group
from visitsync.sync.office import Office
from visitsync.web.staff.attention.families import Family


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A change of settings that answers a group."""

    title: str
    """As a question."""
    explains: str
    verb: str
    act: str
    """What the trail calls it."""
    object_kind: str
    object_id: str
    connection_id: UUID
    change: Change


def accepting(group: Group, office: Office, author: Author) -> Wish | None:
    """Lets a spelling stand for the approved text; None where the group is about no spelling."""
    spelling = group.spelling
    if spelling is None:
        return None
    connection = office.desks[spelling.connection_id].connection
    return Wish(
        title=f"Accept “{spelling.found}”?",
        explains=f"It will count as “{spelling.approved}” from now on. Only exactly this spelling is accepted.",
        verb="Accept this spelling",
        act="accept-spelling",
        object_kind="mark",
        object_id=spelling.kind.value,
        connection_id=spelling.connection_id,
        change=lambda transaction: accept_spelling(
            transaction, connection, author, spelling.kind, spelling.found, approved=spelling.approved
        ),
    )


def enabling(group: Group, staff_id: UUID | None, author: Author) -> Wish | None:
    """Switches the provider on, and links them to a staff member if one is given; None where it is about nobody."""
    provider = group.provider
    if provider is None:
        return None
    return Wish(
        title=f"Enable {provider.name} for telemedicine?",
        explains="Their video visits link to whoever is chosen here. Without anybody they are enabled, and the visits "
        "wait for a login.",
        verb="Enable",
        act="enable-practitioner",
        object_kind="practitioner",
        object_id=provider.practitioner_id,
        connection_id=provider.connection_id,
        change=lambda transaction: enable_practitioner(
            transaction, provider.connection_id, author, provider.practitioner_id, staff_id
        ),
    )


def linking(family: Family, chosen: Collection[str], author: Author) -> Wish:
    """Makes those chosen one household."""
    members = [one.patient_id for one in family.members if one.patient_id in chosen]
    return Wish(
        title="Are they one family?",
        explains="One household shares a login: whoever opens a visit is asked whom it is for. Nobody's record is "
        "merged. If they are not family, ask for another address instead.",
        verb="Yes, link them",
        act="link-household",
        object_kind="household",
        object_id=family.key,
        connection_id=family.connection_id,
        change=lambda transaction: link_household(transaction, family.connection_id, author, members),
    )


def who_may_see(members: Sequence[StaffMember]) -> list[StaffMember]:
    """Those whose visits they could be."""
    return [one for one in members if one.is_active and one.role in (Role.PROVIDER, Role.ADMIN)]


def likely(members: Sequence[StaffMember], name: str) -> str:
    """The id of the one who has this name, however the EMR orders it; "" for none or several."""
    written = _words(name)
    found = [str(one.staff_id) for one in members if _words(one.name) <= written]
    return found[0] if len(found) == 1 else ""


def staff_chosen(members: Sequence[StaffMember], value: str) -> UUID | None:
    """Only one of those who were offered."""
    offered: Mapping[str, UUID] = {str(one.staff_id): one.staff_id for one in members}
    return offered.get(value)


def _words(name: str) -> set[str]:
    return set(name.casefold().replace(",", " ").split())
