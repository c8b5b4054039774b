"""The way of a booking, on one page: fetch, keep the raw bytes, translate, decide, plan the visit, save.

This page decides nothing and understands nothing: connectors fetch and translate, rules decide, storage keeps.
"""

from visitsync.connector_kit.errors import AnswerUnreadable, ConnectorError
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage
from visitsync.storage import bookmarks, intake, quarantine
from visitsync.sync.cadence import catalog_due, sweep_due
from visitsync.sync.link import Link
from visitsync.sync.readings import finish, last_readings, read_catalog, read_changes, read_one, read_patient_changes
from visitsync.sync.recheck import recheck_what_time_changed
from visitsync.sync.report import SyncReport, healthy, report, troubled
from visitsync.sync.run import Run, claim, join
from visitsync.sync.sweeping import sweep
from visitsync.sync.take_in import take_in
from visitsync.sync.visit_plan import UnsafePlan
from visitsync.sync.wanting import read_wanted


def sync(link: Link, *, full: bool = False, cancellations_accepted: bool = False) -> SyncReport:
    """One complete turn: what a dead process left, the EMR's lists, changes, the sweep if due, what judging needs.

    Whatever stops it is in the report and on the connection, never lost; what was kept until then stays.
    Raises LostTheConnection where another worker took over, StorageUnavailable where nothing can be kept.
    """
    run = claim(link, cancellations_accepted=cancellations_accepted)
    try:
        _take_in_what_was_left(run)
        last = last_readings(run)
        if full or catalog_due(last, link.now()):
            read_catalog(run, keep)
        read_changes(run, keep)
        months = run.practice.connection.sync_months
        window = sweep_due(link.manifest, last, run.practice.zone, link.now(), months=months, full=full)
        if window is not None:
            sweep(run, window, keep)
        read_patient_changes(run, keep)
        read_wanted(run, keep)
        recheck_what_time_changed(run)
    except (ConnectorError, UnsafePlan) as trouble:
        if run.reading:
            finish(run, is_complete=False, trouble=trouble.code)
        return troubled(run, trouble)
    return healthy(run)


def check_again(link: Link, appointment_id: str) -> SyncReport:
    """One appointment now, with the details and the patient it needs: somebody waits for the answer."""
    run = join(link)
    try:
        read_one(run, appointment_id, keep, urgency=Urgency.PERSON_WAITS)
        read_wanted(run, keep)
    except (ConnectorError, UnsafePlan) as trouble:
        if run.reading:
            finish(run, is_complete=False, trouble=trouble.code)
        return troubled(run, trouble)
    return report(run)


def keep(run: Run, page: FetchedPage, stream: str | None) -> None:
    """One answer of the EMR: its raw bytes first, then everything it says together with the bookmark after it."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        intake_id = intake.receive(
            transaction,
            link.vault,
            link.connection_id,
            page,
            source=stream or "",
            run_id=run.reading_id,
            now=link.now(),
        )
    if intake_id is not None:
        _take_in_and_move_on(run, page, intake_id, stream)


def _take_in_and_move_on(run: Run, page: FetchedPage, intake_id: int, stream: str | None) -> None:
    link = run.link
    try:
        with link.database.practice(link.practice_id) as transaction:
            run.hold(transaction)
            take_in(run, run.bench(transaction), page, intake_id)
            intake.took_in(transaction, intake_id, now=link.now())
            if stream and page.bookmark is not None:
                bookmarks.save(transaction, link.connection_id, stream, page.bookmark, now=link.now())
    except (AnswerUnreadable, UnsafePlan) as refusal:
        _set_aside(run, page, intake_id, refusal.code)
        raise


def _set_aside(run: Run, page: FetchedPage, intake_id: int, reason: str) -> None:
    """An answer of which nothing may be taken in is kept for a person; the bookmark stays, so it is asked for again."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        quarantine.put(
            transaction,
            link.vault,
            link.connection_id,
            kind="answer",
            record_key=str(intake_id),
            reason=reason,
            raw=page.body,
            intake_id=intake_id,
            now=link.now(),
        )
        intake.took_in(transaction, intake_id, now=link.now())


def _take_in_what_was_left(run: Run) -> None:
    """Answers whose bytes were kept before a process died: read from storage, not from the EMR again."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        left = list(intake.waiting(transaction, link.vault, link.connection_id))
    for one in left:
        _take_in_and_move_on(run, one.page, one.intake_id, None)
