"""Charts that keep a visit from being made are read again, changed or not: the nearest visits' often, others daily.

Where the EMR tells which charts have changed, that is how a correction is noticed, and this is only the daily look that
finds what was not told. Where it tells nothing, this is the only way, and as quick as a correction is promised to show.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from visitsync.domain.local_time import zone_named
from visitsync.domain.reasons import REASONS
from visitsync.storage import appointments, patients, sync_runs, wanted
from visitsync.storage.database import Transaction
from visitsync.sync.cadence import sweep_window
from visitsync.sync.run import Run

ALL_AGAIN = timedelta(hours=24)
MOST_AT_ONCE = 200
"""So many charts at most in one round, the nearest first: the EMR's budget is for the schedule."""
ALL_CHARTS = "all charts again"
NOT_IN_THE_CHART = frozenset({"held-slot", "no-patient", "test-visit", "provider-npi-missing"})
IN_THE_CHART = frozenset(reason.code for reason in REASONS.values() if reason.cause[0] in "BC") - NOT_IN_THE_CHART
"""Reasons that a correction of the patient's record can remove."""


def want_charts_again(run: Run) -> None:
    """Wants the charts that something is found in, and those that share an address with them."""
    link, now = run.link, run.link.now()
    is_for_all = _is_due(run, now)
    if link.manifest.tells_patient_changes and not is_for_all:
        return
    until = None if is_for_all else _end_of_fast_lane(run, now)
    with link.database.practice(link.practice_id) as transaction:
        run.hold(transaction)
        needed_by = _charts(run, transaction, now, until)
        sharing = patients.sharing_with(transaction, link.connection_id, list(needed_by)) - needed_by.keys()
        latest = max(needed_by.values(), default=now)
        wanted.want(transaction, link.connection_id, "patient", {**dict.fromkeys(sharing, latest), **needed_by})
        if is_for_all:
            sync_runs.note_last(transaction, link.connection_id, ALL_CHARTS, at=now)
    run.has_news = run.has_news or bool(needed_by)


def _is_due(run: Run, now: datetime) -> bool:
    last = run.start.began_at.get(ALL_CHARTS)
    return last is None or now - last >= ALL_AGAIN


def _charts(run: Run, transaction: Transaction, now: datetime, until: datetime | None) -> Mapping[str, datetime]:
    """Patient → start of the first visit that their chart stands against."""
    held = appointments.findings_of_patients(transaction, run.link.connection_id, after=now, before=until)
    needed_by: dict[str, datetime] = {}
    for patient_id, start, findings in held:  # the nearest first
        if patient_id not in needed_by and any(finding.code in IN_THE_CHART for finding in findings):
            needed_by[patient_id] = start
        if len(needed_by) == MOST_AT_ONCE:
            break
    return needed_by


def _end_of_fast_lane(run: Run, now: datetime) -> datetime:
    zone, months = run.practice.zone, run.practice.connection.sync_months
    last = sweep_window(zone, now, months=months, is_full=False).last
    return datetime.combine(last + timedelta(days=1), time(), zone_named(zone))
