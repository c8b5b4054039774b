"""Days in the life of a clinic, from one seed: random edits, a random few of all faults, crashes; then it heals.

After the last fault at most three full turns may pass until everything is as it is in the EMR.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from tests.nothing_lost.clinics import MONDAY, a_clinic_of_regulars, ticking_from
from tests.nothing_lost.house import House
from tests.nothing_lost.invariants import broken, decided_otherwise
from tests.nothing_lost.oracle import differences
from tests.nothing_lost.stops import Stop
from tests.nothing_lost.vendors import DRCHRONO, Vendor
from tests.nothing_lost.worker import Job, Workers
from visitsync.connector_kit.pages import RecordKind
from visitsync.simulator_kit.records import Appointment
from visitsync.sync.hints import Hint, receive, take_hints
from visitsync.sync.report import SyncReport

APPOINTMENTS = 40
STEPS = 40
LATEST_SHOWN = timedelta(hours=3)
HEALING_TURNS = 3
STOPPED = "too-many-cancellations"

FAULTS = (
    "outage", "connection_reset", "answer_lost", "html_as_data", "no_content", "empty_body", "short_body",
    "truncated_body", "broken_gzip", "throttled", "duplicate_rows", "dropped_page", "next_is_same_page", "shrunk_page",
    "empty_list", "unreadable_record", "error_in_200", "row_inserted_between_pages", "row_deleted_between_pages",
    "row_shown_late", "rows_with_one_stamp", "token_expires", "phantom_row", "security_missing", "internal_fault",
)  # fmt: skip
VARIANTS = (
    {"paging": "offset"}, {"appointments_page_size": "7"}, {"show_archived": "ignored"},
    {"since_shows_deletions": "no"},
    {"replica_lag_seconds": "5"}, {"stamp_zone": "practice"}, {"list_key": "data"},
)  # fmt: skip


@dataclass(kw_only=True)
class Swarm:
    """One run. `wrong` stays empty when all is well; `seen` counts what has happened at least sometimes."""

    house: House
    workers: Workers
    random: Random
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Appointments that somebody has edited; the visits of all others must stand whatever the EMR answers."""

    def live(self) -> None:
        """Warm-up, faults, healing, and the last judgement."""
        self._note(self.house.sync())
        for _ in range(STEPS // 4):
            self._step(faults=())
        few = self.random.sample(self._known_faults(), k=self.random.randint(1, 5))
        for _ in range(STEPS):
            self._step(faults=few)
        self._heal()

    def _known_faults(self) -> list[str]:
        return [name for name in FAULTS if name in self.house.app.faults.known]

    def _step(self, faults: tuple[str, ...] | list[str]) -> None:
        self.house.clock.advance(timedelta(minutes=self.random.choice((5, 5, 5, 20, 60, 180))))
        for _ in range(self.random.choice((0, 1, 1, 2, 3))):
            self._edit()
        self.house.app.faults.clear()
        if faults and self.random.random() < 0.6:
            self._switch_on(self.random.choice(faults))
        self._turn()
        self._untouched_visits_stand()

    def _switch_on(self, name: str) -> None:
        self.seen[f"fault {name}"] += 1
        times = self.random.choice((1, 1, 3, None))
        match = self.random.choice(("", self.house.vendor.lists, self.house.vendor.windows))
        self.house.app.faults.switch_on(name, times=times, skip=self.random.randint(0, 4), match=match)

    def _turn(self) -> None:
        """A turn of the engine in this process, or in one that dies, or a person or a push that is in a hurry."""
        what = self.random.random()
        if what < 0.1:
            self._crash()
        elif what < 0.2:
            self._note(self.house.check_again(self._any_id()))
        elif what < 0.3:
            self._push()
        self._note(self.house.sync(full=self.random.random() < 0.05))

    def _crash(self) -> None:
        job = Job(place=self.house.place, now=self.house.now(), stop=Stop(point=self.random.randint(1, 40)))
        self.seen["crash" if self.workers.run(job).status else "no crash"] += 1

    def _push(self) -> None:
        """A webhook; now and then twice, or of something that is not there."""
        house, identity = self.house, self.random.choice((self._any_id(), self._any_id(), "999999999"))
        for _ in range(self.random.choice((1, 1, 2))):
            with house.database.practice(house.place.practice_id) as transaction:
                receive(
                    transaction, house.link.vault, house.place.connection_id, body=b"{}", media_type="application/json",
                    delivery_id=None, hints=[Hint(kind=RecordKind.APPOINTMENT, id=identity)], now=house.now(),
                )  # fmt: skip
        self._note(take_hints(house.link))

    def _note(self, report: SyncReport) -> None:
        if report.trouble:
            self.seen[report.trouble] += 1

    def _edit(self) -> None:
        edits = self._edits()
        name = self.random.choice(list(edits))
        late = self.random.random()
        shown_after = LATEST_SHOWN * self.random.random() if late < 0.15 else timedelta()
        is_silent = 0.15 <= late < 0.3 and name not in {"correct", "spoil"}
        self.seen[f"{'silent ' if is_silent else 'late ' if shown_after else ''}edit"] += 1
        if name in {"correct", "spoil"}:
            shown_after = min(shown_after, timedelta(minutes=30))
        with self.house.clinic.editing(touches_stamp=not is_silent, visible_after=shown_after):
            edits[name]()

    def _edits(self) -> dict[str, Callable[[], object]]:
        clinic, desk, random = self.house.clinic, self.house.desk, self.random

        def days() -> int:
            return random.choice((1, 2, 5, 12, 40, 85, 100))

        return {
            "book": lambda: desk.book(in_days=days(), doctor=random.randrange(3)),
            "book at the office": lambda: desk.book(in_days=days(), office=True),
            "move": lambda: self._on(lambda a: clinic.move(a.id, start=a.start + timedelta(days=random.randint(1, 9)))),
            "move far": lambda: self._on(lambda a: clinic.move(a.id, start=a.start + timedelta(days=60))),
            "hand over": lambda: self._on(
                lambda a: clinic.move(a.id, practitioner_id=random.choice(desk.practitioners))
            ),
            "rebook": lambda: self._on(lambda a: clinic.rebook(a.id, start=a.start + timedelta(days=2))),
            "cancel": lambda: self._on(lambda a: clinic.cancel(a.id)),
            "cancel not": lambda: self._on(lambda a: clinic.uncancel(a.id)),
            "flip": lambda: self._on(lambda a: (clinic.cancel(a.id), clinic.uncancel(a.id))),
            "not come": lambda: self._on(lambda a: clinic.no_show(a.id)),
            "archive": lambda: self._on(lambda a: clinic.archive(a.id)),
            "delete": lambda: self._on(lambda a: clinic.delete(a.id)),
            "retype": lambda: self._on(
                lambda a: clinic.retype(a.id, random.choice((desk.office, desk.telemedicine, desk.telemedicine)))
            ),
            "for another": lambda: self._on(lambda a: clinic.change_appointment(a.id, patient_id=desk.patient().id)),
            "spoil": lambda: self._on(lambda a: clinic.change_patient(a.patient_id or 0, email="none")),
            "correct": lambda: self._on(
                lambda a: clinic.change_patient(a.patient_id or 0, email=f"again.{a.patient_id}@example.net")
            ),
        }

    def _on(self, edit: Callable[[Appointment], object]) -> None:
        coming = [a for a in self.house.clinic.appointments if a.patient_id]
        if coming:
            chosen = self.random.choice(coming)
            edit(chosen)

    def _any_id(self) -> str:
        return self.house.vendor_id(self.random.choice(list(self.house.clinic.appointments)).id)

    def _untouched_visits_stand(self) -> None:
        """No fault of the EMR may end the visit of an appointment that nobody has edited."""
        clinic, now = self.house.clinic, self.house.now()
        self.touched |= {
            self.house.vendor_id(h.id) for h in clinic.history if h.kind == "appointment" and _is_edit(h.what)
        }
        self.touched |= {
            self.house.vendor_id(a.id)
            for a in clinic.appointments
            if a.patient_id in {h.id for h in clinic.history if h.kind == "patient" and h.what == "changed"}
        }
        active = self.house.active()
        for appointment in clinic.appointments:
            identity = self.house.vendor_id(appointment.id)
            is_first = appointment.created_at < MONDAY and identity not in self.touched
            begins = clinic.instant_of(appointment)
            if is_first and begins > now and identity not in active and self._has_had_visit(identity):
                self.wrong.append(f"{identity}: nobody touched it, and its visit is gone")

    def _has_had_visit(self, identity: str) -> bool:
        return bool(self.house.query("select from visit where appointment_id = %(id)s", id=identity))

    def _heal(self) -> None:
        house = self.house
        house.app.faults.clear()
        house.clock.advance(LATEST_SHOWN + timedelta(hours=1))
        turns = [self._healing_turn() for _ in range(HEALING_TURNS)]
        self.seen["repaired by a sweep"] += house.repaired()
        self.wrong += [f"the last turn ended with {turns[-1].trouble}"] if turns[-1].trouble else []
        self.wrong += differences(house)
        self.wrong += broken(house)
        if changed := decided_otherwise(house):
            self.wrong.append(f"{changed} decisions come out differently from what is stored")

    def _healing_turn(self) -> SyncReport:
        house = self.house
        house.clock.advance(timedelta(hours=25))
        report = house.sync(full=True)
        if report.trouble == STOPPED:
            self.seen["a person accepted cancellations"] += 1
            report = house.sync(full=True, accepted=True)
        return report


def _is_edit(what: str) -> bool:
    return what not in {"booked"}


def swarm_house(seed: int, vendor: Vendor) -> House:
    """A clinic for a seed, on a variant of the EMR; not moved in yet."""
    random = Random(seed)
    variants: dict[str, str] = {}
    if vendor is DRCHRONO:
        for chosen in random.sample(VARIANTS, k=random.randint(0, 3)):
            variants |= chosen
    return House(a_clinic_of_regulars(ticking_from(MONDAY), APPOINTMENTS), vendor, **variants)


def swarms(seed: int, vendor: Vendor, workers: Workers, database_url: str) -> Iterator[Swarm]:
    """One run for a seed."""
    house = swarm_house(seed, vendor)
    try:
        house.move_in(database_url, slug=f"swarm-{seed}-{vendor.emr}")
        swarm = Swarm(house=house, workers=workers, random=Random(seed))
        swarm.live()
        yield swarm
    finally:
        house.close()
