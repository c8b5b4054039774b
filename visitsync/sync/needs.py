"""What waits for a person, as pages show it: groups of appointments, each with what can be done about it at once."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from visitsync.domain.appointment import MarkKind
from visitsync.domain.reason import Owner
from visitsync.storage.appointment_lists import Key
from visitsync.sync.lines import Line


class GroupKind(StrEnum):
    """What can be done about a group, besides mending it in the EMR."""

    FIX = "fix"
    SPELLING = "spelling"
    SHARED_EMAIL = "shared e-mail"
    PROVIDER = "provider"
    ON_HOLD = "on hold"
    OVERLAP = "overlap"


class Spelling(msgspec.Struct, frozen=True, kw_only=True):
    """A near miss that an admin may accept."""

    connection_id: UUID
    kind: MarkKind
    found: str
    """As booked."""
    approved: str


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has a shared address."""

    connection_id: UUID
    patient_id: str
    name: str
    household_id: str | None


class SharedEmail(msgspec.Struct, frozen=True, kw_only=True):
    """One address and all who have it; those of one connection can be linked as a household."""

    holders: tuple[Holder, ...]


class Unassigned(msgspec.Struct, frozen=True, kw_only=True):
    """A practitioner who can be enabled."""

    connection_id: UUID
    practitioner_id: str
    name: str


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Appointments for which the same must be done."""

    key: str
    """The same as long as the group is the same one; good for an address or an element's id."""
    kind: GroupKind
    code: str
    title: str
    """How many of what: "7 patients have no e-mail"."""
    sentence: str
    """Of the soonest one."""
    fix: str
    owner: Owner
    expected_by_text: str
    """By when a fix made now shows."""
    connections: tuple[UUID, ...]
    count: int
    """Appointments."""
    soonest: datetime
    """Aware, UTC."""
    soonest_text: str
    lines: tuple[Line, ...]
    """The soonest ones."""
    further: int
    """How many are not among the lines."""
    appointments: tuple[Key, ...]
    """All of them, the soonest first."""
    spelling: Spelling | None = None
    shared: tuple[SharedEmail, ...] = ()
    provider: Unassigned | None = None


class NeedsAttention(msgspec.Struct, frozen=True, kw_only=True):
    """All groups, that with the soonest appointment first."""

    groups: tuple[Group, ...]
    count: int
    """Appointments for which somebody must do something (overlaps aside)."""
    is_cut: bool
    """There are more than were read: only the nearest stand here."""
