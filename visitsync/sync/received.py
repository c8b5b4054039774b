"""A record on its way in: where it came from, whether its bytes are new, and where it goes if it makes no sense."""

import hashlib
from collections.abc import Sequence

import msgspec

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.pages import RawRecord, RecordKind, UnreadableRecord
from visitsync.storage import quarantine
from visitsync.sync.judging import Bench
from visitsync.sync.run import Run


class Received(msgspec.Struct, frozen=True, gc=False):
    """A record and the number of the answer it came in."""

    record: RawRecord
    intake_id: int


Unreadable = list[tuple[UnreadableRecord, int]]
"""Records that made no sense, each with the number of the answer it came in."""


def fingerprint_of(run: Run, record: RawRecord) -> bytes:
    """Sixteen bytes, equal only for the same bytes understood in the same way."""
    return hashlib.blake2b(record.body, digest_size=16, key=run.salt).digest()


def unreadable(record: RawRecord, position: int, error: RecordUnreadable) -> UnreadableRecord:
    """The record as it goes into quarantine."""
    return UnreadableRecord(kind=record.kind, position=position, body=record.body, reason=str(error), id=record.id)


def put_in_quarantine(run: Run, bench: Bench, bad: UnreadableRecord, intake_id: int) -> None:
    """Keeps it with its bytes and the reason; the others go on."""
    key = bad.id or quarantine.NAMELESS + hashlib.blake2b(bad.body, digest_size=8).hexdigest()
    quarantine.put(
        bench.transaction,
        bench.vault,
        bench.connection_id,
        kind=bad.kind,
        record_key=key,
        reason=bad.reason,
        raw=bad.body,
        intake_id=intake_id,
        now=bench.now,
    )
    run.quarantined.add(f"{bad.kind}/{key}")
    run.tally.unreadable += 1


def let_out_of_quarantine(run: Run, bench: Bench, kind: RecordKind, ids: Sequence[str]) -> None:
    """These were read well."""
    if not run.quarantined:
        return
    out = [identity for identity in ids if f"{kind}/{identity}" in run.quarantined]
    if out:
        quarantine.resolve(bench.transaction, bench.connection_id, kind, out, now=bench.now)
        run.quarantined -= {f"{kind}/{identity}" for identity in out}
