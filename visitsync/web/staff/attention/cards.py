"""Puts what needs somebody into the shape in which the page shows it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from visitsync.domain.reason import Owner
from visitsync.domain.role import Permission
from visitsync.storage.being_dealt_with import Dealing
from visitsync.sync.dealing import subject_of_one
from visitsync.sync.needs import Group, GroupKind, NeedsAttention
from visitsync.sync.office import Office
from visitsync.web.staff.attention.families import Family
from visitsync.web.staff.today.rows import Row, row
from visitsync.web.staff.viewer import Viewer
from visitsync.web.staff.where_to_mend import Place, where_to_mend

SECTIONS = (("Today and tomorrow", timedelta(days=2)), ("Within a week", timedelta(days=7)))
LATER = "Later"
LOOKS: Mapping[GroupKind, tuple[str, str]] = {
    GroupKind.FIX: ("wrench", "fix"),
    GroupKind.SPELLING: ("tag", "provider"),
    GroupKind.SHARED_EMAIL: ("mail", "fix"),
    GroupKind.PROVIDER: ("person-plus", "provider"),
    GroupKind.ON_HOLD: ("hold", "hold"),
    GroupKind.OVERLAP: ("clock", "waiting"),
}
"""Icon and tone."""
WHO: Mapping[Owner, str] = {
    Owner.FRONT_DESK: "The front desk, in the EMR",
    Owner.PRACTICE_ADMIN: "A practice admin",
    Owner.PATIENT: "The patient",
    Owner.EMR: "The EMR's vendor, or the practice's IT",
    Owner.US: "We do: ask for help",
    Owner.NOBODY: "Nobody: it passes by itself",
}
ONE_THING = frozenset(
    {"condition-not-met", "type-not-connected", "type-name-changed", "type-has-new-id", "location-not-connected",
     "resource-excluded", "not-a-provider", "provider-inactive", "provider-ambiguous", "provider-other-profile",
     "provider-linked-wrong", "provider-number-reused", "overlaps-another", "status-unclear"}
)  # fmt: skip
"""Reasons of which all appointments of a group speak of the same thing, so that its sentence holds for all."""


class CardLine(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment of a group."""

    row: Row
    subject: str
    dealing: Dealing | None


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One group."""

    group: Group
    icon: str
    tone: str
    how_many: str
    """How many appointments, where the title counts something else; else ""."""
    about: str
    """Which thing it is about, where that is not in the title."""
    who: str
    emrs: str
    """Names, where the practice has more than one EMR; else ""."""
    lines: tuple[CardLine, ...]
    dealing: Dealing | None
    families: tuple[Family, ...]
    elsewhere: Place | None
    """The page where it is put right, where that is not this one."""
    is_open: bool
    may_accept: bool
    may_enable: bool


class Section(msgspec.Struct, frozen=True):
    """Groups that are equally near."""

    title: str
    cards: tuple[Card, ...]


def sections(
    needs: NeedsAttention,
    office: Office,
    viewer: Viewer,
    dealings: Mapping[str, Dealing],
    families: Sequence[Family],
    *,
    opened: str,
) -> list[Section]:
    """All groups, the nearest first; `opened` is the key of the one that is unfolded."""
    found: dict[str, list[Card]] = {}
    for group in needs.groups:
        card = _card(group, office, viewer, dealings, families, is_open=group.key == opened)
        found.setdefault(_nearness(group.soonest, office.now), []).append(card)
    return [Section(title, tuple(cards)) for title, cards in found.items()]


def _card(
    group: Group,
    office: Office,
    viewer: Viewer,
    dealings: Mapping[str, Dealing],
    families: Sequence[Family],
    *,
    is_open: bool,
) -> Card:
    icon, tone = LOOKS[group.kind]
    is_admin = viewer.may(Permission.CHANGE_SETTINGS)
    return Card(
        group=group,
        icon=icon,
        tone=tone,
        how_many=_how_many(group),
        about=_about(group),
        who=WHO[group.owner],
        emrs=_emrs(group.connections, office),
        lines=tuple(
            CardLine(
                row=row(line, office.zone),
                subject=subject_of_one(line.key),
                dealing=dealings.get(subject_of_one(line.key)),
            )
            for line in group.lines
        ),
        dealing=dealings.get(group.key),
        families=tuple(_theirs(group, families)),
        elsewhere=None if group.provider is not None and is_admin else where_to_mend(group.code, viewer),
        is_open=is_open,
        may_accept=group.spelling is not None and is_admin,
        may_enable=group.provider is not None and is_admin,
    )


def _how_many(group: Group) -> str:
    said, _, _ = group.title.partition(" ")
    if said == str(group.count):
        return ""
    return f"{group.count} appointment{'s' if group.count > 1 else ''}"


def _about(group: Group) -> str:
    if group.spelling is not None:
        return f"“{group.spelling.found}” instead of “{group.spelling.approved}”"
    if group.provider is not None:
        return group.provider.name
    return group.sentence if group.code in ONE_THING else ""


def _theirs(group: Group, families: Iterable[Family]) -> Iterable[Family]:
    holders = {(holder.connection_id, holder.patient_id) for one in group.shared for holder in one.holders}
    return (one for one in families if (one.connection_id, one.members[0].patient_id) in holders)


def _emrs(connections: Iterable[UUID], office: Office) -> str:
    if len(office.desks) < 2:
        return ""
    return ", ".join(dict.fromkeys(office.desks[one].manifest.name for one in connections))


def _nearness(soonest: datetime, now: datetime) -> str:
    return next((title for title, within in SECTIONS if soonest - now < within), LATER)
