"""An occurrence of a series that somebody touches may come under another number: the one it had is asked for at once.

Else its visit would stand beside the new one until two sweeps have missed it.
"""

from collections.abc import Sequence
from datetime import timedelta

from visitsync.domain.appointment import Appointment
from visitsync.storage import appointments, wanted
from visitsync.sync.judging import Bench, Case
from visitsync.sync.run import Run

NEAR = timedelta(days=8)
"""Occurrences further away than this are left to the sweep: asking for all of a long series costs too much."""


def want_what_they_were(run: Run, bench: Bench, cases: Sequence[Case]) -> None:
    """Wants the occurrences that these, new among those we know of their series, may have been until now."""
    new = [case.appointment for case in cases if case.known is None and case.appointment.series_id is not None]
    if not new or run.is_first_load:
        return
    starts = [one.start.instant for one in new]
    where = """connection_id = %(connection)s and patient_id = any(%(patients)s) and first_seen_at < %(before)s
               and start_at >= %(first)s and start_at <= %(last)s and outcome not in ('over', 'cancelled')"""
    parameters = {
        "connection": bench.connection_id,
        "patients": sorted({one.patient_id or "" for one in new}),
        "before": run.reading.began_at if run.reading is not None else bench.now,
        "first": min(starts) - NEAR,
        "last": max(starts) + NEAR,
    }
    old = [
        one.appointment
        for batch in appointments.select(bench.transaction, bench.vault, where, parameters)
        for one in batch
        if any(_may_have_been(one.appointment, each) for each in new)
    ]
    wanted.want(bench.transaction, bench.connection_id, "appointment", {one.id: bench.now for one in old})


def _may_have_been(before: Appointment, now: Appointment) -> bool:
    return (
        before.series_id == now.series_id
        and before.id != now.id
        and abs(before.start.instant - now.start.instant) <= NEAR
    )
