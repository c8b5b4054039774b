"""The EMR's appointment types as lines: which are connected and by whom, which are new, renamed, gone or overlooked."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import msgspec

from visitsync.connector_kit.video_words import video_words
from visitsync.storage.practice_settings import Approval
from visitsync.sync.admin.listed import news_since
from visitsync.sync.desk import Desk
from visitsync.sync.list_use import ListUse
from visitsync.web.design.outcome_looks import Look
from visitsync.web.staff.catalog.marks_shown import when_approved, withdrawal
from visitsync.web.staff.catalog.place import Place
from visitsync.web.staff.catalog.rows import (
    CONNECTED,
    NEARLY,
    NEW_NUMBER,
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
from visitsync.web.staff.catalog.type_groups import Group, groups_of


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """What all lines of one list are held against."""

    place: Place
    desk: Desk
    use: ListUse
    news_since: datetime
    approved: frozenset[str]
    """Values, and the names of what is approved by its number."""
    nearly: frozenset[str]
    """Names that miss an approved one by a slip."""

    def is_approved_elsewhere(self, group: Group) -> bool:
        """It is not connected, but has the name of what is, or had an approved one before the EMR renamed it."""
        names = {group.name, *(entry.previous_name for entry in group.entries)}
        return not group.connected and not names.isdisjoint(self.approved)


def type_rows(place: Place, desk: Desk, approvals: Sequence[Approval], use: ListUse) -> list[Row]:
    """One line per name, or per number where the EMR's numbers count."""
    entries, groups = desk.practice.appointment_types.values(), groups_of(desk, approvals)
    connection = desk.connection.connection_id
    known = _Known(
        place=place,
        desk=desk,
        use=use,
        news_since=news_since(entries, place.viewer.now),
        approved=frozenset(one.value for one in approvals if one.spelling_of is None)
        | {entry.name for group in groups for entry in group.connected},
        nearly=frozenset(one.found for one in use.near_misses if one.connection_id == connection),
    )
    return [_row(known, group) for group in groups]


def _row(known: _Known, group: Group) -> Row:
    connection = known.desk.connection.connection_id
    is_new = any(one.first_seen_at is not None and one.first_seen_at > known.news_since for one in group.entries)
    stays = next((one for one in group.entries if one.is_active), group.entries[0])
    others = [*looks_of_entry(stays, is_new=is_new), *_hint(known, group)]
    return Row(
        name=group.name,
        number=group.value if known.desk.manifest.is_matched_by_id else "",
        key=key_of("type", group.value),
        is_connected=bool(group.connected),
        is_odd=bool(others),
        looks=(_standing(group), *others),
        facts=tuple(_facts(known, group)),
        used=sum(known.use.types.get((connection, one.id), 0) for one in group.entries),
        offers=partial(_actions, known, group) if known.place.may_change else tuple,
    )


def _standing(group: Group) -> Look:
    if not group.connected:
        return NOT_CONNECTED
    return CONNECTED if len(group.connected) == len(group.entries) else PARTLY


def _hint(known: _Known, group: Group) -> list[Look]:
    """Why somebody might want to connect it."""
    if group.name in known.nearly:
        return [NEARLY]
    if known.is_approved_elsewhere(group) and not group.is_renamed:
        return [NEW_NUMBER]
    return [SOUNDS_LIKE_VIDEO] if _sounds(group) else []


def _sounds(group: Group) -> bool:
    entry = group.entries[0]
    return not group.connected and entry.is_active and bool(video_words(entry.name, *entry.synonyms))


def _facts(known: _Known, group: Group) -> list[str]:
    facts = ["has blanks that are easily overlooked"] if group.name != " ".join(group.name.split()) else []
    facts += [f"was “{name}”" for name in dict.fromkeys(one.previous_name for one in group.entries) if name]
    facts += _numbers(known.desk, group)
    facts += [f"by {one.approved_by}, {when_approved(known.place, one)}" for one in group.approvals[:1]]
    connection = known.desk.connection.connection_id
    speaking = sum(known.use.speaking_of_video.get((connection, one.id), 0) for one in group.entries)
    if speaking and not group.connected:
        facts.append(f"{counted(speaking, 'note speaks', 'notes speak')} of video")
    return facts


def _numbers(desk: Desk, group: Group) -> list[str]:
    if desk.manifest.is_matched_by_id:
        return [f"number {group.value}"]
    if desk.manifest.is_type_owned:
        return [f"of {counted(len(group.entries), 'provider', 'providers')}"]
    several = len(group.entries) > 1
    return [f"{len(group.entries)} numbers: {ids_shown([one.id for one in group.entries])}"] if several else []


def _actions(known: _Known, group: Group) -> list[Action]:
    withdraw = (withdrawal(known.place, one, "Disconnect") for one in group.approvals[:1])
    actions = [one for one in withdraw if one is not None]
    renamed = next((one for one in group.connected if one.previous_name is not None), None)
    if renamed is not None:
        actions.insert(0, Action("Confirm the name", known.place.ask("confirm", list="types", entry=renamed.id), True))
    elif len(group.connected) < len(group.entries):
        actions.insert(0, _connect(known, group))
    return actions


def _connect(known: _Known, group: Group) -> Action:
    is_same = known.is_approved_elsewhere(group)
    href = known.place.ask("approve", kind=known.desk.manifest.marks[0], value=group.value)
    is_wanted = is_same or (_sounds(group) and group.name not in known.nearly)
    return Action("It is the same" if is_same else "Connect", href, is_wanted)
