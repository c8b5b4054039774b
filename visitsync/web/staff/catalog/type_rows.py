"""The EMR's appointment types as lines: connected (by whom), new, renamed, gone; and spellings that come near."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from visitsync.connector_kit.video_words import video_words
from visitsync.domain.appointment import MarkKind
from visitsync.domain.practice import CatalogEntry
from visitsync.domain.time_words import in_words
from visitsync.rules.conditions import TYPE_LIKE
from visitsync.storage.practice_settings import Approval
from visitsync.sync.admin.listed import news_since
from visitsync.sync.desk import Desk
from visitsync.sync.list_use import ListUse, NearMissSeen
from visitsync.web.design.outcome_looks import Look
from visitsync.web.staff.catalog.place import Place
from visitsync.web.staff.catalog.rows import (
    CONNECTED,
    NEARLY,
    NOT_CONNECTED,
    PARTLY,
    SOUNDS_LIKE_VIDEO,
    Action,
    Row,
    counted,
    ids_shown,
    key_of,
    looks_of_entry,
)


class Spelling(msgspec.Struct, frozen=True, kw_only=True):
    """A spelling that somebody accepted, or that is seen and means nothing yet."""

    key: str
    found: str
    approved: str
    difference: str = ""
    used: int = 0
    by: str = ""
    at: str = ""
    action: Action | None = None


class OtherMark(msgspec.Struct, frozen=True, kw_only=True):
    """An approved mark that stands elsewhere than in the type, or that the EMR's list does not have."""

    key: str
    kind: str
    value: str
    by: str
    at: str
    action: Action | None


class _Group(msgspec.Struct, frozen=True):
    """What is approved together: entries of one name, or a single one where the EMR's numbers count."""

    value: str
    entries: tuple[CatalogEntry, ...]
    approvals: tuple[Approval, ...]

    @property
    def connected(self) -> tuple[CatalogEntry, ...]:
        return tuple(entry for entry in self.entries if any(_meets(one, entry) for one in self.approvals))


def type_rows(place: Place, desk: Desk, approvals: Sequence[Approval], use: ListUse) -> list[Row]:
    """One line per name, or per number where the EMR's numbers count."""
    entries = desk.practice.appointment_types
    since = news_since(entries.values(), place.viewer.now)
    return [_row(place, desk, group, approvals, use, since) for group in _groups(desk, approvals)]


def accepted(place: Place, approvals: Sequence[Approval]) -> list[Spelling]:
    """Spellings that stand for an approved text."""
    return [
        Spelling(
            key=key_of("accepted", one.kind, one.value),
            found=one.value,
            approved=one.spelling_of,
            by=one.approved_by,
            at=_when(place, one),
            action=_withdraw(place, one, "Withdraw"),
        )
        for one in approvals
        if one.spelling_of is not None
    ]


def near_misses(place: Place, desk: Desk, approvals: Sequence[Approval], use: ListUse) -> list[Spelling]:
    """Spellings on coming appointments that nobody has accepted, the most frequent first."""
    texts = {(one.kind, one.value) for one in approvals if not one.is_id and one.spelling_of is None}
    seen = {one: count for one, count in use.near_misses.items() if one.connection_id == desk.connection.connection_id}
    return [
        Spelling(
            key=key_of("near", one.kind, one.found, one.approved),
            found=one.found,
            approved=one.approved,
            difference=one.difference,
            used=count,
            action=_accept(place, one) if (one.kind, one.approved) in texts else None,
        )
        for one, count in sorted(seen.items(), key=lambda item: (-item[1], item[0].found))
    ]


def other_marks(place: Place, desk: Desk, approvals: Sequence[Approval]) -> list[OtherMark]:
    """Approved marks that no line of the types shows."""
    shown = {one for group in _groups(desk, approvals) for one in group.approvals}
    return [
        OtherMark(
            key=key_of("other", one.kind, one.value),
            kind=desk.screen.words.get(one.kind, one.kind.value),
            value=_named(desk, one),
            by=one.approved_by,
            at=_when(place, one),
            action=_withdraw(place, one, "Disconnect"),
        )
        for one in approvals
        if one.spelling_of is None and one not in shown
    ]


def _groups(desk: Desk, approvals: Sequence[Approval]) -> list[_Group]:
    by_id = desk.manifest.is_matched_by_id
    together: Mapping[str, list[CatalogEntry]] = defaultdict(list)
    for entry in desk.practice.appointment_types.values():
        together[entry.id if by_id else entry.name].append(entry)
    of_types = [one for one in approvals if one.kind in TYPE_LIKE and one.spelling_of is None]
    return [
        _Group(
            value,
            tuple(entries),
            tuple(one for one in of_types if any(_meets(one, entry) for entry in entries)),
        )
        for value, entries in together.items()
    ]


def _meets(approval: Approval, entry: CatalogEntry) -> bool:
    return approval.value == entry.id if approval.is_id else approval.value in (entry.name, *entry.synonyms)


def _row(place: Place, desk: Desk, group: _Group, approvals: Sequence[Approval], use: ListUse, since: datetime) -> Row:
    first, connection = group.entries[0], desk.connection.connection_id
    nearly = any(one.found == first.name and one.connection_id == connection for one in use.near_misses)
    is_new = any(one.first_seen_at is not None and one.first_seen_at > since for one in group.entries)
    stays = next((one for one in group.entries if one.is_active), first)
    others = looks_of_entry(stays, is_new=is_new)
    return Row(
        name=first.name,
        number=group.value if desk.manifest.is_matched_by_id else "",
        key=key_of("type", group.value),
        is_connected=bool(group.connected),
        is_odd=bool(others) or _sounds(group),
        looks=(_standing(group), *others, *_hint(group, nearly)),
        facts=tuple(_facts(place, desk, group, use)),
        used=sum(use.types.get((connection, one.id), 0) for one in group.entries),
        actions=tuple(_actions(place, desk, group, approvals, nearly=nearly)) if place.may_change else (),
    )


def _standing(group: _Group) -> Look:
    if not group.connected:
        return NOT_CONNECTED
    return CONNECTED if len(group.connected) == len(group.entries) else PARTLY


def _hint(group: _Group, nearly: bool) -> list[Look]:
    if nearly:
        return [NEARLY]
    return [SOUNDS_LIKE_VIDEO] if _sounds(group) else []


def _sounds(group: _Group) -> bool:
    """Of those not connected: somebody may have forgotten it."""
    entry = group.entries[0]
    return not group.connected and entry.is_active and bool(video_words(entry.name, *entry.synonyms))


def _facts(place: Place, desk: Desk, group: _Group, use: ListUse) -> list[str]:
    name = group.entries[0].name
    facts = ["has blanks that are easily overlooked"] if name != " ".join(name.split()) else []
    facts += [f"was “{name}”" for name in dict.fromkeys(one.previous_name for one in group.entries) if name]
    if desk.manifest.is_matched_by_id:
        facts.append(f"number {group.value}")
    elif desk.manifest.is_type_owned:
        facts.append(f"of {counted(len(group.entries), 'provider', 'providers')}")
    elif len(group.entries) > 1:
        facts.append(f"{len(group.entries)} numbers: {ids_shown([one.id for one in group.entries])}")
    facts += [f"by {one.approved_by}, {_when(place, one)}" for one in group.approvals[:1]]
    speaking = sum(use.speaking_of_video.get((desk.connection.connection_id, one.id), 0) for one in group.entries)
    if speaking and not group.connected:
        facts.append(f"{counted(speaking, 'note speaks', 'notes speak')} of video")
    return facts


def _actions(place: Place, desk: Desk, group: _Group, approvals: Sequence[Approval], *, nearly: bool) -> list[Action]:
    kind = desk.manifest.marks[0]
    actions = [_withdraw(place, one, "Disconnect") for one in group.approvals[:1]]
    if group.connected and any(one.previous_name is not None for one in group.connected):
        renamed = next(one for one in group.connected if one.previous_name is not None)
        actions.insert(0, Action("Confirm the name", place.ask("confirm", list="types", entry=renamed.id), True))
    elif not group.connected or _standing(group) is PARTLY:
        label = "It is the same" if _was_approved(group, approvals) else "Connect"
        actions.insert(
            0, Action(label, place.ask("approve", kind=kind, value=group.value), _is_wanted(group) and not nearly)
        )
    return [one for one in actions if one is not None]


def _was_approved(group: _Group, approvals: Sequence[Approval]) -> bool:
    """By the name that it had before the EMR gave it another one."""
    names = {one.previous_name for one in group.entries}
    return any(one.value in names for one in approvals)


def _is_wanted(group: _Group) -> bool:
    return _sounds(group) or any(one.previous_name is not None for one in group.entries)


def _accept(place: Place, one: NearMissSeen) -> Action | None:
    if not place.may_change:
        return None
    href = place.ask("accept", kind=one.kind, spelling=one.found, approved=one.approved)
    return Action("Accept this spelling", href, True)


def _withdraw(place: Place, one: Approval, label: str) -> Action | None:
    return Action(label, place.ask("withdraw", kind=one.kind, value=one.value)) if place.may_change else None


def _named(desk: Desk, one: Approval) -> str:
    lists = {MarkKind.LOCATION: desk.practice.locations, MarkKind.RESOURCE: desk.practice.practitioners}
    entry = lists.get(one.kind, {}).get(one.value) if one.is_id else None
    return entry.name if entry else one.value


def _when(place: Place, one: Approval) -> str:
    return in_words(one.approved_at, place.office.zone, place.viewer.now)
