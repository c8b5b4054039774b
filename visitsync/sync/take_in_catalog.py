"""Takes in what the EMR lists: appointment types, locations, practitioners."""

from collections.abc import Sequence

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.pages import CATALOG_KINDS, RecordKind
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog
from visitsync.storage.catalog import CatalogChange
from visitsync.sync.judging import Bench
from visitsync.sync.received import Received, Unreadable, unreadable
from visitsync.sync.run import MESSAGES, Run

MANY_GONE, LARGE_SHARE = 2, 0.25


def take_in_catalog(run: Run, bench: Bench, kind: RecordKind, received: Sequence[Received]) -> Unreadable:
    entries: dict[str, CatalogEntry] = {}
    bad: Unreadable = []
    for position, one in enumerate(received):
        try:
            entry = run.link.translator.catalog_entry(one.record, run.translation)
        except RecordUnreadable as error:
            bad.append((unreadable(one.record, position, error), one.intake_id))
            continue
        entries[entry.id] = entry
    change = catalog.save(
        bench.transaction,
        bench.connection_id,
        kind,
        list(entries.values()),
        now=bench.now,
        only_news=run.reading is not None and run.reading.kind == MESSAGES,  # messages name the same again and again
    )
    run.note_catalog(kind, [one.record.id for one in received], change)
    return bad


def retire_unlisted(run: Run, bench: Bench) -> CatalogChange:
    """After the EMR's lists were read to their end: what they no longer name is retired, if they are lists at all."""
    retired: list[str] = []
    if not run.link.manifest.lists_are_complete:
        return CatalogChange()
    for kind in CATALOG_KINDS & set(run.listed):
        change = catalog.retire_unlisted(
            bench.transaction, bench.connection_id, kind, sorted(run.listed[kind]), now=bench.now
        )
        retired += change.retired
    _notice_what_is_hidden(run, bench)
    return CatalogChange(retired=tuple(retired))


def _notice_what_is_hidden(run: Run, bench: Bench) -> None:
    """G3: one provider may leave; when several are gone at once, the connecting user may no longer see them."""
    share = catalog.unlisted_share(bench.transaction, bench.connection_id)
    counted = [share.get(kind, (0, 0)) for kind in (RecordKind.PRACTITIONER, RecordKind.LOCATION)]
    if any(gone >= MANY_GONE and gone >= LARGE_SHARE * all_ for gone, all_ in counted):
        run.notice(bench.transaction, "connection-sees-less")
