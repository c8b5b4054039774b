"""A practice whose EMR is read by days, and cannot be asked for one appointment."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from tests.push import pretend
from tests.push.conftest import NOW, Pushed
from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.manifest import Feed
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.domain.appointment import Appointment
from visitsync.storage.database import Database
from visitsync.storage.vault import Vault
from visitsync.sync.link import Link
from visitsync.sync.report import SyncReport

MANIFEST = replace(pretend.MANIFEST, feed=Feed.POLL, is_listed=True, reads_single=False, reads_patients=False)


class Schedule(pretend.Connector):
    """A schedule that is read by days, and in no other way."""

    def __init__(self) -> None:
        super().__init__(MANIFEST)
        self.booked: dict[str, dict[str, Any]] = {}
        self.days_read: list[tuple[date, date]] = []

    def read_changes(self, bookmark: str | None) -> Iterator[FetchedPage]:
        yield FetchedPage(kind=RecordKind.APPOINTMENT, body=b"[]", bookmark="1")

    def read_window(self, first: date, last: date, bookmark: str | None) -> Iterator[FetchedPage]:
        self.days_read.append((first, last))
        found = [
            one for one in self.booked.values()
            if first <= datetime.fromisoformat(one["start"]).astimezone(ZoneInfo(pretend.ZONE)).date() <= last
        ]  # fmt: skip
        yield FetchedPage(kind=RecordKind.APPOINTMENT, body=msgspec.json.encode(found))


class Translator(pretend.Translator):
    """Reads the rows of that schedule."""

    def split(self, page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
        rows = msgspec.json.decode(page.body, type=list[dict[str, Any]])
        return [RawRecord(kind=RecordKind.APPOINTMENT, id=row["id"], body=msgspec.json.encode(row)) for row in rows]

    def appointment(self, record: RawRecord, context: TranslationContext) -> Appointment:
        row = msgspec.json.decode(record.body, type=dict[str, Any])
        said = RawRecord(
            kind=record.kind,
            id=record.id,
            body=msgspec.json.encode({**row, "sent": NOW.isoformat()}),
            asked=record.asked,
        )
        appointment = self.appointment_after(said, context, None)
        assert appointment is not None
        return replace(appointment, changed_at=None)


class Listed(Pushed):
    """A practice whose EMR is asked for days."""

    def __init__(self, database: Database, vault: Vault, practice_id: UUID) -> None:
        super().__init__(database, vault, practice_id, MANIFEST)
        self.schedule = self.connector = Schedule()

    @property
    def link(self) -> Link:
        return replace(super().link, translator=Translator())

    def books(self, appointment_id: str, start: datetime = NOW + timedelta(days=1), **wishes: Any) -> None:
        """The practice books it in its EMR."""
        self.schedule.booked[appointment_id] = pretend.booking(appointment_id, start, **wishes)

    def sweeps(self, count: int = 1) -> SyncReport:
        """Complete readings of the whole schedule, a day apart."""
        for _ in range(count):
            self.clock.advance(timedelta(hours=1))
            done = self.sync(full=True)
        return done

    def missing(self) -> dict[str, int]:
        return dict(self.query("select appointment_id, missing_reads from appointment"))


@pytest.fixture
def listed(database: Database, vault: Vault, practice_id: UUID) -> Listed:
    return Listed(database, vault, practice_id)
