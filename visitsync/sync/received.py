"""A record on its way in: where it came from, whether its bytes are new, and where it goes if it makes no sense."""

import hashlib
from collections import Counter
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


def put_in_quarantine(run: Run, bench: Bench, unreadable: Unreadable) -> None:
    """Keeps them with their bytes and the reasons; the others go on.

    Where no id can be read the bytes are the name; of equal ones in one answer each is counted.
    """
    alike: Counter[tuple[int, bytes]] = Counter()
    for bad, intake_id in unreadable:
        alike[intake_id, bad.body] += 1
        _put(run, bench, bad, intake_id, key=bad.id or _named_by(bad.body, alike[intake_id, bad.body]))


def _named_by(body: bytes, copy: int) -> str:
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    return quarantine.NAMELESS + (digest if copy == 1 else f"{digest} {copy}")


def _put(run: Run, bench: Bench, bad: UnreadableRecord, intake_id: int, *, key: str) -> None:
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
