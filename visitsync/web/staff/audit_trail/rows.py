"""What a row of the trail says about one entry."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby

import msgspec

from visitsync.domain.time_words import day_in_words, stamp_in_words
from visitsync.rules.calendar import local_date
from visitsync.storage.audit_entry import Entry, Recorded, WhoKind
from visitsync.web.staff.audit_trail.acts import DETAILS, TELL_APART, act_in_words
from visitsync.web.staff.audit_trail.choosing import Chosen

_RANDOM_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNNAMED = {
    WhoKind.STAFF: "A staff member",
    WhoKind.COMMAND: "A command",
    WhoKind.PROCESS: "The app itself",
    WhoKind.STRANGER: "Somebody not signed in",
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One entry, ready to be read."""

    number: int
    time: str
    who: str
    who_note: str
    """Where it is no staff member: how they acted."""
    only_theirs: str
    """The query that shows only what this person did."""
    act: str
    object_kind: str
    object_name: str
    """A person's name, a long random id cut short, else the id itself."""
    only_this: str
    """The query that shows only what was done to the same thing; "" where nothing is named."""
    details: tuple[tuple[str, str], ...]
    why: str
    address: str
    is_told_apart: bool
    is_genuine: bool


class Day(msgspec.Struct, frozen=True):
    """The entries of one day."""

    title: str
    rows: tuple[Row, ...]


def by_day(entries: Iterable[Recorded], zone: str, today: date, people: Mapping[str, str]) -> list[Day]:
    """The entries in their order, which is that of their numbers; `people` are the staff's names by id."""
    return [
        Day(day_in_words(day, today), tuple(_row(one, zone, people) for one in group))
        for day, group in groupby(entries, key=lambda one: local_date(one.entry.at, zone))
    ]


def _row(one: Recorded, zone: str, people: Mapping[str, str]) -> Row:
    entry = one.entry
    return Row(
        number=one.number,
        time=stamp_in_words(entry.at, zone).rpartition(", ")[2],
        who=entry.who.name or UNNAMED[entry.who.kind],
        who_note="" if entry.who.kind is WhoKind.STAFF or not entry.who.name else UNNAMED[entry.who.kind].lower(),
        only_theirs=Chosen(who=entry.who.id).address() if entry.who.id else "",
        act=act_in_words(entry.act),
        object_kind=entry.object_kind,
        object_name=people.get(entry.object_id) or _short(entry.object_id),
        only_this=Chosen(kind=entry.object_kind, id=entry.object_id).address() if entry.object_id else "",
        details=_details(entry),
        why=entry.why,
        address=entry.address,
        is_told_apart=entry.act in TELL_APART,
        is_genuine=one.is_genuine,
    )


def _short(identity: str) -> str:
    return f"{identity[:8]}…" if _RANDOM_ID.fullmatch(identity) else identity


def _details(entry: Entry) -> tuple[tuple[str, str], ...]:
    return tuple((DETAILS.get(name, name.replace("_", " ")), value) for name, value in entry.details.items())
