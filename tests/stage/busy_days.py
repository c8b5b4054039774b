"""What Larkspur's two busy days have besides those of the demo: a declared test, and a chart that cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.staging import OFFICE_VISIT
from visitsync.storage.practice_settings import Author
from visitsync.sync.admin.carrying_out import carry_out
from visitsync.sync.admin.patients_and_tests import declare_test_visit
from visitsync.sync.engine import Engine
from visitsync.sync.pipeline import sync
from visitsync.wiring.demo import busy_days
from visitsync.wiring.demo.busy_days import Booked, book, chart_of
from visitsync.wiring.demo.stage import Set

TURNS_UNTIL_ONE_CHART_IS_PUT_OFF = 3

NOT_VIDEO = Booked(at="15:00", with_="Tran", who="Winifred Oates", kind=OFFICE_VISIT)
UNREADABLE = (Booked(at="16:30", with_="Osei", who="Thaddeus Quick"), Booked(at="15:30", with_="Osei", who="—"))
"""Of one chart, that the EMR does not show: today's visit and tomorrow's."""


def book_two_days(clinic: Clinic, now: datetime) -> dict[str, int]:
    """Fills today and tomorrow; who → the clinic's id of the appointment. `now` is aware."""
    booked = busy_days.book_two_days(clinic, now)
    with clinic.editing(stamp=now - timedelta(days=1)):
        return booked | {NOT_VIDEO.who: book(clinic, clinic.wall_time(now).date(), NOT_VIDEO)}


def declare_the_test(engine: Engine, practice_id: UUID, connection_id: UUID, appointment_id: str) -> None:
    """What the practice's admin says of the visit with which they try things out."""
    author = Author("Ana Admin", engine.clock())
    carry_out(
        engine,
        practice_id,
        lambda transaction: declare_test_visit(transaction, engine.vault, connection_id, author, appointment_id),
    )


def book_whom_the_emr_does_not_show(stage: Set, engine: Engine, practice_id: UUID, connection_id: UUID) -> None:
    """Two visits of a patient whose chart the EMR answers with a page of nonsense, until it is put off."""
    clinic, now = stage.clinic, stage.clock()
    today = clinic.wall_time(now).date()
    first, second = UNREADABLE
    with clinic.editing(stamp=now):
        patient = chart_of(clinic, first)
        book(clinic, today, first, patient)
        book(clinic, today + timedelta(days=1), second, patient)
    stage.app.faults.switch_on("html_as_data", times=None, match=f"patients.*{patient.id}")
    for _ in range(TURNS_UNTIL_ONE_CHART_IS_PUT_OFF):
        sync(engine.link(practice_id, connection_id))
    stage.app.faults.clear()
