"""Days in the life of a clinic, from one seed: random edits, a random few of all faults, crashes; then it heals.

After the last fault at most three full turns may pass until everything is as it is in the EMR.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from tests.nothing_lost.clinics import MONDAY, a_clinic_of_regulars, ticking_from
from tests.nothing_lost.contents import ALWAYS_WRITTEN, contents, written
from tests.nothing_lost.house import House
from tests.nothing_lost.invariants import broken, decided_otherwise
from tests.nothing_lost.oracle import differences
from tests.nothing_lost.stops import Stop
from tests.nothing_lost.vendors import Vendor
from tests.nothing_lost.worker import Job, Workers
from visitsync.connector_kit.pages import RecordKind
from visitsync.simulator_kit.records import Appointment
from visitsync.sync.hints import Hint, receive, take_hints
from visitsync.sync.report import SyncReport

APPOINTMENTS = 40
QUIET_STEPS, WILD_STEPS = 10, 40
DAYS_AHEAD = (1, 2, 5, 12, 40, 85, 100)
LATEST_SHOWN = timedelta(hours=3)
CHARTS_SHOWN = timedelta(minutes=30)
"""Charts have no sweep; what is shown later than the feed's overlap is seen only before the visit."""
HEALING_TURNS = 3
STOPPED, SIGNED_OUT = "too-many-cancellations", "connection-needs-reconnect"
FAULTS = (
    "outage", "connection_reset", "answer_lost", "html_as_data", "no_content", "empty_body", "short_body",
    "truncated_body", "broken_gzip", "throttled", "duplicate_rows", "dropped_page", "next_is_same_page", "shrunk_page",
    "empty_list", "unreadable_record", "error_in_200", "row_inserted_between_pages", "row_deleted_between_pages",
    "row_shown_late", "rows_with_one_stamp", "token_expires", "phantom_row", "security_missing", "internal_fault",
)  # fmt: skip
ENDLESS, MOST_ROWS = frozenset({"row_inserted_between_pages"}), 20
"""A row more with every page, for ever, is a list without an end: thousands of requests that teach nothing more."""


@contextmanager
def swarm(seed: int, vendor: Vendor, workers: Workers, database_url: str) -> Iterator[Swarm]:
    """A clinic for that seed, on a variant of the EMR, ready to live."""
    random = Random(seed)
    variants: dict[str, str] = {}
    for chosen in random.sample(vendor.swarm_variants, k=random.randint(0, min(3, len(vendor.swarm_variants)))):
        variants |= chosen
    house = House(a_clinic_of_regulars(ticking_from(MONDAY), APPOINTMENTS), vendor, **variants)
    try:
        house.move_in(database_url, slug=f"swarm-{seed}-{vendor.emr}".replace("_", "-"))
        yield Swarm(house=house, workers=workers, random=random)
    finally:
        house.close()


@dataclass(kw_only=True)
class Swarm:
    """One run. `wrong` stays empty when all is well; `seen` counts what has happened at least sometimes."""

    house: House
    workers: Workers
    random: Random
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def live(self) -> None:
        """Warm-up, faults, healing, and the last judgement."""
        self._note(self.house.sync())
        for _ in range(QUIET_STEPS):
            self._step(faults=())
        known = [name for name in FAULTS if name in self.house.app.faults.known]
        few = self.random.sample(known, k=self.random.randint(1, 5))
        for _ in range(WILD_STEPS):
            self._step(faults=few)
        self._heal()
        self._judge()

    # --- one step -----------------------------------------------------------------------------------------------

    def _step(self, faults: Sequence[str]) -> None:
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
        vendor = self.house.vendor
        match = self.random.choice(("", vendor.lists, vendor.windows))
        if name == "unreadable_record":  # of a chart it is an ordinary correction, if one for the worse
            match = vendor.lists
        times = self.random.choice((1, 1, 3, None))
        if name in ENDLESS and times is None:
            times = MOST_ROWS
        self.house.app.faults.switch_on(name, times=times, skip=self.random.randint(0, 4), match=match)

    def _turn(self) -> None:
        """A turn of the engine; before it one that dies, a person in a hurry, or a push."""
        before = self.random.random()
        if before < 0.1:
            self._crash()
        elif before < 0.2:
            self._note(self.house.check_again(self._any_id()))
        elif before < 0.3:
            self._push()
        self._note(self.house.sync(full=self.random.random() < 0.05))

    def _crash(self) -> None:
        job = Job(place=self.house.place, now=self.house.now(), stop=Stop(point=self.random.randint(1, 40)))
        self.seen["crash" if self.workers.run(job).status else "no crash"] += 1

    def _push(self) -> None:
        """A webhook; now and then twice, or of something that is not there."""
        house, identity = self.house, self.random.choice((self._any_id(), self._any_id(), "999999999"))
        hints = [Hint(kind=RecordKind.APPOINTMENT, id=identity)]
        for _ in range(self.random.choice((1, 1, 2))):
            with house.database.practice(house.place.practice_id) as transaction:
                receive(
                    transaction, house.link.vault, house.place.connection_id, body=b"{}",
                    media_type="application/json", delivery_id=None, hints=hints, now=house.now(),
                )  # fmt: skip
        self._note(take_hints(house.link))

    def _note(self, report: SyncReport) -> None:
        if report.trouble:
            self.seen[report.trouble] += 1

    def _any_id(self) -> str:
        return self.house.vendor_id(self.random.choice(list(self.house.clinic.appointments)).id)

    # --- what happens in the clinic -----------------------------------------------------------------------------

    def _edit(self) -> None:
        edits = self._edits()
        name = self.random.choice(list(edits))
        chance, is_chart = self.random.random(), name in {"correct", "spoil"}
        shown_after = timedelta()
        if chance < 0.15:
            shown_after = (CHARTS_SHOWN if is_chart else LATEST_SHOWN) * self.random.random()
        is_silent = 0.15 <= chance < 0.3 and not is_chart
        self.seen[f"{'silent ' if is_silent else 'late ' if shown_after else ''}edit"] += 1
        with self.house.clinic.editing(touches_stamp=not is_silent, visible_after=shown_after):
            edits[name]()

    def _edits(self) -> dict[str, Callable[[], object]]:
        clinic, desk, random = self.house.clinic, self.house.desk, self.random
        kinds = (desk.office, desk.telemedicine, desk.telemedicine)
        later = timedelta(days=random.randint(1, 9))
        edits: dict[str, Callable[[Appointment], object]] = {
            "move": lambda a: clinic.move(a.id, start=a.start + later),
            "move far": lambda a: clinic.move(a.id, start=a.start + timedelta(days=60)),
            "hand over": lambda a: clinic.move(a.id, practitioner_id=random.choice(desk.practitioners)),
            "rebook": lambda a: clinic.rebook(a.id, start=a.start + later),
            "cancel": lambda a: clinic.cancel(a.id),
            "cancel not": lambda a: clinic.uncancel(a.id),
            "flip": lambda a: (clinic.cancel(a.id), clinic.uncancel(a.id)),
            "not come": lambda a: clinic.no_show(a.id),
            "archive": lambda a: clinic.archive(a.id),
            "delete": lambda a: clinic.delete(a.id),
            "retype": lambda a: clinic.retype(a.id, random.choice(kinds)),
            "for another": lambda a: clinic.change_appointment(a.id, patient_id=desk.patient().id),
            "spoil": lambda a: clinic.change_patient(a.patient_id or 0, email="none"),
            "correct": lambda a: clinic.change_patient(a.patient_id or 0, email=f"again.{a.patient_id}@example.net"),
        }
        if not self.house.vendor.manifest.tells_patient_changes:
            del edits["spoil"]  # a chart that gets worse is then seen when it is read before the visit, not earlier
        return {
            "book": lambda: desk.book(in_days=random.choice(DAYS_AHEAD), doctor=random.randrange(3)),
            "book at the office": lambda: desk.book(in_days=random.choice(DAYS_AHEAD), office=True),
            **{name: self._of_somebody(edit) for name, edit in edits.items()},
        }

    def _of_somebody(self, edit: Callable[[Appointment], object]) -> Callable[[], object]:
        booked = [a for a in self.house.clinic.appointments if a.patient_id]
        return lambda: edit(self.random.choice(booked))

    # --- what must be so ----------------------------------------------------------------------------------------

    def _untouched_visits_stand(self) -> None:
        """No fault of the EMR may end the visit of an appointment that nobody has edited."""
        clinic, now = self.house.clinic, self.house.now()
        edited = {(line.kind, line.id) for line in clinic.history if line.what not in {"booked", "opened", "added"}}
        untouched = {
            self.house.vendor_id(appointment.id)
            for appointment in clinic.appointments
            if clinic.instant_of(appointment) > now
            and not {("appointment", appointment.id), ("patient", appointment.patient_id or 0)} & edited
        }
        self.wrong += [f"{one}: nobody touched it, and its visit is gone" for one in untouched & self._ended()]

    def _ended(self) -> set[str]:
        """Appointments whose visit was ended and not given back."""
        rows = self.house.query("select appointment_id from visit where connection_id = %(connection)s")
        return {str(row[0]) for row in rows} - self.house.active()

    def _heal(self) -> None:
        house = self.house
        house.app.faults.clear()
        house.clock.advance(LATEST_SHOWN + timedelta(hours=1))
        if self.seen[SIGNED_OUT] and house.sync().trouble == SIGNED_OUT:
            self.seen["a person signed in again"] += 1
            house.sign_in_again()
        for turn in range(HEALING_TURNS):
            house.clock.advance(timedelta(hours=25))
            report = house.sync(full=True)
            if report.trouble == STOPPED:
                self.seen["a person accepted cancellations"] += 1
                report = house.sync(full=True, accepted=True)
            if turn == HEALING_TURNS - 1 and report.trouble:
                self.wrong.append(f"the last turn ended with {report.trouble}: {report.detail}")
        self.seen["repaired by a sweep"] += house.repaired()

    def _judge(self) -> None:
        house = self.house
        self.wrong += differences(house)
        self.wrong += broken(house)
        if changed := decided_otherwise(house):
            self.wrong.append(f"{changed} decisions come out differently from what is stored")
        before = contents(house)
        house.sync()
        if more := written(before, contents(house)) - ALWAYS_WRITTEN:
            self.wrong.append(f"a turn without anything new wrote {sorted(more)}")
