"""What holds for a whole practice: its name and zone, the days on which it is closed, and who works there."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from visitsync.domain.email_address import canonical, is_usable
from visitsync.domain.local_time import zone_named
from visitsync.storage import practice_settings, practices, staff
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.staff import NoSuchStaff, StaffMember
from visitsync.storage.vault import Vault
from visitsync.sync.admin import things
from visitsync.sync.admin.refusals import AddressUnusable, NameUnusable

LONGEST_NAME = 120


def describe_practice(transaction: Transaction, author: Author, *, name: str, zone: str) -> int:
    """Gives the practice a name and a time zone; returns the number of the change. Raises NameUnusable, UnknownZone."""
    zone_named(zone)
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise NameUnusable(f"The practice needs a name of at most {LONGEST_NAME} characters.")
    before = practices.find_practice(transaction)

    def make() -> int:
        practices.change_practice(transaction, name=name.strip(), zone=zone)
        was, is_ = f"{before.name} ({before.zone})", f"{name.strip()} ({zone})"
        return practice_settings.note_change(transaction, author, "practice", before=was, after=is_)

    return things.noted(transaction, things.practice(), make)


def close_on(transaction: Transaction, author: Author, days: Sequence[date]) -> int:
    """Adds days (the practice's own) on which it is closed; returns the number of the change."""
    return things.noted(
        transaction, things.closures(days), lambda: practice_settings.close_on(transaction, author, days)
    )


def open_on(transaction: Transaction, author: Author, days: Sequence[date]) -> int:
    """Takes closures back; returns the number of the change."""
    return things.noted(
        transaction, things.closures(days), lambda: practice_settings.open_on(transaction, author, days)
    )


def add_staff(
    transaction: Transaction, vault: Vault, author: Author, *, name: str, email: str, role: str
) -> tuple[StaffMember, int]:
    """Adds somebody, whose address may be no patient's from now on; with the number of the change.

    Taking it back switches them off. Raises AddressUnusable, StaffExists.
    """
    if not is_usable(email):
        raise AddressUnusable("This is not a valid e-mail address.")
    member = staff.add_staff(transaction, vault, name=name, email=email, role=role)
    change = practice_settings.note_change(transaction, author, "staff added", after=str(member.staff_id))
    things.note_as_new(transaction, change, things.staff_member(member.staff_id))
    return member, change


def set_staff_active(transaction: Transaction, author: Author, staff_id: UUID, *, is_active: bool) -> int:
    """Switches somebody's login on or off; returns the number of the change. Raises NoSuchStaff."""

    def make() -> int:
        staff.set_active(transaction, staff_id, is_active=is_active)
        what = "staff on" if is_active else "staff off"
        return practice_settings.note_change(transaction, author, what, after=str(staff_id))

    return things.noted(transaction, [things.staff_member(staff_id)], make)


def find_staff(transaction: Transaction, vault: Vault, login: str) -> StaffMember:
    """The staff member with this e-mail or id. Raises NoSuchStaff."""
    for member in staff.staff_members(transaction, vault):
        if login == str(member.staff_id) or canonical(login) == canonical(member.email):
            return member
    raise NoSuchStaff("No staff member has this e-mail or id.")
