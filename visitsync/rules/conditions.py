"""Does one condition of recognition hold, and if not, was it probably meant?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum

import msgspec

from visitsync.connector_kit.video_words import video_words
from visitsync.domain.appointment import Mark, MarkKind
from visitsync.domain.decision import Finding
from visitsync.domain.practice import CatalogEntry, Condition, PracticeContext
from visitsync.rules.near_miss import ApprovedTexts, approved_texts, nearest

TYPE_LIKE = frozenset({MarkKind.TYPE, MarkKind.REASON, MarkKind.SERVICE})
"""Kinds of marks whose names come from the EMR's list of appointment types."""


class Stance(Enum):
    """What an appointment's marks say to one condition."""

    MET = "met"
    NEAR = "probably meant"
    UNKNOWN = "cannot be said before the EMR's list is read again"
    PLAIN = "something else"
    BLANK = "nothing is set"


class ConditionVerdict(msgspec.Struct, frozen=True):
    """How one condition fares, and what staff should read about it."""

    kind: MarkKind
    stance: Stance
    findings: tuple[Finding, ...] = ()
    found: str = ""
    """What stands there, for staff."""


class ConditionLookup(msgspec.Struct, frozen=True, kw_only=True):
    """One condition, with what the EMR's list says about ids and names worked in."""

    kind: MarkKind
    ids: frozenset[str]
    """Approved by id, or because the list gives this id an approved name."""
    texts: frozenset[str]
    """Approved texts and accepted spellings."""
    ids_approved_as_such: frozenset[str]
    names_of_approved_ids: frozenset[str]
    comparable: ApprovedTexts
    catalog: Mapping[str, CatalogEntry]
    names_in_catalog: frozenset[str]
    news_after: datetime | None
    """What the EMR's list has named since then is new to the practice."""
    approved: str
    """For staff: what may be chosen."""
    excluded: frozenset[str]


def condition_lookup(condition: Condition, practice: PracticeContext) -> ConditionLookup:
    """Works the practice's lists into a condition."""
    catalog = _catalog_for(condition.kind, practice)
    texts = condition.approved_texts | condition.accepted_spellings
    ids_by_name = {entry.id for entry in catalog.values() if entry.name in texts}
    names_of_ids = {catalog[id_].name for id_ in condition.approved_ids if id_ in catalog}
    seen = [entry.first_seen_at for entry in catalog.values() if entry.first_seen_at is not None]
    return ConditionLookup(
        kind=condition.kind,
        ids=condition.approved_ids | ids_by_name,
        texts=texts,
        ids_approved_as_such=condition.approved_ids,
        names_of_approved_ids=frozenset(names_of_ids),
        comparable=approved_texts(condition.approved_texts | names_of_ids),
        catalog=catalog,
        names_in_catalog=frozenset(name for entry in catalog.values() for name in _names(entry)),
        news_after=min(seen) + timedelta(days=practice.connection.lists_settle_days) if seen else None,
        approved=_joined(sorted(condition.approved_texts | names_of_ids) or sorted(condition.approved_ids)),
        excluded=practice.connection.excluded_resources,
    )


def judge(condition: ConditionLookup, marks: Sequence[Mark]) -> ConditionVerdict:
    """How the marks of one appointment fare. Exact by id or by text; nothing near is ever taken for a match."""
    own = [mark for mark in marks if mark.kind is condition.kind and (mark.id or mark.text)]
    if not own:
        return ConditionVerdict(condition.kind, Stance.BLANK, found="empty")
    for mark in own:
        if mark.id in condition.ids or _text_of(mark, condition) in condition.texts:
            return ConditionVerdict(
                condition.kind, Stance.MET, (*_renamed(mark, condition), *_retired(mark, condition))
            )
    found = _joined(dict.fromkeys(_shown(mark, condition) for mark in own))
    for mark in own:
        if finding := _what_was_meant(mark, condition):
            return ConditionVerdict(condition.kind, Stance.NEAR, (finding,), found)
    for mark in own:
        if mark.id and not mark.text and condition.catalog and mark.id not in condition.catalog:
            finding = Finding("type-unknown", _about(condition, id=mark.id))
            return ConditionVerdict(condition.kind, Stance.UNKNOWN, (finding,), found)
    return ConditionVerdict(condition.kind, Stance.PLAIN, _plainly_other(own, found, condition), found)


def _text_of(mark: Mark, condition: ConditionLookup) -> str | None:
    """The text that stands there; not the name that the EMR's list gave to this id before it was renamed."""
    entry = condition.catalog.get(mark.id or "")
    return None if entry is not None and mark.text == entry.previous_name else mark.text


def _renamed(mark: Mark, condition: ConditionLookup) -> tuple[Finding, ...]:
    """A5, where the id still counts: worth a look, but no visit may vanish because of a name."""
    entry = condition.catalog.get(mark.id or "")
    if entry is None or entry.previous_name is None or entry.id not in condition.ids_approved_as_such:
        return ()
    return (Finding("type-renamed", _about(condition, found=entry.name, previous=entry.previous_name)),)


def _retired(mark: Mark, condition: ConditionLookup) -> tuple[Finding, ...]:
    """A5: it still counts on what was booked with it; the next appointment cannot be."""
    if condition.kind not in TYPE_LIKE:
        return ()
    entry = condition.catalog.get(mark.id or "")
    listed = [entry] if entry else [one for one in condition.catalog.values() if mark.text in _names(one)]
    if not listed or any(one.is_active for one in listed):
        return ()
    return (Finding("type-retired", _about(condition, found=listed[0].name)),)


def _what_was_meant(mark: Mark, condition: ConditionLookup) -> Finding | None:
    """A2, A5 and A3, in the order in which they explain most."""
    entry = condition.catalog.get(mark.id or "")
    texts = [text for text in (_text_of(mark, condition), entry.name if entry else None) if text]
    if not condition.excluded.isdisjoint(texts):
        return None
    if entry is not None and entry.previous_name in condition.texts:
        return Finding("type-name-changed", _about(condition, found=entry.name, previous=str(entry.previous_name)))
    for text in texts:
        if text in condition.names_of_approved_ids:
            return Finding("type-has-new-id", _about(condition, found=text, id=mark.id or "none"))
        if miss := nearest(text, condition.comparable):
            return Finding(
                "type-misspelt", _about(condition, found=text, approved=miss.approved, difference=miss.difference)
            )
    return _sounds_like_video(texts, condition) if condition.kind in TYPE_LIKE else None


def _sounds_like_video(texts: Iterable[str], condition: ConditionLookup) -> Finding | None:
    for text in texts:
        words = video_words(text)
        if words and text in condition.names_in_catalog:
            return Finding("type-not-connected", _about(condition, found=text, approved=condition.approved))
        if words:  # free text: only the words themselves are kept
            return video_in_note(words, "free text", condition.approved)
    return None


def video_in_note(words: Iterable[str], found: str, approved: str) -> Finding:
    """A8: somebody wrote of video, but the booking says something else."""
    return Finding(
        "video-in-note", {"words": _joined(f"“{word}”" for word in words), "found": found, "approved": approved}
    )


def _plainly_other(own: Sequence[Mark], found: str, condition: ConditionLookup) -> tuple[Finding, ...]:
    """A1, or A3 where the type came to the EMR's list after the practice had looked through it."""
    since = condition.news_after
    for mark in own:
        entry = condition.catalog.get(mark.id or "")
        if entry and entry.first_seen_at and since and entry.first_seen_at > since and not entry.is_connected:
            return (Finding("type-new", _about(condition, found=found, first_seen_at=entry.first_seen_at.isoformat())),)
    return (Finding("type-not-approved", _about(condition, found=found, approved=condition.approved)),)


def _shown(mark: Mark, condition: ConditionLookup) -> str:
    """What stands there, by its name in the EMR's list; free text may speak of a person and is not repeated."""
    entry = condition.catalog.get(mark.id or "")
    if entry is not None:
        return f"“{entry.name}”"
    if mark.text and (mark.text in condition.names_in_catalog or not condition.catalog or mark.id):
        return f"“{mark.text}”"
    return f"number {mark.id}" if mark.id else "something else"


def _about(condition: ConditionLookup, **evidence: str) -> dict[str, str]:
    return {"kind": condition.kind.value, **evidence}


def _catalog_for(kind: MarkKind, practice: PracticeContext) -> Mapping[str, CatalogEntry]:
    if kind in TYPE_LIKE:
        return practice.appointment_types
    return {
        MarkKind.LOCATION: practice.locations,
        MarkKind.ROOM: practice.locations,
        MarkKind.RESOURCE: practice.practitioners,
    }.get(kind, {})


def _names(entry: CatalogEntry) -> tuple[str, ...]:
    return (entry.name, *entry.synonyms)


def _joined(names: Iterable[str], most: int = 5) -> str:
    listed = list(names)
    rest = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {rest} more" if rest > 0 else "")
