"""A patient's record as the EMR holds it: identity, contact, demographics, coverage."""

from datetime import date, datetime
from enum import StrEnum

import msgspec


class PatientStatus(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    DECEASED = "deceased"
    MERGED = "merged"
    RESTRICTED = "restricted"
    GONE = "gone"
    """The EMR no longer knows this id."""


class Address(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    line: str = ""
    city: str = ""
    state: str = ""
    """As written; United States practices use two letters."""
    postal_code: str = ""


class Coverage(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One insurance policy. `payer_id` is empty where the payer was typed in and not chosen from the EMR's list."""

    payer_name: str = ""
    payer_id: str = ""
    member_id: str = ""


class Patient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, repr_omit_defaults=True, gc=False):
    """What we know of a patient; every string exactly as the EMR gave it, "" where it gave none."""

    id: str
    first_name: str = ""
    last_name: str = ""
    date_of_birth: date | None = None
    date_of_birth_text: str = ""
    """As given, where it could not be read as a date."""
    email: str = ""
    """The address patients log in with."""
    other_emails: tuple[tuple[str, str], ...] = ()
    """(slot, address) for addresses that stand elsewhere on the record: work, guarantor, second e-mail."""
    phones: tuple[str, ...] = ()
    address: Address = Address()
    coverages: tuple[Coverage, ...] | None = ()
    """None: not read, so nothing may be concluded from its absence."""
    is_self_pay: bool = False
    has_responsible_contact: bool = False
    """A guarantor, parent or guardian with an e-mail address or phone is on the record."""
    status: PatientStatus = PatientStatus.ACTIVE
    merged_into_id: str | None = None
    is_marked_as_test: bool = False
    changed_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Patient({self.id})"

    __str__ = __repr__

    def __rich_repr__(self) -> list[tuple[str, str]]:  # rich asks for this before repr
        return [("id", self.id)]
