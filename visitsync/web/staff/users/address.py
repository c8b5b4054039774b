"""Whose an e-mail address is: of staff, of patients, of both, of nobody; and what that means for visits."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from visitsync.domain.email_address import canonical, is_usable
from visitsync.storage import patients, practice_settings, staff
from visitsync.storage.database import Transaction
from visitsync.storage.staff import StaffMember
from visitsync.storage.vault import Vault
from visitsync.sync.lines import full_name
from visitsync.sync.office import Office

LONGEST = 320


class PatientFound(msgspec.Struct, frozen=True):
    """A patient with the address."""

    name: str
    emr_name: str

    def __repr__(self) -> str:
        return f"PatientFound({self.emr_name})"


class Meaning(msgspec.Struct, frozen=True):
    """What an address does to visits."""

    title: str
    sentence: str
    tone: str
    icon: str


BOTH = Meaning(
    "Staff and patient",
    "A staff member's address blocks the patient's visits. Give the patient an address of their own in the EMR; "
    "for trying things out, declare the appointment a test visit.",
    "fix",
    "hold",
)
STAFF = Meaning("Staff", "A patient with this address would get no visit.", "provider", "person")
SEVERAL = Meaning(
    "Several patients",
    "Patients who share an address get no visits until they are linked as one family, or each has an address of "
    "their own in the EMR.",
    "fix",
    "people",
)
FAMILY = Meaning(
    "One family", "They are linked as one family, so sharing the address blocks nobody.", "ready", "people"
)
PATIENT = Meaning("One patient", "The address is theirs alone: it blocks nothing.", "ready", "person")
NOBODY = Meaning("Nobody", "No staff member has it, and no patient whose record we keep.", "quiet", "dash")
UNUSABLE = Meaning("Nobody", "It is not a full e-mail address either: nobody could sign in with it.", "quiet", "dash")


class Holders(msgspec.Struct, frozen=True, kw_only=True):
    """Who has an address."""

    typed: str
    compared_as: str
    """The form in which addresses are compared, where it is another; else ""."""
    staff: tuple[StaffMember, ...]
    patients: tuple[PatientFound, ...]
    meaning: Meaning

    def __repr__(self) -> str:
        return "Holders"


def holders_of(transaction: Transaction, vault: Vault, office: Office, typed: str) -> Holders:
    """Looks an address up among staff, active or not, and among the patients whose records we keep."""
    typed = typed.strip()[:LONGEST]
    address = canonical(typed)
    index = vault.blind_index(transaction.practice_id, address)
    keys = patients.with_email(transaction, index) if address else []
    found = patients.find_everywhere(transaction, vault, keys)
    members = tuple(one for one in staff.staff_members(transaction, vault) if canonical(one.email) == address)
    return Holders(
        typed=typed,
        compared_as="" if address == typed else address,
        staff=members,
        patients=tuple(
            PatientFound(full_name(patient) or "A patient without a name", office.desks[key[0]].manifest.name)
            for key, patient in found.items()
        ),
        meaning=_meaning(typed, members, len(keys), is_family=_are_family(transaction, keys)),
    )


def _meaning(typed: str, members: Sequence[StaffMember], patients_count: int, *, is_family: bool) -> Meaning:
    if any(one.is_active for one in members):
        return BOTH if patients_count else STAFF
    if patients_count > 1:
        return FAMILY if is_family else SEVERAL
    if patients_count:
        return PATIENT
    return NOBODY if is_usable(typed) else UNUSABLE


def _are_family(transaction: Transaction, keys: Sequence[tuple[UUID, str]]) -> bool:
    if len(keys) < 2 or len({connection for connection, _ in keys}) > 1:
        return False
    homes = practice_settings.households(transaction, keys[0][0])
    found = {homes.get(patient) for _, patient in keys}
    return len(found) == 1 and None not in found
