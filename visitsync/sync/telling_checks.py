"""Tells whoever asked for a check how far it is: written by the worker that carries it out."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.connector_kit.errors import ConnectorError, TryAgainLater
from visitsync.domain.reasons import TROUBLE_OF_UNKNOWN_KIND
from visitsync.storage import asked_checks
from visitsync.storage.database import Database
from visitsync.sync.link import Link
from visitsync.sync.report import SyncReport


class Telling(msgspec.Struct, kw_only=True):
    """What the worker has to say of one check so far."""

    database: Database
    practice_id: UUID
    connection_id: UUID
    appointment_id: str
    link: Link | None = None
    trouble: str | None = None
    try_again_at: datetime | None = None

    def begins(self, link: Link) -> None:
        """The EMR is being asked from now on."""
        self.link = link
        with self.database.practice(self.practice_id) as transaction:
            asked_checks.begun(transaction, self.connection_id, self.appointment_id, now=link.now())

    def ends(self, report: SyncReport) -> None:
        """It came to its end, or something stopped it that the report names."""
        self.trouble, self.try_again_at = report.trouble, report.try_again_at


@contextmanager
def telling(database: Database, practice_id: UUID, connection_id: UUID, appointment_id: str) -> Iterator[Telling]:
    """Around a worker's check; whatever is raised inside is told as its trouble, and passes through."""
    told = Telling(
        database=database, practice_id=practice_id, connection_id=connection_id, appointment_id=appointment_id
    )
    try:
        yield told
    except Exception as error:
        told.trouble = error.code if isinstance(error, ConnectorError) else TROUBLE_OF_UNKNOWN_KIND
        told.try_again_at = error.until if isinstance(error, TryAgainLater) else None
        raise
    finally:
        _note_end(told)


def _note_end(told: Telling) -> None:
    with told.database.practice(told.practice_id) as transaction:
        asked_checks.ended(
            transaction,
            told.connection_id,
            told.appointment_id,
            trouble=told.trouble,
            try_again_at=told.try_again_at,
            now=told.link.now() if told.link else None,
        )
