"""One moment of a practice, lived through many times: each time a worker dies at another point, and others go on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.nothing_lost.clinics import OFFICE, TELEMEDICINE
from tests.nothing_lost.copies import copy_of
from tests.nothing_lost.house import POLL, House
from tests.nothing_lost.oracle import differences
from tests.nothing_lost.stops import ANSWER, COMMIT, Stop
from tests.nothing_lost.worker import Ended, Job, Workers
from visitsync.simulator_kit.records import Appointment

DATABASE_GONE = {"StorageUnavailable", "OutcomeUnknown", None}
"""How a worker may end whose database died; None: it had done everything."""
SIGNED_OUT = "connection-needs-reconnect"
MOST_CYCLES = 3
"""After the last fault so many turns at most until everything is as it is in the EMR."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What is so when the turn begins in which a worker will die."""

    name: str
    prepare: Callable[[House], None]


@dataclass(kw_only=True)
class Lives:
    """A house at one moment, which every life starts from."""

    house: House
    moment: Moment
    workers: Workers
    server_url: str
    original_url: str = field(init=False)
    began: datetime = field(init=False)
    to_its_memory: Callable[[], None] = field(init=False)
    """Puts back what the pretend vendor itself has noted by then: an EMR must not remember lives before."""
    signed_in_again: int = 0
    """How often a person had to."""
    _passed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.moment.prepare(self.house)
        self.house.leave()
        self.original_url = self.house.place.database_url
        self.began = self.house.now()
        self.to_its_memory = self.house.app.way_back()

    def points(self) -> list[str]:
        """All points that an undisturbed worker passes in this turn."""
        with self._another():
            ended = self._turn()
            wrong = [*_failed(ended), *differences(self.house), *_left_over(self.house)]
            assert not wrong, wrong
            self._passed = ended.points
            return ended.points

    def worker_dies_at(self, point: int) -> tuple[int, list[str]]:
        """Kills the worker there, lets others go on, and tells after how many turns all was right, or what was not."""
        with self._another():
            ended = self._turn(stop=Stop(point=point))
            assert ended.status == -signal.SIGKILL, f"point {point} was not reached: {ended}"
            if self._held_new_tokens(point):
                self._sign_in_again_if_told_to()
            return self._go_on()

    def database_dies_at(self, point: int, pid: int, restart: Callable[[], None]) -> tuple[int, list[str]]:
        """Kills PostgreSQL there and starts it again; the rest as with a worker."""
        with self._another(survives_a_crash=True):
            self.house.leave()
            ended = self._turn(stop=Stop(point=point, pid=pid), waits_for_database_seconds=1)
            restart()
            if ended.error not in DATABASE_GONE:
                return 0, [f"the worker ended with {ended.error}"]
            self.house.move_to(self.house.place.database_url)
            return self._go_on()

    def _held_new_tokens(self, point: int) -> bool:
        """Whether the worker was just told of new tokens and has not yet kept them."""
        asked = list(self.house.server.requests)
        is_unkept = self._passed[point - 1] == ANSWER or self._passed[point - 2 : point] == [ANSWER, COMMIT]
        return is_unkept and bool(asked) and "token" in asked[-1].operation

    def _sign_in_again_if_told_to(self) -> None:
        """Some EMRs let a refresh token work once: who dies holding the next one leaves us signed out, and says so."""
        self.house.clock.advance(POLL)
        if self._turn().trouble == SIGNED_OUT:
            self.signed_in_again += 1
            self.house.sign_in_again()

    def _go_on(self) -> tuple[int, list[str]]:
        wrong: list[str] = []
        for cycle in range(1, MOST_CYCLES + 1):
            self.house.clock.advance(POLL)
            again = self._turn()
            wrong = [*_failed(again), *differences(self.house), *_left_over(self.house)]
            if not wrong:
                return cycle, []
        return MOST_CYCLES, wrong

    @contextmanager
    def _another(self, *, survives_a_crash: bool = False) -> Iterator[None]:
        with copy_of(self.original_url, self.server_url, survives_a_crash=survives_a_crash) as url:
            self.house.clock.set(self.began)
            self.to_its_memory()
            self.house.move_to(url)
            try:
                yield
            finally:
                self.house.leave()

    def _turn(self, *, stop: Stop | None = None, waits_for_database_seconds: float = 30) -> Ended:
        house = self.house
        job = Job(
            place=house.place,
            now=house.now(),
            stop=stop,
            waits_for_database_seconds=waits_for_database_seconds,
        )
        return self.workers.run(job)


def some_of(points: int, count: int, seed: int) -> list[int]:
    """One point of each stretch, so that the whole turn is covered; every point where `make crash` asks for it."""
    if os.environ.get("EVERY_POINT"):
        return list(range(1, points + 1))
    random, length = Random(seed), points / count
    return [1 + random.randrange(int(n * length), max(int((n + 1) * length), 1)) for n in range(min(points, count))]


def _failed(ended: Ended) -> Sequence[str]:
    said = ended.error or ended.trouble
    return [f"the turn after it ended with {said}"] if said or ended.status else []


def _left_over(house: House) -> Iterator[str]:
    """What a turn that came to its end leaves nothing of."""
    for what, query in _LEFT_OVER.items():
        (count,) = house.query(query)[0]
        if count:
            yield f"{count} {what}"


_LEFT_OVER = {
    "answers kept and not taken in": "select count(*) from intake where taken_in_at is null",
    "bodies kept that were taken in": "select count(*) from intake where taken_in_at is not null and body is not null",
    "records still wanted": "select count(*) from wanted",
    "records in quarantine": "select count(*) from quarantine where resolved_at is null",
    "notes of a sweep": "select count(*) from sweep_seen",
    "bookmarks of a sweep": "select count(*) from bookmark where stream in ('sweep', 'near sweep')",
}


# --- the moments ---------------------------------------------------------------------------------------------------


def _nothing_was_read(house: House) -> None:
    return


def _much_has_changed(house: House) -> None:
    """Everything that a morning brings, told by the feed of changes."""
    house.sync()
    house.clock.advance(timedelta(hours=1))
    desk, clinic = house.desk, house.clinic
    coming = _coming(house)
    clinic.move(coming[0].id, start=coming[0].start + timedelta(days=1))
    clinic.move(coming[1].id, practitioner_id=desk.practitioners[0])
    clinic.cancel(coming[2].id)
    (clinic.archive if house.vendor.tells_of_deletions else clinic.no_show)(coming[3].id)
    clinic.rebook(coming[4].id, start=coming[4].start + timedelta(days=2))
    clinic.retype(coming[5].id, desk.office)
    desk.book(in_days=9)
    desk.book(in_days=11, doctor=1)
    clinic.change_patient(_without_address(house), email="found.at.last@example.net")
    clinic.change_appointment(coming[6].id, patient_id=desk.patient().id)
    house.clock.advance(POLL)


def _silent_edits(house: House) -> None:
    """What no feed tells: rows gone for good, and edits that moved no stamp. One sweep has missed the rows already."""
    house.sync()
    desk, clinic = house.desk, house.clinic
    coming = _coming(house)
    clinic.delete(coming[0].id)
    clinic.delete(coming[1].id)
    with clinic.editing(touches_stamp=False):
        clinic.move(coming[2].id, start=coming[2].start + timedelta(days=1))
        clinic.cancel(coming[3].id)
    house.turns(1, every=timedelta(hours=7), full=True)
    with clinic.editing(touches_stamp=False):
        clinic.move(coming[4].id, start=coming[4].start + timedelta(days=1))
        clinic.retype(coming[5].id, desk.office)
    with clinic.editing(stamp=house.now() - timedelta(days=2)):
        desk.book(in_days=9)
    house.clock.advance(timedelta(hours=25))


def _coming(house: House) -> list[Appointment]:
    """Planned telemedicine of patients who have everything, the earliest first."""
    names = {kind.id: kind.name for kind in house.clinic.types}
    charts = {chart.id: chart for chart in house.clinic.patients}
    ahead = [
        a
        for a in house.clinic.appointments
        if house.clinic.instant_of(a) > house.now() + timedelta(days=2)
        and a.patient_id is not None
        and names.get(a.type_id or 0) == TELEMEDICINE != OFFICE
        and a.status == "scheduled"
        and not a.is_archived
        and charts[a.patient_id].email.startswith("patient.")
        and sum(b.patient_id == a.patient_id for b in house.clinic.appointments) == 1
    ]
    return sorted(ahead, key=lambda a: (a.start, a.id))


def _without_address(house: House) -> int:
    return next(chart.id for chart in house.clinic.patients if not chart.email)


MOMENTS = (
    Moment(name="first load", prepare=_nothing_was_read),
    Moment(name="changes", prepare=_much_has_changed),
    Moment(name="sweep", prepare=_silent_edits),
)
