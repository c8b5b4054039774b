"""Two workers on one connection: who lost the claim writes nothing, however late they wake, and the truth stands."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.nothing_lost.contents import contents, written
from tests.nothing_lost.house import Arrange, House
from tests.nothing_lost.oracle import differences
from tests.nothing_lost.stops import ANSWER, COMMIT, COMMITTED, REQUEST, Stop
from tests.nothing_lost.vendors import VENDORS, Vendor
from tests.nothing_lost.worker import Job, Workers, lent

FENCED = {"LostTheConnection", "StorageUnavailable", "OutcomeUnknown"}
"""How a worker may end that woke up beside its replacement; the latter two where its transaction was cut off."""
every_vendor = pytest.mark.parametrize("vendor", VENDORS.values(), ids=lambda vendor: vendor.emr)
EARLY, LATE = 0.3, 0.8
"""How much of a turn has passed."""
STANDS_STILL = [(REQUEST, EARLY), (ANSWER, LATE), (COMMIT, EARLY), (COMMIT, LATE), (COMMITTED, LATE)]
if os.environ.get("EVERY_POINT"):
    STANDS_STILL = [(where, how_far) for where in (REQUEST, ANSWER, COMMIT, COMMITTED) for how_far in (EARLY, LATE)]
_points: dict[str, list[str]] = {}


@pytest.fixture
def others(idle_workers: list[Workers]) -> Iterator[Workers]:
    """More of them, at the same time."""
    with lent(idle_workers) as workers:
        yield workers


@every_vendor
@pytest.mark.parametrize(("where", "how_far"), STANDS_STILL)
def test_a_worker_that_stood_still_while_another_took_over_writes_nothing(
    arrange: Arrange, vendor: Vendor, workers: Workers, others: Workers, where: str, how_far: float
) -> None:
    house = arrange(vendor)
    job = Job(place=house.place, now=house.now(), frees_locks_after="1s")
    points = points_of(arrange, vendor, workers)
    point = next(n for n, what in enumerate(points, 1) if what == where and n >= how_far * len(points))
    stalled = workers.start(replace(job, stop=Stop(point=point, signal=signal.SIGSTOP)))
    stalled.wait_until_stalled()
    change_much(house)
    replacement = others.run(Job(place=house.place, now=house.now(), full=True))  # busy machines may let it idle, too
    assert (replacement.error, replacement.trouble) == (None, None)
    assert differences(house) == []
    before = contents(house)
    stalled.go_on()
    assert stalled.wait().error in FENCED
    assert written(before, contents(house)) == set()


@every_vendor
def test_two_syncs_at_once_end_with_the_truth(
    arrange: Arrange, vendor: Vendor, workers: Workers, others: Workers
) -> None:
    house = arrange(vendor)
    for _ in range(4):
        job = Job(place=house.place, now=house.now())
        first, second = workers.start(job), others.start(job)
        ended = {first.wait().error, second.wait().error}
        assert ended <= {None, "LostTheConnection"}
        house.turns(1)
        assert differences(house) == []
        change_a_little(house)


@every_vendor
def test_one_appointment_is_checked_while_a_sync_stands_still_in_the_middle(
    arrange: Arrange, vendor: Vendor, workers: Workers
) -> None:
    house = arrange(vendor)
    house.sync()
    house.clock.advance(timedelta(hours=1))
    stalled = workers.start(
        Job(place=house.place, now=house.now(), full=True, stop=Stop(point=20, signal=signal.SIGSTOP))
    )
    stalled.wait_until_stalled()
    booked = house.desk.book(in_days=3)
    house.check_again(house.vendor_id(booked.id))
    assert house.vendor_id(booked.id) in house.active()
    stalled.go_on()
    assert stalled.wait().error is None
    house.turns(1)
    assert differences(house) == []


@every_vendor
def test_appointments_are_checked_while_a_sync_runs(
    arrange: Arrange, vendor: Vendor, workers: Workers, others: Workers
) -> None:
    house = arrange(vendor)
    house.sync()
    change_much(house)
    chosen = [house.vendor_id(a.id) for a in house.clinic.appointments if not a.is_block][:6]
    running = workers.start(Job(place=house.place, now=house.now(), full=True))
    ended = [others.run(Job(place=house.place, now=house.now(), appointment_id=one)).error for one in chosen]
    assert running.wait().error is None
    assert ended == [None] * len(chosen)
    house.turns(1)
    assert differences(house) == []


def points_of(arrange: Arrange, vendor: Vendor, workers: Workers) -> list[str]:
    """The points of a first load, counted once, in a practice of its own in the same database."""
    if vendor.emr not in _points:
        house = arrange(vendor, slug="another")
        ended = workers.run(Job(place=house.place, now=house.now()))
        assert ended.error is None
        _points[vendor.emr] = ended.points
    return _points[vendor.emr]


def change_much(house: House) -> None:
    """Edits of every kind, some of which no stamp tells of."""
    house.clock.advance(timedelta(minutes=10))
    one, two, three, four, *_ = [a for a in house.clinic.appointments if not a.is_block and a.patient_id]
    house.clinic.move(one.id, start=one.start + timedelta(days=1))
    house.clinic.cancel(two.id)
    with house.clinic.editing(touches_stamp=False):
        house.clinic.cancel(three.id)
        house.clinic.move(four.id, start=four.start + timedelta(days=1))
    house.desk.book(in_days=5)


def change_a_little(house: House) -> None:
    """What a quarter of an hour brings."""
    house.clock.advance(timedelta(minutes=10))
    last = max((a for a in house.clinic.appointments if a.patient_id and not a.is_block), key=lambda a: a.start)
    house.clinic.move(last.id, start=last.start - timedelta(days=1))
    house.desk.book(in_days=6)
