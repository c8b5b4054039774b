"""Approved marks besides the lines of the list: accepted spellings, near misses, and marks that stand elsewhere."""

from collections.abc import Sequence

import msgspec

from visitsync.domain.appointment import MarkKind
from visitsync.domain.time_words import in_words
from visitsync.storage.practice_settings import Approval
from visitsync.sync.desk import Desk
from visitsync.sync.list_use import ListUse, NearMissSeen
from visitsync.web.staff.catalog.place import Place
from visitsync.web.staff.catalog.rows import Action, key_of
from visitsync.web.staff.catalog.type_groups import groups_of


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


def accepted(place: Place, approvals: Sequence[Approval]) -> list[Spelling]:
    """Spellings that stand for an approved text."""
    return [
        Spelling(
            key=key_of("accepted", one.kind, one.value),
            found=one.value,
            approved=one.spelling_of,
            by=one.approved_by,
            at=when_approved(place, one),
            action=withdrawal(place, one, "Withdraw"),
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
    shown = {one for group in groups_of(desk, approvals) for one in group.approvals}
    return [
        OtherMark(
            key=key_of("other", one.kind, one.value),
            kind=desk.screen.words.get(one.kind, one.kind.value),
            value=_named(desk, one),
            by=one.approved_by,
            at=when_approved(place, one),
            action=withdrawal(place, one, "Disconnect"),
        )
        for one in approvals
        if one.spelling_of is None and one not in shown
    ]


def withdrawal(place: Place, one: Approval, label: str) -> Action | None:
    """Taking an approval back; None for whoever may not."""
    return Action(label, place.ask("withdraw", kind=one.kind, value=one.value)) if place.may_change else None


def when_approved(place: Place, one: Approval) -> str:
    return in_words(one.approved_at, place.office.zone, place.viewer.now)


def _accept(place: Place, one: NearMissSeen) -> Action | None:
    if not place.may_change:
        return None
    href = place.ask("accept", kind=one.kind, spelling=one.found, approved=one.approved)
    return Action("Accept this spelling", href, True)


def _named(desk: Desk, one: Approval) -> str:
    lists = {MarkKind.LOCATION: desk.practice.locations, MarkKind.RESOURCE: desk.practice.practitioners}
    entry = lists.get(one.kind, {}).get(one.value) if one.is_id else None
    return entry.name if entry else one.value
