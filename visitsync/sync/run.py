"""One run of the engine on one connection: its claim, the practice as it is now, what it reads and what it counts."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.domain.appointment import Appointment, MarkKind
from visitsync.domain.local_time import TZDB_VERSION
from visitsync.domain.practice import CatalogEntry, PracticeContext
from visitsync.storage import notices, practices, quarantine, visits
from visitsync.storage.catalog import CatalogChange
from visitsync.storage.database import Transaction
from visitsync.storage.practice_context import load_practice_context, read_times
from visitsync.storage.sync_runs import Tally
from visitsync.storage.turn_start import TurnStart, start_turn
from visitsync.sync.context_cache import LoadedContext
from visitsync.sync.judging import Bench, Safety
from visitsync.sync.link import Link
from visitsync.sync.visit_plan import UnsafePlan

STOP_REMEMBERS = timedelta(days=7)
"""So long ago cancellations count while the stop stands (see Safety)."""

ONE_APPOINTMENT = "one appointment"
"""The reading of an appointment that a person asks about."""
MESSAGES = "messages"
"""The kind of reading that takes in what was pushed to us."""

MISSING_FROM_LISTS = "missing from lists"
"""The bookmark that says: something that is booked was not in the EMR's lists when they were read last."""


class Reading(msgspec.Struct, kw_only=True):
    """What is being read at present: changes, a sweep …, and the answers that are kept but not yet taken in."""

    kind: str
    began_at: datetime
    id: UUID = msgspec.field(default_factory=uuid4)
    days: tuple[date, date] | None = None
    tally: Tally = msgspec.field(default_factory=Tally)
    counted: Tally = msgspec.field(default_factory=Tally)
    """What of the tally is stored already: a sweep's is stored with every answer, for whoever may have to resume it."""
    kept: list["KeptPage"] = msgspec.field(default_factory=list)
    kept_bytes: int = 0
    kept_since: float = 0.0
    notices: set[str] = msgspec.field(default_factory=set)
    """What showed while this was read, and stops nothing."""


class KeptPage(msgspec.Struct, frozen=True, kw_only=True):
    """An answer whose bytes are committed, and the stream whose bookmark it moves once it is taken in."""

    intake_id: int
    page: FetchedPage
    stream: str | None = None


class Run(msgspec.Struct, kw_only=True):
    """What a run carries along; the only mutable thing in the engine."""

    link: Link
    start: TurnStart
    """How the connection stood when the run began; its epoch is the claim that every writing transaction checks."""
    practice: PracticeContext
    translation: TranslationContext
    salt: bytes
    safety: Safety
    quarantined: set[str]
    """Keys (kind/id) of records in quarantine, so that well-read ones are let out without asking each time."""
    reading: Reading | None = None
    decisions_changed: int = 0
    has_unknown: bool = False
    """Some appointment names a type, location or practitioner that the EMR's lists did not name when read last."""
    has_news: bool = False
    """Some answer held a record, so that something may be wanted that was not when the run began."""
    listed: dict[RecordKind, set[str]] = msgspec.field(default_factory=dict)
    """Ids that the EMR's lists named in this run, by kind."""
    catalog_changes: dict[RecordKind, list[CatalogChange]] = msgspec.field(default_factory=dict)

    @property
    def is_first_load(self) -> bool:
        """Whether the whole window has never been read to its end. (What is only pushed to us never is.)"""
        return self.link.manifest.is_listed and "sweep" not in self.start.began_at

    @property
    def is_sweeping(self) -> bool:
        """Whether a whole window is being read, independently of what changed."""
        return self.reading is not None and self.reading.kind in {"sweep", "near sweep"}

    @property
    def tally(self) -> Tally:
        """What the present reading has counted; outside of any, what is counted is forgotten."""
        return self.reading.tally if self.reading is not None else Tally()

    def bench(self, transaction: Transaction) -> Bench:
        """Where this run judges, in a transaction whose claim was checked."""
        return Bench(
            transaction=transaction,
            vault=self.link.vault,
            connection_id=self.link.connection_id,
            practice=self.practice,
            safety=self.safety,
            now=self.link.now(),
        )

    def hold(self, transaction: Transaction) -> None:
        """Raises LostTheConnection if another worker has claimed the connection since."""
        practices.hold(transaction, self.link.connection_id, self.start.epoch)

    def note_unknown(self, appointment: Appointment) -> None:
        """Remembers whether an appointment names something that came to the EMR after its lists were read."""
        practice = self.practice
        types = (mark.id for mark in appointment.marks if mark.kind is MarkKind.TYPE)
        self.has_unknown = (
            self.has_unknown
            or _is_missing(appointment.practitioner_id, practice.practitioners)
            or _is_missing(appointment.location_id, practice.locations)
            or any(_is_missing(identity, practice.appointment_types) for identity in types)
        )

    def notice(self, transaction: Transaction, code: str) -> None:
        """The present reading shows this; it stands until a complete one of its kind no longer does."""
        if self.reading is not None:
            self.reading.notices.add(code)
            notices.noticed(transaction, self.link.connection_id, self.reading.kind, [code], now=self.link.now())

    def note_catalog(self, kind: RecordKind, ids: Iterable[str], change: CatalogChange) -> None:
        """Remembers what the EMR's lists named, and what was new about it."""
        if self.reading is not None and self.reading.kind == "catalog":  # only the EMR's own lists are complete
            self.listed.setdefault(kind, set()).update(ids)
        if change.all_ids:
            self.catalog_changes.setdefault(kind, []).append(change)

    def look_again(self, transaction: Transaction) -> None:
        """Loads the practice's context anew: its catalog or settings changed in this very transaction."""
        self.link.contexts.forget(self.link.connection_id)
        loaded = _load(self.link, transaction, revision=-1)
        self.practice = _as_it_stands(loaded.practice, self.start, self.link)
        self.translation, self.salt = loaded.translation, loaded.salt


def _is_missing(identity: str | None, listed: Mapping[str, CatalogEntry]) -> bool:
    return identity is not None and bool(listed) and identity not in listed


def claim(link: Link, *, cancellations_accepted: bool = False) -> Run:
    """Claims the connection for this process; whoever held it can no longer write.

    Raises NoSuchConnection, StorageUnavailable.
    """
    return _start(link, is_claim=True, cancellations_accepted=cancellations_accepted)


def join(link: Link) -> Run:
    """Works beside whoever holds the connection, page by page in turn: for one appointment that somebody waits for."""
    return _start(link, is_claim=False, cancellations_accepted=False)


def _start(link: Link, *, is_claim: bool, cancellations_accepted: bool) -> Run:
    now = link.now()
    with link.database.practice(link.practice_id) as transaction:
        start = start_turn(transaction, link.connection_id, now=now, is_claim=is_claim)
        loaded = link.contexts.context(
            link.connection_id, start.revision, now, lambda: _load(link, transaction, revision=start.revision)
        )
        held = quarantine.unresolved(transaction, link.connection_id) if start.has_quarantined else []
        safety = Safety(is_off=cancellations_accepted)
        if start.trouble == UnsafePlan.code:
            lately = now - STOP_REMEMBERS
            safety.cancelled = visits.count_cancelled_since(transaction, link.connection_id, lately, now=now)
    return Run(
        link=link,
        start=start,
        practice=_as_it_stands(loaded.practice, start, link),
        translation=loaded.translation,
        salt=loaded.salt,
        safety=safety,
        has_unknown=MISSING_FROM_LISTS in start.bookmarks,
        quarantined={f"{one.kind}/{one.record_key}" for one in held},
    )


def _load(link: Link, transaction: Transaction, *, revision: int) -> LoadedContext:
    now = link.now()
    practice = load_practice_context(transaction, link.vault, link.connection_id, link.manifest, now=now)
    connection = practices.find_connection(transaction, link.connection_id)
    translation = TranslationContext(
        practice_zone=practice.zone,
        settings=connection.settings,
        locations=practice.locations,
        practitioners=practice.practitioners,
        appointment_types=practice.appointment_types,
        status_meanings=practice.connection.status_meanings,
    )
    return LoadedContext(
        revision=revision, loaded_at=now, practice=practice, translation=translation, salt=_salt(link, translation)
    )


def _as_it_stands(practice: PracticeContext, start: TurnStart, link: Link) -> PracticeContext:
    """The kept context with what every turn changes: when it was read last.

    What is wrong with the connection is in no decision: it would stay there when all is well again. Answers add it.
    """
    facts = read_times(practice.connection, start.began_at, link.manifest)
    facts = msgspec.structs.replace(facts, trouble=None, is_paused=False, notices=())
    return msgspec.structs.replace(practice, connection=facts)


def _salt(link: Link, translation: TranslationContext) -> bytes:
    """Sixteen bytes that change with the translator, the time zone rules, zones, settings and names of the catalog."""
    zones = sorted(
        (entry.id, entry.zone or "", entry.name, entry.synonyms) for entry in translation.practitioners.values()
    )
    places = sorted(
        (entry.id, entry.zone or "", entry.name, entry.synonyms) for entry in translation.locations.values()
    )
    said = [
        link.translator.version,
        TZDB_VERSION,
        translation.practice_zone,
        sorted(translation.settings.items()),
        sorted(translation.status_meanings.items()),
        zones,
        places,
    ]
    return hashlib.blake2b(msgspec.json.encode(said), digest_size=16).digest()
