"""Reads the whole window independently of what changed, and finds what the EMR no longer has, never guessing."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.local_time import zone_named
from visitsync.rules.silence import TOO_QUIET
from visitsync.storage import appointments, bookmarks, patients, quarantine, sync_runs, wanted
from visitsync.storage.database import Transaction
from visitsync.storage.decisions import Cause
from visitsync.sync.cadence import RESUMABLE_FOR, SweepWindow
from visitsync.sync.judging import judge_again
from visitsync.sync.keeping import flush
from visitsync.sync.readings import Keep, finish
from visitsync.sync.run import Reading, Run
from visitsync.sync.take_in_appointments import bury
from visitsync.sync.visit_plan import UnsafePlan, refuse_unsafe

FULL, NEAR = "sweep", "near sweep"
SWEEPS_COMPARED, FEW_RECORDS, SUSPICIOUS_SHARE = 3, 20, 0.5
"""A full sweep is held against the middle one of at least so many, in a practice with at least so many entries."""
PATIENTS_AGAIN = timedelta(days=2)
"""A full sweep, which comes once a day, has the patients of visits this near read again."""


def sweep(run: Run, window: SweepWindow, keep: Keep) -> None:
    """Reads the window to its end; what two complete sweeps have not met is then wanted: to be asked for by its id.

    Raises UnsafePlan where a large share of what we hold was not met: such a sweep counts for nothing.
    """
    window, position = _resume_or_begin(run, window)
    for page in run.link.connector.read_window(window.first, window.last, position):
        keep(run, page, _stream(window))
        run.link.tell("schedule", run.tally.records)
    flush(run)
    _close(run, window)
    finish(run)


def _resume_or_begin(run: Run, window: SweepWindow) -> tuple[SweepWindow, str | None]:
    """Goes on with the sweep that a dead process left, or that an outage or the budget stopped; else begins anew."""
    link, kind, now = run.link, _stream(window), run.link.now()
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        left = sync_runs.unfinished(transaction, link.connection_id, kind, spoilt_by=UnsafePlan.code)
        if left is not None and left.first_day and left.last_day and now - left.started_at < RESUMABLE_FOR:
            run.reading = Reading(kind=kind, began_at=left.started_at, id=left.run_id)
            resumed = SweepWindow(first=left.first_day, last=left.last_day, is_full=window.is_full)
            return resumed, bookmarks.find(transaction, link.connection_id, kind)
        run.reading = Reading(kind=kind, began_at=now)
        sync_runs.forget_seen(transaction, link.connection_id)
        bookmarks.forget(transaction, link.connection_id, kind)
        days = (window.first, window.last)
        sync_runs.begin(transaction, link.connection_id, run_id=run.reading.id, kind=kind, now=now, days=days)
    return window, None


def _close(run: Run, window: SweepWindow) -> None:
    """Ends a sweep whose every page was kept. Only the EMR's own word about the one id ends a visit, never absence.

    Where it cannot be asked for one id, two complete sweeps are its word.
    """
    link = run.link
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        after, before = _inner_instants(window, run.practice.zone)
        missing = [] if run.is_first_load else _unseen(run, transaction, after, before)
        if not run.safety.is_off:
            held = appointments.count_between(transaction, link.connection_id, after, before)
            refuse_unsafe(len(missing), held)
        suspects = appointments.now_missing(transaction, link.connection_id, missing, now=link.now())
        if link.manifest.reads_single:
            # In this very transaction: a process that dies before it has asked leaves the question behind.
            wanted.want(transaction, link.connection_id, "appointment", dict.fromkeys(suspects, link.now()))
            run.has_news = run.has_news or bool(suspects)
        elif suspects:
            _bury_unlisted(run, transaction, suspects)
        _tell_of_missing(run, transaction, missing)
        if window.is_full:
            _notice_emptiness(run, transaction)
            _want_patients_again(run, transaction)
            _forget_nameless(run, transaction)
        sync_runs.forget_seen(transaction, link.connection_id)
        bookmarks.forget(transaction, link.connection_id, _stream(window))


def _unseen(run: Run, transaction: Transaction, after: datetime, before: datetime) -> list[str]:
    """What we hold and this sweep has not met. (The first load compares with nothing: all we hold, it brought.)"""
    return sync_runs.unseen(transaction, run.link.connection_id, _reading(run).id, after, before)


def _tell_of_missing(run: Run, transaction: Transaction, missing: Sequence[str]) -> None:
    if missing:
        stored = appointments.find(transaction, run.link.vault, run.link.connection_id, missing)
        run.decisions_changed += judge_again(run.bench(transaction), stored, Cause("not met by a sweep"))


def _bury_unlisted(run: Run, transaction: Transaction, ids: Sequence[str]) -> None:
    """Raises UnsafePlan where too many visits would go. What is over stays what it was."""
    bench, now = run.bench(transaction), run.link.now()
    known = appointments.known(transaction, bench.connection_id, ids)
    stored = appointments.find(transaction, bench.vault, bench.connection_id, ids)
    to_come = [one.appointment.id for one in stored if one.appointment.end > now]
    if to_come:
        bury(run, bench, to_come, known, Cause("no longer in the EMR's schedule", "two complete readings"))
    appointments.known_gone(transaction, bench.connection_id, ids, now=now)


def _notice_emptiness(run: Run, transaction: Transaction) -> None:
    """H8: all seems well, and the schedule has far fewer entries than it had on other days."""
    usual = sync_runs.usual_records(transaction, run.link.connection_id, FULL, at_least=SWEEPS_COMPARED)
    if usual is not None and usual >= FEW_RECORDS and run.tally.records < SUSPICIOUS_SHARE * usual:
        run.notice(transaction, TOO_QUIET)


def _want_patients_again(run: Run, transaction: Transaction) -> None:
    """Charts have no sweep of their own: before each visit its patient is read once more, changed or not.

    So is whoever stands in the way of it by sharing an address: that chart may have been merged or removed since.
    """
    link, now = run.link, run.link.now()
    soon = appointments.patients_between(transaction, link.connection_id, now, now + PATIENTS_AGAIN)
    sharing = patients.sharing_with(transaction, link.connection_id, list(soon)) - soon.keys()
    wanted.want(transaction, link.connection_id, "patient", soon | dict.fromkeys(sharing, now + PATIENTS_AGAIN))
    run.has_news = run.has_news or bool(soon)


def _forget_nameless(run: Run, transaction: Transaction) -> None:
    """Records whose ids could not be read when last met: by now they were met with their ids, or are gone."""
    began_at = _reading(run).began_at
    kind = RecordKind.APPOINTMENT
    quarantine.resolve_nameless(transaction, run.link.connection_id, kind, unseen_since=began_at)


def _inner_instants(window: SweepWindow, zone: str) -> tuple[datetime, datetime]:
    """The window less a day at each end: locations in other zones begin and end their days at other instants."""
    tz = zone_named(zone)
    after = datetime.combine(window.first + timedelta(days=1), time(), tz)
    before = datetime.combine(window.last, time(), tz)
    return after.astimezone(UTC), before.astimezone(UTC)


def _stream(window: SweepWindow) -> str:
    return FULL if window.is_full else NEAR


def _reading(run: Run) -> Reading:
    assert run.reading is not None  # noqa: S101  # a sweep is under way
    return run.reading
