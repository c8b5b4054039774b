"""When the EMR has merged two charts: whatever belonged to the one that is given up moves to the one that survives."""

from collections.abc import Collection, Sequence

from visitsync.domain.patient import Patient, PatientStatus
from visitsync.storage import appointments, patients, visits
from visitsync.storage.decisions import Cause
from visitsync.sync.judging import Bench, Case, judge_read

LONGEST_CHAIN = 8
"""Charts merged into charts that were merged; more than this is a circle."""


def survivors(bench: Bench, patient_ids: Collection[str]) -> dict[str, str]:
    """Chart → the one that survives it, for those of these charts that were merged."""
    merged: dict[str, str] = {}
    look_at = set(patient_ids)
    for _ in range(LONGEST_CHAIN):
        found = patients.find(bench.transaction, bench.vault, bench.connection_id, sorted(look_at - merged.keys()))
        steps = _steps([one.patient for one in found.values()])
        if not steps:
            break
        merged |= steps
        look_at = set(steps.values())
    return {chart: _end_of(chart, merged) for chart in patient_ids if chart in merged}


def follow_merges(bench: Bench, read: Sequence[Patient]) -> int:
    """Moves appointments and visits of charts that were just merged; returns how many decisions changed by that.

    The visit goes on: its link stays good. Nobody else's visit is touched.
    """
    into = survivors(bench, _steps(read).keys())
    if not into:
        return 0
    where = """connection_id = %(connection)s and outcome <> 'over' and (patient_id = any(%(charts)s)
               or appointment_id in (select appointment_id from group_member where practice_id = %(practice)s
                                     and connection_id = %(connection)s and patient_id = any(%(charts)s)))"""
    parameters = {"connection": bench.connection_id, "charts": sorted(into)}
    stored = [one for batch in appointments.select(bench.transaction, bench.vault, where, parameters) for one in batch]
    if not stored:
        return 0
    known = appointments.known(bench.transaction, bench.connection_id, [one.appointment.id for one in stored])
    visits.follow_merges(bench.transaction, bench.connection_id, into, now=bench.now)
    cases = [
        Case(
            appointment=one.appointment.moved(into),
            known=known[one.appointment.id],
            fingerprint=known[one.appointment.id].fingerprint,
            raw=appointments.raw_bytes(bench.transaction, bench.vault, bench.connection_id, one.appointment.id),
            intake_id=one.intake_id,
        )
        for one in stored
    ]
    return judge_read(bench, cases, Cause("charts merged"))


def _steps(read: Collection[Patient]) -> dict[str, str]:
    return {
        one.id: one.merged_into_id
        for one in read
        if one.status is PatientStatus.MERGED and one.merged_into_id and one.merged_into_id != one.id
    }


def _end_of(chart: str, merged: dict[str, str]) -> str:
    """Where a chain of merges ends; a circle ends where it closes."""
    seen: set[str] = set()
    while chart in merged and chart not in seen:
        seen.add(chart)
        chart = merged[chart]
    return chart
