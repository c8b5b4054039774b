"""People who share an address, and of whom somebody must say whether they are one family."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

import msgspec

from visitsync.domain.patient import Patient
from visitsync.storage import patients
from visitsync.storage.appointment_lists import Key
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.needs import Group, Holder, SharedEmail


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    patient_id: str
    name: str
    born: date | None


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """Those of one EMR with the same address, who may be linked as one household."""

    key: str
    """Good for an address: tells nobody who they are."""
    connection_id: UUID
    email: str
    members: tuple[Member, ...]
    are_elsewhere: int
    """How many others have the address in another EMR, where they cannot be linked with these."""

    def __repr__(self) -> str:
        return f"Family({self.key})"


def families(transaction: Transaction, vault: Vault, groups: Iterable[Group]) -> list[Family]:
    """All that groups speak of and that are not linked yet; one query."""
    shared = [one for group in groups for one in group.shared]
    keys = {(holder.connection_id, holder.patient_id) for one in shared for holder in one.holders}
    people = patients.find_everywhere(transaction, vault, keys)
    return [family for one in shared for family in _of_address(one, people)]


def _of_address(shared: SharedEmail, people: Mapping[Key, Patient]) -> Iterable[Family]:
    by_connection: dict[UUID, list[Holder]] = {}
    for holder in shared.holders:
        by_connection.setdefault(holder.connection_id, []).append(holder)
    for connection_id, holders in by_connection.items():
        homes = {holder.household_id for holder in holders}
        if len(holders) > 1 and (len(homes) > 1 or homes == {None}):
            yield _family(connection_id, holders, people, elsewhere=len(shared.holders) - len(holders))


def _family(connection_id: UUID, holders: Sequence[Holder], people: Mapping[Key, Patient], *, elsewhere: int) -> Family:
    records = [people.get((connection_id, holder.patient_id)) for holder in holders]
    ids = "|".join(sorted(holder.patient_id for holder in holders))
    return Family(
        key=sha256(f"{connection_id} {ids}".encode("utf-8", "surrogatepass")).hexdigest()[:12],
        connection_id=connection_id,
        email=next((one.email for one in records if one is not None), ""),
        members=tuple(
            Member(patient_id=holder.patient_id, name=holder.name, born=record.date_of_birth if record else None)
            for holder, record in zip(holders, records, strict=True)
        ),
        are_elsewhere=elsewhere,
    )
