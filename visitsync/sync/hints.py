"""A push from an EMR is only a hint where to look: kept as raw bytes, turned into what must be read, then read."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.connector_kit.errors import ConnectorError
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.storage import intake, patients, quarantine, wanted
from visitsync.storage.database import Transaction
from visitsync.storage.vault import Vault
from visitsync.sync.keeping import keep
from visitsync.sync.link import Link
from visitsync.sync.readings import finish
from visitsync.sync.report import SyncReport, report, troubled
from visitsync.sync.run import join
from visitsync.sync.visit_plan import UnsafePlan
from visitsync.sync.wanting import read_wanted

SOURCE = "webhook"


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """What a push points at: an appointment or a patient, by the vendor's id."""

    kind: RecordKind
    id: str


def receive(
    transaction: Transaction,
    vault: Vault,
    connection_id: UUID,
    *,
    body: bytes,
    media_type: str,
    delivery_id: str | None,
    hints: Sequence[Hint] | None,
    now: datetime,
) -> bool:
    """Keeps a push and what it points at; True if something is to be read. One delivered before changes nothing.

    `hints` is None where the push made no sense: it is set aside for a person.
    """
    page = FetchedPage(kind=RecordKind.APPOINTMENT, body=body, media_type=media_type)
    intake_id = intake.receive(
        transaction, vault, connection_id, page, source=SOURCE, run_id=None, now=now, delivery_id=delivery_id
    )
    if intake_id is None:
        return False
    if hints is None:
        quarantine.put(
            transaction, vault, connection_id, kind=SOURCE, record_key=str(intake_id),
            reason="a push that makes no sense", raw=body, intake_id=intake_id, now=now,
        )  # fmt: skip
    intake.took_in(transaction, [intake_id], now=now)
    return _want(transaction, connection_id, hints or (), now)


def take_hints(link: Link) -> SyncReport:
    """Reads what pushes pointed at, with the details and patients it needs, beside whatever else goes on."""
    run = join(link)
    try:
        read_wanted(run, keep)
    except (ConnectorError, UnsafePlan) as trouble:
        finish(run, is_complete=False, trouble=trouble.code)
        return troubled(run, trouble)
    return report(run)


def _want(transaction: Transaction, connection_id: UUID, hints: Sequence[Hint], now: datetime) -> bool:
    """Patients whom no telemedicine appointment needs are nobody's business: they are not read."""
    ids = [hint.id for hint in hints if hint.kind is RecordKind.PATIENT]
    needed = list(patients.fingerprints(transaction, connection_id, ids)) if ids else []
    booked = [hint.id for hint in hints if hint.kind is RecordKind.APPOINTMENT]
    wanted.want(transaction, connection_id, "patient", dict.fromkeys(needed, now))
    wanted.want(transaction, connection_id, "appointment", dict.fromkeys(booked, now))
    return bool(needed or booked)
