"""The way of a booking, on one page: fetch, keep the raw bytes, translate, decide, plan the visit, save.

This page decides nothing and understands nothing: connectors fetch and translate, rules decide, storage keeps.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ConnectorError,
    ForbiddenAddress,
    NeedsPermission,
    RequestRefused,
)
from visitsync.connector_kit.limits import Urgency
from visitsync.rules.silence import TOO_QUIET, is_too_quiet
from visitsync.sync.cadence import catalog_due, patient_changes_due, sweep_due
from visitsync.sync.charts_again import want_charts_again
from visitsync.sync.keeping import flush, keep, take_in_leftovers
from visitsync.sync.link import Link
from visitsync.sync.messages import take_in_messages
from visitsync.sync.pushed_remains import forget_what_was_pushed
from visitsync.sync.readings import (
    finish,
    last_readings,
    note_missing_from_lists,
    read_catalog,
    read_changes,
    read_one,
    read_patient_changes,
)
from visitsync.sync.recheck import recheck_one, recheck_what_time_changed
from visitsync.sync.report import SyncReport, healthy, report, troubled
from visitsync.sync.run import Run, claim, join
from visitsync.sync.sweeping import sweep
from visitsync.sync.visit_plan import UnsafePlan
from visitsync.sync.wanting import read_charts_of, read_wanted

OF_ONE_QUESTION = (AnswerUnreadable, NeedsPermission, RequestRefused, ForbiddenAddress)
"""An outage, a budget that is used up or a lost sign-in would meet every question; these need not."""


def sync(link: Link, *, full: bool = False, cancellations_accepted: bool = False) -> SyncReport:
    """One complete turn: what a dead process left, the EMR's lists, changes, the sweep if due, what judging needs.

    Whatever stops it is in the report and on the connection, never lost; what was kept until then stays.
    Raises LostTheConnection where another worker took over, StorageUnavailable where nothing can be kept.
    """
    run = claim(link, cancellations_accepted=cancellations_accepted)
    try:
        refused = _turn(run, full=full)
        return healthy(run, worry=_worry(run)) if refused is None else troubled(run, refused)
    except (ConnectorError, UnsafePlan) as trouble:
        stopped = _stopped(run, trouble)
        _let_time_pass(run)
        return stopped


def check_again(link: Link, appointment_id: str) -> SyncReport:
    """One appointment now, with the details and the patient it needs: somebody waits for the answer.

    An EMR that only pushes is not asked: what it has sent is taken in, and the appointment is judged again.
    """
    run = join(link)
    try:
        if link.manifest.is_listed or link.manifest.reads_single:
            read_one(run, appointment_id, keep, urgency=Urgency.PERSON_WAITS)
        else:
            take_in_messages(run)
            recheck_one(run, appointment_id)
        read_charts_of(run, appointment_id, keep)
        read_wanted(run, keep)
    except (ConnectorError, UnsafePlan) as trouble:
        return _stopped(run, trouble)
    return report(run)


def _turn(run: Run, *, full: bool) -> ConnectorError | UnsafePlan | None:
    """All that is due, one after the other; a question that the EMR answers badly does not keep us from the others.

    Returns what such a question ended with.
    """
    last, now = last_readings(run), run.link.now()
    if run.start.has_leftovers:
        take_in_leftovers(run)
    refused: ConnectorError | None = None
    held = take_in_messages(run)
    reads_lists = full or catalog_due(last, now)
    if reads_lists:
        refused = _try(run, lambda: read_catalog(run, keep))
    window = None
    if run.link.manifest.is_listed:
        refused = _try(run, lambda: read_changes(run, keep)) or refused
        months = run.practice.connection.sync_months
        window = sweep_due(run.link.manifest, last, run.practice.zone, now, months=months, full=full)
    if window is not None:
        refused = _try(run, partial(sweep, run, window, keep)) or refused
    if run.has_unknown and not reads_lists:
        if catalog_due(last, now, has_unknown=True):
            refused = _try(run, lambda: read_catalog(run, keep)) or refused
        else:
            note_missing_from_lists(run)
    if run.link.manifest.reads_patients and (full or patient_changes_due(run.link.manifest, last, now)):
        refused = _try(run, lambda: read_patient_changes(run, keep)) or refused
        want_charts_again(run)
    refused = _try(run, lambda: read_wanted(run, keep)) or refused
    if run.start.is_recheck_due or window is not None:
        recheck_what_time_changed(run)
    if not run.link.manifest.is_listed:
        forget_what_was_pushed(run)
    return held or refused


def _worry(run: Run) -> str | None:
    """Where nothing can be read, only silence tells that messages no longer arrive."""
    facts = run.practice.connection
    if run.link.manifest.is_listed or facts.last_complete_read_at is None:
        return None
    return TOO_QUIET if is_too_quiet(facts.last_complete_read_at, run.link.now(), run.practice) else None


def _try(run: Run, read: Callable[[], None]) -> ConnectorError | None:
    """Reads one thing. Returns what it ended with where that says nothing about other things; else raises it."""
    try:
        read()
    except OF_ONE_QUESTION as refusal:
        flush(run)
        finish(run, is_complete=False, trouble=refusal.code)
        return refusal
    return None


def _let_time_pass(run: Run) -> None:
    """What time alone changes needs no EMR: visits end during its outages, too."""
    if run.start.is_recheck_due:
        with suppress(UnsafePlan):
            recheck_what_time_changed(run)


def _stopped(run: Run, trouble: ConnectorError | UnsafePlan) -> SyncReport:
    """Takes in what had come until then, where that is possible, and notes what stopped the run."""
    try:
        flush(run)
    except (ConnectorError, UnsafePlan) as worse:
        trouble = worse
    finish(run, is_complete=False, trouble=trouble.code)
    return troubled(run, trouble)
