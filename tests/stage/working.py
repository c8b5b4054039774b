"""Stands in for a worker process, through the worker's own tasks; and for the front desk at work in its EMR."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.stage.clinic import Clinics
from visitsync.sync.jobs import TASKS, Workshop


def carry_out_checks(clinics: Clinics) -> int:
    """All that wait; returns how many there were."""
    engine = clinics.engine
    workshop = Workshop(
        database=clinics.database,
        open_link=lambda practice, connection, progress: engine.link(practice, connection, progress=progress),
        is_stopping=lambda: False,
    )
    with clinics.database.shared() as connection:
        rows = connection.execute(
            "delete from procrastinate_jobs where task_name = 'check_again' and status = 'todo' returning args"
        ).fetchall()
    for (arguments,) in rows:
        TASKS["check_again"](workshop, **arguments)
    return len(rows)


@contextmanager
def chart_mended(clinics: Clinics, answer: str, **changes: Any) -> Iterator[None]:
    """The chart of Larkspur's patient whose appointment is at that address is changed in the EMR, until the end.

    The pretend EMRs are shared by all tests of a process.
    """
    stage = clinics.sets["larkspur"]
    number = answer.rsplit("/", 1)[1]
    booked = next(one for one in stage.clinic.appointments if str(stage.app.vendor_id(one.id)) == number)
    assert booked.patient_id is not None
    chart = stage.clinic.patients[booked.patient_id]
    before = {name: getattr(chart, name) for name in changes}
    stage.clinic.change_patient(chart.id, **changes)
    try:
        yield
    finally:
        stage.clinic.change_patient(chart.id, **before)
