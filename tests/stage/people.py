"""The cast that signs in: at Larkspur, at Juniper, at both, and at none."""

from __future__ import annotations

from uuid import UUID

import msgspec

from visitsync.domain.role import Role
from visitsync.storage import staff
from visitsync.storage.database import Database
from visitsync.storage.vault import Vault

PASSWORD = "seven quiet herons wade"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with a role at a practice; `also` at another one, too."""

    key: str
    name: str
    email: str
    role: Role
    practice: str = ""
    """"": nowhere."""
    also: str = ""


CAST = (
    Person(key="admin", name="Ana Admin", email="ana@larkspur.example", role=Role.ADMIN, practice="larkspur"),
    Person(key="front", name="Frida Front", email="frida@larkspur.example", role=Role.FRONT_DESK, practice="larkspur"),
    Person(key="reader", name="Rob Reader", email="rob@larkspur.example", role=Role.READ_ONLY, practice="larkspur"),
    Person(key="provider", name="Priya Provider", email="priya@larkspur.example", role=Role.PROVIDER,
           practice="larkspur"),
    Person(key="other-admin", name="Bob Admin", email="bob@juniper.example", role=Role.ADMIN, practice="juniper"),
    Person(key="operator", name="Olga Operator", email="olga@operator.example", role=Role.OPERATOR,
           practice="larkspur", also="juniper"),
    Person(key="nobody", name="Eve Elsewhere", email="eve@nowhere.example", role=Role.READ_ONLY),
)  # fmt: skip


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody of the cast signs in."""

    person: Person
    user_id: UUID
    codes: tuple[str, ...]
    """One-time codes in place of an authenticator."""
    staff_id: UUID | None


def hire(database: Database, vault: Vault, practices: dict[str, UUID]) -> dict[str, SignIn]:
    """Everybody of the cast, by key, with a second factor, at their practices."""
    from visitsync.web.accounts.people import add_person, give_second_factor, let_work_at

    found = {}
    for person in CAST:
        user = add_person(email=person.email, name=person.name, password=PASSWORD)
        staff_id = None
        for slug in filter(None, (person.also, person.practice)):
            staff_id = _staff_at(database, vault, practices[slug], person)
            let_work_at(user, practices[slug], staff_id)
        codes = tuple(give_second_factor(user))
        found[person.key] = SignIn(person=person, user_id=user.id, codes=codes, staff_id=staff_id)
    return found


def _staff_at(database: Database, vault: Vault, practice_id: UUID, person: Person) -> UUID:
    with database.practice(practice_id) as transaction:
        member = staff.add_staff(transaction, vault, name=person.name, email=person.email, role=person.role)
    return member.staff_id
