"""One run of the engine on one connection: its number, its claim, what it counts, and the practice as it is now."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.local_time import TZDB_VERSION
from visitsync.domain.practice import PracticeContext
from visitsync.storage import practices, quarantine, sync_runs, visits
from visitsync.storage.catalog import CatalogChange
from visitsync.storage.database import Transaction
from visitsync.storage.practice_context import load_practice_context
from visitsync.storage.sync_runs import Tally
from visitsync.sync.judging import Bench, Safety
from visitsync.sync.link import Link


class Run(msgspec.Struct, kw_only=True):
    """What a run carries along; the only mutable thing in the engine."""

    link: Link
    epoch: int
    """The claim: every writing transaction checks that nobody has claimed the connection since."""
    practice: PracticeContext
    translation: TranslationContext
    salt: bytes
    """Part of every fingerprint: whatever may make the same bytes mean something else."""
    safety: Safety
    quarantined: set[str]
    """Keys (kind/id) of records in quarantine, so that well-read ones are let out without asking each time."""
    reading_id: UUID = msgspec.field(default_factory=uuid4)
    reading: str = ""
    """What is being read now: changes, sweep, patients …"""
    is_first_load: bool = False
    tally: Tally = msgspec.field(default_factory=Tally)
    decisions_changed: int = 0
    last_changes_read_at: datetime | None = None
    """When the last complete reading of changes before this run began (aware, UTC)."""
    listed: dict[RecordKind, set[str]] = msgspec.field(default_factory=dict)
    """Ids that the EMR's lists named in this run, by kind."""
    catalog_changes: dict[RecordKind, list[CatalogChange]] = msgspec.field(default_factory=dict)

    @property
    def is_sweeping(self) -> bool:
        """Whether a whole window is being read, independently of what changed."""
        return self.reading in {"sweep", "near sweep"}

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
        practices.hold(transaction, self.link.connection_id, self.epoch)

    def note_catalog(self, kind: RecordKind, ids: Iterable[str], change: CatalogChange) -> None:
        """Remembers what the EMR's lists named, and what was new about it."""
        self.listed.setdefault(kind, set()).update(ids)
        if change.all_ids:
            self.catalog_changes.setdefault(kind, []).append(change)

    def look_again(self, transaction: Transaction) -> None:
        """Loads the practice's context anew: its catalog or settings changed."""
        self.practice = _load(self.link, transaction)
        self.translation = _translation(self.link, self.practice, transaction)
        self.salt = _salt(self.link, self.translation)


def claim(link: Link, *, cancellations_accepted: bool = False) -> Run:
    """Claims the connection for this process; whoever held it can no longer write. Raises StorageUnavailable."""
    with link.database.practice(link.practice_id) as transaction:
        epoch = practices.claim_connection(transaction, link.connection_id)
    return _run(link, epoch, cancellations_accepted=cancellations_accepted)


def join(link: Link) -> Run:
    """Works beside whoever holds the connection, page by page in turn: for one appointment that somebody waits for."""
    with link.database.practice(link.practice_id) as transaction:
        epoch = practices.find_connection(transaction, link.connection_id).epoch
    return _run(link, epoch)


def _run(link: Link, epoch: int, *, cancellations_accepted: bool = False) -> Run:
    with link.database.practice(link.practice_id) as transaction:
        practice = _load(link, transaction)
        translation = _translation(link, practice, transaction)
        coming = visits.count_coming(transaction, link.connection_id, now=link.now())
        held = quarantine.unresolved(transaction, link.connection_id)
        changes = sync_runs.latest(transaction, link.connection_id, "changes", only_complete=True)
        swept = sync_runs.latest(transaction, link.connection_id, "sweep", only_complete=True)
    return Run(
        link=link,
        epoch=epoch,
        practice=practice,
        translation=translation,
        salt=_salt(link, translation),
        safety=Safety(coming=coming, is_off=cancellations_accepted),
        quarantined={f"{one.kind}/{one.record_key}" for one in held},
        last_changes_read_at=changes.started_at if changes else None,
        is_first_load=swept is None,
    )


def _load(link: Link, transaction: Transaction) -> PracticeContext:
    return load_practice_context(transaction, link.vault, link.connection_id, link.manifest, now=link.now())


def _translation(link: Link, practice: PracticeContext, transaction: Transaction) -> TranslationContext:
    connection = practices.find_connection(transaction, link.connection_id)
    return TranslationContext(
        practice_zone=practice.zone,
        settings=connection.settings,
        locations=practice.locations,
        practitioners=practice.practitioners,
        appointment_types=practice.appointment_types,
        status_meanings=practice.connection.status_meanings,
    )


def _salt(link: Link, translation: TranslationContext) -> bytes:
    """Sixteen bytes that change with the translator, the time zone rules, zones, settings and names of the catalog."""
    zones = sorted((entry.id, entry.zone or "", entry.name) for entry in translation.practitioners.values())
    places = sorted((entry.id, entry.zone or "", entry.name) for entry in translation.locations.values())
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
