"""The staff members of a practice, whose addresses may not be any patient's."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID, uuid4

import msgspec
from psycopg.errors import UniqueViolation

from visitsync.domain.email_address import canonical
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault, place


class StaffMember(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works at the practice."""

    staff_id: UUID
    name: str
    email: str
    """As typed."""
    role: str
    is_active: bool = True

    def __repr__(self) -> str:
        return f"StaffMember({self.staff_id})"


class StaffExists(ValueError):
    """The practice has a staff member with this address already; change that one."""


class NoSuchStaff(LookupError):
    """The practice has no such staff member."""


def add_staff(transaction: Transaction, vault: Vault, *, name: str, email: str, role: str) -> StaffMember:
    """Adds a staff member under a new random id. Raises StaffExists, after which the transaction goes on."""
    member = StaffMember(staff_id=uuid4(), name=name, email=email, role=role)
    practice_id = transaction.practice_id
    try:
        with transaction.connection.transaction():
            transaction.execute(
                """
                insert into staff (practice_id, staff_id, name, email, email_index, role)
                values (%s, %s, %s, %s, %s, %s)
                """,
                [
                    practice_id,
                    member.staff_id,
                    name,
                    vault.seal(email.encode(), email_place(practice_id, member.staff_id)),
                    vault.blind_index(practice_id, canonical(email)),
                    role,
                ],
            )
    except UniqueViolation:
        raise StaffExists("A staff member with this address is there already.") from None
    return member


def staff_members(transaction: Transaction, vault: Vault) -> list[StaffMember]:
    """All of the practice, active or not, by name."""
    practice_id = transaction.practice_id
    rows = transaction.execute(
        "select staff_id, name, email, role, is_active from staff where practice_id = %s order by name, staff_id",
        [practice_id],
    )
    return [
        StaffMember(
            staff_id=staff_id,
            name=name,
            email=vault.open(email, email_place(practice_id, staff_id)).decode(),
            role=role,
            is_active=is_active,
        )
        for staff_id, name, email, role, is_active in rows
    ]


class Standing(msgspec.Struct, frozen=True):
    """What somebody is at the practice, without their address."""

    name: str
    role: str
    is_active: bool
    emergency_role: str | None = None
    """A role in place of theirs, in an emergency, until `emergency_until` (aware)."""
    emergency_until: datetime | None = None

    def role_at(self, now: datetime) -> str:
        """What counts at that moment (aware)."""
        if self.emergency_role is not None and self.emergency_until is not None and now < self.emergency_until:
            return self.emergency_role
        return self.role


def member(transaction: Transaction, vault: Vault, staff_id: UUID) -> StaffMember:
    """One staff member with their address. Raises NoSuchStaff."""
    practice_id = transaction.practice_id
    row = transaction.execute(
        "select name, email, role, is_active from staff where practice_id = %s and staff_id = %s",
        [practice_id, staff_id],
    ).fetchone()
    if row is None:
        raise NoSuchStaff(f"No staff member {staff_id}.")
    name, email, role, is_active = row
    address = vault.open(email, email_place(practice_id, staff_id)).decode()
    return StaffMember(staff_id=staff_id, name=name, email=address, role=role, is_active=is_active)


def find_staff(transaction: Transaction, staff_id: UUID) -> Standing:
    """One staff member, as every request asks for. Raises NoSuchStaff."""
    row = transaction.execute(
        """select name, role, is_active, emergency_role, emergency_until from staff
           where practice_id = %s and staff_id = %s""",
        [transaction.practice_id, staff_id],
    ).fetchone()
    if row is None:
        raise NoSuchStaff(f"No staff member {staff_id}.")
    return Standing(*row)


def staff_by_email_index(transaction: Transaction) -> dict[bytes, UUID]:
    """Blind index of the canonical address → staff id, of active staff; a patient with an equal index collides."""
    rows = transaction.execute(
        "select email_index, staff_id from staff where practice_id = %s and is_active", [transaction.practice_id]
    )
    return dict(rows.fetchall())


def set_active(transaction: Transaction, staff_id: UUID, *, is_active: bool) -> None:
    """Raises NoSuchStaff."""
    changed = transaction.execute(
        "update staff set is_active = %s where practice_id = %s and staff_id = %s",
        [is_active, transaction.practice_id, staff_id],
    )
    if not changed.rowcount:
        raise NoSuchStaff(f"No staff member {staff_id}.")


def rename(transaction: Transaction, staff_id: UUID, name: str) -> None:
    """Raises NoSuchStaff."""
    _update(transaction, "update staff set name = %s where practice_id = %s and staff_id = %s", name, staff_id)


def set_role(transaction: Transaction, staff_id: UUID, role: str) -> None:
    """Raises NoSuchStaff."""
    _update(transaction, "update staff set role = %s where practice_id = %s and staff_id = %s", role, staff_id)


def give_emergency_role(transaction: Transaction, staff_id: UUID, role: str, *, until: datetime) -> None:
    """A role in place of their own until then (aware); it ends by itself. Raises NoSuchStaff."""
    changed = transaction.execute(
        "update staff set emergency_role = %s, emergency_until = %s where practice_id = %s and staff_id = %s",
        [role, until, transaction.practice_id, staff_id],
    )
    if not changed.rowcount:
        raise NoSuchStaff(f"No staff member {staff_id}.")


def end_emergency(transaction: Transaction, staff_id: UUID) -> None:
    """Their own role counts again."""
    transaction.execute(
        "update staff set emergency_role = null, emergency_until = null where practice_id = %s and staff_id = %s",
        [transaction.practice_id, staff_id],
    )


def active_with_role(transaction: Transaction, role: str) -> set[UUID]:
    """Those who have it, held as they are until the transaction ends."""
    rows = transaction.execute(
        "select staff_id from staff where practice_id = %s and role = %s and is_active order by staff_id for update",
        [transaction.practice_id, role],
    )
    return {row[0] for row in rows}


def _update(transaction: Transaction, statement: LiteralString, value: str, staff_id: UUID) -> None:
    if not transaction.execute(statement, [value, transaction.practice_id, staff_id]).rowcount:
        raise NoSuchStaff(f"No staff member {staff_id}.")


def email_place(practice_id: UUID, staff_id: UUID) -> bytes:
    """Where a staff member's sealed address belongs."""
    return place("staff.email", practice_id, staff_id)
