"""What is read from an EMR: lists, changes, changed patients, single appointments. Each is counted and noted."""

from collections.abc import Callable

from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.storage import appointments, bookmarks, notices, sync_runs
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import Cause
from visitsync.sync.asking import pages_of
from visitsync.sync.cadence import LastReadings
from visitsync.sync.judging import judge_again
from visitsync.sync.keeping import flush, take_in_kept
from visitsync.sync.run import MISSING_FROM_LISTS, ONE_APPOINTMENT, Reading, Run
from visitsync.sync.take_in_catalog import retire_unlisted

Keep = Callable[[Run, FetchedPage, str | None], None]
"""Keeps one page: its bytes are committed before the next is asked for (keeping.keep)."""


def last_readings(run: Run) -> LastReadings:
    """When each reading last began and was complete."""
    began_at = run.start.began_at
    return LastReadings(
        changes_at=began_at.get("changes"),
        near_sweep_at=began_at.get("near sweep"),
        full_sweep_at=began_at.get("sweep"),
        catalog_at=began_at.get("catalog"),
        patient_changes_at=began_at.get("patient changes"),
    )


def read_catalog(run: Run, keep: Keep) -> None:
    """Appointment types, locations, practitioners; what is no longer listed is retired, what it touches is judged."""
    begin(run, "catalog")
    for page in run.link.connector.read_catalog():
        keep(run, page, None)
    flush(run)
    with run.link.database.practice(run.link.practice_id) as transaction:
        run.hold(transaction)
        retired = retire_unlisted(run, run.bench(transaction))
        run.look_again(transaction)
        if run.has_unknown:
            bookmarks.forget(transaction, run.link.connection_id, MISSING_FROM_LISTS)
        if retired.all_ids or run.catalog_changes:
            judge_after_lists(run, transaction)
    finish(run)


def note_missing_from_lists(run: Run) -> None:
    """The lists were read a moment ago: a later turn reads them, because something that is booked is not in them."""
    if MISSING_FROM_LISTS in run.start.bookmarks:
        return
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        bookmarks.save(transaction, link.connection_id, MISSING_FROM_LISTS, "", now=link.now())


def read_changes(run: Run, keep: Keep) -> None:
    """Appointments that the EMR says have changed, from where the last page was saved."""
    begin(run, "changes")
    for page in run.link.connector.read_changes(run.start.bookmarks.get("changes")):
        keep(run, page, "changes")
        run.link.tell("changes", run.tally.records)
    finish(run)


def read_patient_changes(run: Run, keep: Keep) -> None:
    """Patients whom the EMR says have changed: a corrected e-mail need not touch any appointment."""
    begin(run, "patient changes")
    for page in run.link.connector.read_patient_changes(run.start.bookmarks.get("patient changes")):
        keep(run, page, "patient changes")
    finish(run)


def read_one(run: Run, appointment_id: str, keep: Keep, *, urgency: Urgency) -> None:
    """One appointment now."""
    begin(run, ONE_APPOINTMENT)
    for page in pages_of(run, [appointment_id], urgency=urgency):
        keep(run, page, None)
    finish(run)


def begin(run: Run, kind: str) -> None:
    """From here on the run reads this, and counts for it."""
    run.reading = Reading(kind=kind, began_at=run.link.now())


def finish(run: Run, *, is_complete: bool = True, trouble: str | None = None) -> None:
    """Takes in what is still only kept, and notes how the present reading ended, in one transaction."""
    reading = run.reading
    if reading is None:
        return
    if is_complete:
        take_in_kept(run, and_then=lambda transaction: _note(run, reading, transaction, is_complete=True))
    else:
        with run.link.database.practice(run.link.practice_id) as transaction:
            _note(run, reading, transaction, is_complete=False, trouble=trouble)
    run.reading = None


def _note(
    run: Run, reading: Reading, transaction: Transaction, *, is_complete: bool, trouble: str | None = None
) -> None:
    if is_complete and (reading.notices or run.start.has_notices):
        notices.only(transaction, run.link.connection_id, reading.kind, reading.notices)
    sync_runs.note(
        transaction,
        run.link.connection_id,
        reading.tally.less(reading.counted),
        run_id=reading.id,
        kind=reading.kind,
        began_at=reading.began_at,
        is_complete=is_complete,
        now=run.link.now(),
        trouble=trouble,
    )


def judge_after_lists(run: Run, transaction: Transaction) -> None:
    """Judges again what a changed list may change: one practitioner's appointments, or all where a type changed."""
    kinds = set(run.catalog_changes)
    where = "connection_id = %(connection)s and outcome <> 'over'"
    if kinds == {RecordKind.PRACTITIONER}:
        where += " and practitioner_id = any(%(ids)s)"
    ids = [identity for changes in run.catalog_changes.values() for one in changes for identity in one.all_ids]
    parameters = {"connection": run.link.connection_id, "ids": ids}
    bench = run.bench(transaction)
    for batch in appointments.select(transaction, run.link.vault, where, parameters):
        run.decisions_changed += judge_again(bench, batch, Cause("EMR's lists changed"))
    run.catalog_changes.clear()
