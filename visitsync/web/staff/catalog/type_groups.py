"""Which entries of the EMR's list of types are approved together, and by which approvals."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from visitsync.domain.practice import CatalogEntry
from visitsync.rules.conditions import TYPE_LIKE
from visitsync.storage.practice_settings import Approval
from visitsync.sync.desk import Desk


class Group(msgspec.Struct, frozen=True):
    """Entries of one name, or a single entry where the EMR's numbers count."""

    value: str
    """What is approved: the name, or the number."""
    entries: tuple[CatalogEntry, ...]
    approvals: tuple[Approval, ...]

    @property
    def name(self) -> str:
        return self.entries[0].name

    @property
    def connected(self) -> tuple[CatalogEntry, ...]:
        return tuple(entry for entry in self.entries if any(_meets(one, entry) for one in self.approvals))

    @property
    def is_renamed(self) -> bool:
        return any(entry.previous_name is not None for entry in self.entries)


def groups_of(desk: Desk, approvals: Sequence[Approval]) -> list[Group]:
    """All of them, in the order of the list."""
    by_id = desk.manifest.is_matched_by_id
    together: Mapping[str, list[CatalogEntry]] = defaultdict(list)
    for entry in desk.practice.appointment_types.values():
        together[entry.id if by_id else entry.name].append(entry)
    of_types = [one for one in approvals if one.kind in TYPE_LIKE and one.spelling_of is None]
    return [
        Group(value, tuple(entries), tuple(one for one in of_types if any(_meets(one, entry) for entry in entries)))
        for value, entries in together.items()
    ]


def _meets(approval: Approval, entry: CatalogEntry) -> bool:
    return approval.value == entry.id if approval.is_id else approval.value in (entry.name, *entry.synonyms)
