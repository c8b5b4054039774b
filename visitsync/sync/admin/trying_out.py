"""Tries a connection that is being set up: may we sign in, may we read, what does the EMR list, what is booked."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

import msgspec

from visitsync.connector_kit.errors import ConnectorError, RecordUnreadable
from visitsync.connector_kit.pages import RawRecord, RecordKind
from visitsync.domain.appointment import Appointment, Mark, MarkKind
from visitsync.domain.local_time import zone_named
from visitsync.storage import catalog
from visitsync.sync.admin.connecting import read_lists
from visitsync.sync.engine import Engine
from visitsync.sync.link import Link
from visitsync.sync.run import join

DAYS_AHEAD = 14
"""So many days of the schedule are looked through for what is booked."""
MOST_PAGES = 3
MOST_MARKS = 200


class SeenMark(msgspec.Struct, frozen=True, kw_only=True):
    """How often one mark stands on the appointments that were looked through; no appointment is named."""

    kind: MarkKind
    id: str | None
    text: str | None
    count: int
    with_video_words: int
    """Of these, how many speak of video in their note or reason."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How a trial went; no patient data."""

    at: datetime
    """Aware, UTC."""
    is_working: bool
    is_let_in: bool = True
    problems: tuple[str, ...] = ()
    """For the practice admin: what is missing, and where to grant it."""
    facts: Mapping[str, str] = {}
    listed: Mapping[str, int] = {}
    """How much the EMR lists, by kind."""
    lists_trouble: str | None = None
    """Code of the reason catalogue, where the lists could not be read."""
    looked_at: int = 0
    """Appointments of the coming days that were looked through."""
    schedule_trouble: str | None = None
    marks: tuple[SeenMark, ...] = ()


def try_out(engine: Engine, practice_id: UUID, connection_id: UUID, credentials: Mapping[str, str]) -> Trial:
    """Seals the credentials and tries them; what the EMR lists is kept, of its appointments only how many bear a mark.

    Raises NeedsReconnect, NeedsPermission, TryAgainLater, ForbiddenAddress, NoSuchConnection; the credentials stay.
    """
    engine.credentials(practice_id, connection_id).save(credentials)
    link = engine.link(practice_id, connection_id)
    check = link.connector.check()
    trial = Trial(at=engine.clock(), is_working=check.is_working, problems=check.problems, facts=check.facts)
    if not check.is_working or not link.manifest.is_listed:
        return trial
    trial = _with_lists(engine, link, trial)
    return _with_schedule(link, trial)


def _with_lists(engine: Engine, link: Link, trial: Trial) -> Trial:
    try:
        read_lists(engine, link.practice_id, link.connection_id)
    except ConnectorError as error:
        return msgspec.structs.replace(trial, lists_trouble=error.code)
    with link.database.practice(link.practice_id) as transaction:
        listed = {
            kind.value: sum(one.is_active for one in catalog.entries(transaction, link.connection_id, kind).values())
            for kind in (RecordKind.APPOINTMENT_TYPE, RecordKind.LOCATION, RecordKind.PRACTITIONER)
        }
    return msgspec.structs.replace(trial, listed=listed)


def _with_schedule(link: Link, trial: Trial) -> Trial:
    try:
        found = list(_coming(link))
    except ConnectorError as error:
        return msgspec.structs.replace(trial, schedule_trouble=error.code)
    with link.database.practice(link.practice_id) as transaction:
        types = catalog.entries(transaction, link.connection_id, RecordKind.APPOINTMENT_TYPE).values()
    names = {name for one in types for name in (one.id, one.name, *one.synonyms)}
    marks = tuple(one for one in _counted(found) if _may_be_kept(one, names))
    return msgspec.structs.replace(trial, looked_at=len(found), marks=marks[:MOST_MARKS])


def _coming(link: Link) -> Iterator[Appointment]:
    """The appointments of the coming days, of the first pages only. They are looked at and not kept."""
    context = join(link).translation
    today = link.now().astimezone(zone_named(context.practice_zone)).date()
    pages = link.connector.read_window(today, today + timedelta(days=DAYS_AHEAD - 1), None)
    for page in islice(pages, MOST_PAGES):
        for record in link.translator.split(page):
            if not isinstance(record, RawRecord) or record.kind is not RecordKind.APPOINTMENT:
                continue
            try:
                one = link.translator.appointment(record, context)
            except RecordUnreadable:
                continue
            if not one.is_block and not one.is_deleted:
                yield one


def _counted(found: Iterable[Appointment]) -> list[SeenMark]:
    seen: Counter[Mark] = Counter()
    with_words: Counter[Mark] = Counter()
    for one in found:
        for mark in set(one.marks):
            seen[mark] += 1
            with_words[mark] += bool(one.video_words)
    return [
        SeenMark(kind=mark.kind, id=mark.id, text=mark.text, count=count, with_video_words=with_words[mark])
        for mark, count in seen.most_common()
    ]


def _may_be_kept(mark: SeenMark, listed: set[str]) -> bool:
    """A reason that stands in no list was typed by somebody, and may speak of a patient."""
    return mark.kind is not MarkKind.REASON or mark.id in listed or mark.text in listed
