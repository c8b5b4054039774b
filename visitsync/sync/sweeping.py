"""Reads the whole window independently of what changed, and finds what the EMR no longer has, never guessing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from visitsync.connector_kit.limits import Urgency
from visitsync.domain.local_time import zone_named
from visitsync.storage import appointments, bookmarks, sync_runs
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import Cause
from visitsync.storage.sync_runs import SyncRun, Tally
from visitsync.sync.cadence import RESUMABLE_FOR, SweepWindow
from visitsync.sync.judging import judge_again
from visitsync.sync.readings import Keep, begin, bookmark, finish
from visitsync.sync.run import Run
from visitsync.sync.visit_plan import refuse_unsafe

FULL, NEAR = "sweep", "near sweep"


def sweep(run: Run, window: SweepWindow, keep: Keep) -> None:
    """Reads the window to its end; then asks by id for what two complete sweeps have not met.

    Raises UnsafePlan where a large share of what we hold was not met: such a sweep counts for nothing.
    """
    window = _resume_or_begin(run, window)
    for page in run.link.connector.read_window(window.first, window.last, bookmark(run, _stream(window))):
        keep(run, page, _stream(window))
        run.link.tell("schedule", run.tally.records)
    suspects = _close(run, window)
    finish(run)
    _ask_by_id(run, suspects, keep)


def _resume_or_begin(run: Run, window: SweepWindow) -> SweepWindow:
    """Goes on with the sweep that a dead process left, page for page; else begins anew."""
    link = run.link
    left = None
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        found = sync_runs.unfinished(transaction, link.connection_id, _stream(window))
        if found is not None and found.first_day and found.last_day and _is_fresh(found, link.now()):
            left = found
        else:
            sync_runs.forget_seen(transaction, link.connection_id)
            bookmarks.forget(transaction, link.connection_id, _stream(window))
    if left is None:
        begin(run, _stream(window), window)
        return window
    run.reading, run.reading_id, run.tally = left.kind, left.run_id, Tally()
    return SweepWindow(first=_day(left.first_day), last=_day(left.last_day), is_full=window.is_full)


def _close(run: Run, window: SweepWindow) -> list[str]:
    """Ends a sweep whose every page was kept; returns the appointments that must be asked for by id."""
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        after, before = _inner_instants(window, run.practice.zone)
        missing = sync_runs.unseen(transaction, link.connection_id, run.reading_id, after, before)
        if not run.safety.is_off:
            held = appointments.count_between(transaction, link.connection_id, after, before)
            refuse_unsafe(len(missing), held)
        suspects = appointments.now_missing(transaction, link.connection_id, missing, now=link.now())
        _tell_of_missing(run, transaction, missing)
        sync_runs.forget_seen(transaction, link.connection_id)
        bookmarks.forget(transaction, link.connection_id, _stream(window))
    return suspects


def _tell_of_missing(run: Run, transaction: Transaction, missing: Sequence[str]) -> None:
    if missing:
        stored = appointments.find(transaction, run.link.connection_id, missing)
        run.decisions_changed += judge_again(run.bench(transaction), stored, Cause("not met by a sweep"))


def _ask_by_id(run: Run, suspects: Sequence[str], keep: Keep) -> None:
    """Only the EMR's own word about the one id ends a visit; absence from a list never does."""
    if not suspects:
        return
    begin(run, "missing appointments")
    for identity in suspects:
        for page in run.link.connector.read_appointment(identity, urgency=Urgency.ROUTINE):
            keep(run, page, None)
    finish(run)


def _inner_instants(window: SweepWindow, zone: str) -> tuple[datetime, datetime]:
    """The window less a day at each end: locations in other zones begin and end their days at other instants."""
    tz = zone_named(zone)
    after = datetime.combine(window.first + timedelta(days=1), time(), tz)
    before = datetime.combine(window.last, time(), tz)
    return after.astimezone(UTC), before.astimezone(UTC)


def _stream(window: SweepWindow) -> str:
    return FULL if window.is_full else NEAR


def _is_fresh(left: SyncRun, now: datetime) -> bool:
    return now - left.started_at < RESUMABLE_FOR


def _day(day: date | None) -> date:
    assert day is not None  # noqa: S101  # a sweep always notes its days
    return day
