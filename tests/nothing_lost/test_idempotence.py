"""Where nothing is new, nothing is written; whatever is stored gives the same decisions again."""

from datetime import timedelta

import pytest

from tests.nothing_lost.contents import ALWAYS_WRITTEN, contents, written
from tests.nothing_lost.house import Arrange
from tests.nothing_lost.oracle import differences
from tests.nothing_lost.vendors import VENDORS, Vendor
from visitsync.storage.decisions import Cause
from visitsync.sync.recheck import recheck_everything
from visitsync.sync.replay import replay

every_vendor = pytest.mark.parametrize("vendor", VENDORS.values(), ids=lambda vendor: vendor.emr)


@every_vendor
def test_a_second_sync_without_changes_writes_nothing(arrange: Arrange, vendor: Vendor) -> None:
    house = arrange(vendor)
    house.turns(2)
    before = contents(house)
    house.turns(3, every=timedelta(minutes=20))
    assert written(before, contents(house)) <= ALWAYS_WRITTEN


@every_vendor
def test_a_sweep_that_finds_nothing_new_decides_nothing(arrange: Arrange, vendor: Vendor) -> None:
    house = arrange(vendor)
    house.turns(2)
    before = contents(house)
    house.turns(1, full=True)
    assert written(before, contents(house)) <= ALWAYS_WRITTEN | {"catalog_entry", "practice"}


@every_vendor
def test_judging_everything_again_changes_nothing(arrange: Arrange, vendor: Vendor) -> None:
    house = arrange(vendor)
    house.turns(2)
    before = contents(house)
    assert recheck_everything(house.link, Cause("asked by a test")) == 0
    assert written(before, contents(house)) <= ALWAYS_WRITTEN


@every_vendor
def test_what_is_stored_is_understood_and_judged_again_alike(arrange: Arrange, vendor: Vendor) -> None:
    house = arrange(vendor)
    house.turns(2)
    decided = house.query("select appointment_id, outcome, findings from appointment order by 1")
    replayed = replay(house.link, Cause("asked by a test"))
    assert (replayed.decisions_changed, replayed.still_unreadable) == (0, 0)
    assert house.query("select appointment_id, outcome, findings from appointment order by 1") == decided
    assert differences(house) == []


@every_vendor
def test_two_houses_that_saw_the_same_hold_the_same(arrange: Arrange, vendor: Vendor) -> None:
    """Whether it was read at once or bit by bit: what is decided does not depend on the way there."""
    at_once, bit_by_bit = arrange(vendor), arrange(vendor, slug="another")
    bit_by_bit.sync()
    for house in (at_once, bit_by_bit):
        coming = [a for a in house.clinic.appointments if not a.is_block and a.patient_id]
        for number, appointment in enumerate(coming[:9]):
            house.clock.advance(timedelta(minutes=1))
            verb = (house.clinic.cancel, house.clinic.no_show, house.clinic.uncancel)[number % 3]
            verb(appointment.id)
            if house is bit_by_bit:
                house.sync()
    bit_by_bit.turns(1)
    at_once.turns(2)
    decided = [
        house.query("select appointment_id, outcome from appointment where connection_id = %(connection)s order by 1")
        for house in (at_once, bit_by_bit)
    ]
    assert decided[0] == decided[1]
