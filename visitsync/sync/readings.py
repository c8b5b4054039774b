"""What is read from an EMR: lists, changes, changed patients, single appointments. Each reading is counted and kept."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.storage import appointments, bookmarks, sync_runs
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import Cause
from visitsync.storage.sync_runs import Tally
from visitsync.sync.cadence import LastReadings, SweepWindow
from visitsync.sync.judging import judge_again
from visitsync.sync.run import Run
from visitsync.sync.take_in import retire_unlisted

Keep = Callable[[Run, FetchedPage, str | None], None]
"""Keeps one page: stored, taken in, and the bookmark of that stream moved, so that a crash never skips it."""


def last_readings(run: Run) -> LastReadings:
    """When each reading last began and was complete."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:

        def began(kind: str) -> datetime | None:
            reading = sync_runs.latest(transaction, link.connection_id, kind, only_complete=True)
            return None if reading is None else reading.started_at

        return LastReadings(
            changes_at=began("changes"),
            near_sweep_at=began("near sweep"),
            full_sweep_at=began("sweep"),
            catalog_at=began("catalog"),
        )


def read_catalog(run: Run, keep: Keep) -> None:
    """Appointment types, locations, practitioners; what is no longer listed is retired, what it touches is judged."""
    begin(run, "catalog")
    for page in run.link.connector.read_catalog():
        keep(run, page, None)
    with run.link.database.practice(run.link.practice_id) as transaction:
        run.hold(transaction)
        retired = retire_unlisted(run, run.bench(transaction))
        run.look_again(transaction)
        if retired.all_ids or run.catalog_changes:
            _judge_after_catalog(run, transaction)
    finish(run)


def read_changes(run: Run, keep: Keep) -> None:
    """Appointments that the EMR says have changed, from where the last page was saved."""
    begin(run, "changes")
    for page in run.link.connector.read_changes(bookmark(run, "changes")):
        keep(run, page, "changes")
        run.link.tell("changes", run.tally.records)
    finish(run)


def read_patient_changes(run: Run, keep: Keep) -> None:
    """Patients whom the EMR says have changed: a corrected e-mail need not touch any appointment."""
    begin(run, "patient changes")
    for page in run.link.connector.read_patient_changes(bookmark(run, "patient changes")):
        keep(run, page, "patient changes")
    finish(run)


def read_one(run: Run, appointment_id: str, keep: Keep, *, urgency: Urgency) -> None:
    """One appointment now."""
    begin(run, "one appointment")
    for page in run.link.connector.read_appointment(appointment_id, urgency=urgency):
        keep(run, page, None)
    finish(run)


def begin(run: Run, kind: str, window: SweepWindow | None = None) -> None:
    """Notes that a reading starts; from here on the run counts for it."""
    run.reading, run.reading_id, run.tally = kind, uuid4(), Tally()
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        sync_runs.begin(
            transaction,
            link.connection_id,
            run_id=run.reading_id,
            kind=kind,
            now=link.now(),
            days=(window.first, window.last) if window else None,
        )


def finish(run: Run, *, is_complete: bool = True, trouble: str | None = None) -> None:
    """Notes how the present reading ended."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        sync_runs.finish(
            transaction, run.reading_id, run.tally, is_complete=is_complete, now=link.now(), trouble=trouble
        )
    run.reading = ""


def bookmark(run: Run, stream: str) -> str | None:
    """Where that stream resumes."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        return bookmarks.find(transaction, link.connection_id, stream)


def _judge_after_catalog(run: Run, transaction: Transaction) -> None:
    """Judges again what a changed list may change: one practitioner's appointments, or all where a type changed."""
    kinds = set(run.catalog_changes)
    where = "connection_id = %(connection)s and outcome <> 'over'"
    if kinds == {RecordKind.PRACTITIONER}:
        where += " and practitioner_id = any(%(ids)s)"
    ids = [identity for changes in run.catalog_changes.values() for one in changes for identity in one.all_ids]
    parameters = {"connection": run.link.connection_id, "ids": ids}
    bench = run.bench(transaction)
    for batch in appointments.select(transaction, where, parameters):
        run.decisions_changed += judge_again(bench, batch, Cause("EMR's lists changed"))
    run.catalog_changes.clear()
