"""What is new in the EMR is known here within a turn, not only after the daily reading of its lists (R3)."""

from datetime import timedelta

from tests.nothing_lost.clinics import MONDAY, a_clinic_of_regulars, ticking_from
from tests.nothing_lost.house import Arrange, House
from tests.nothing_lost.vendors import DRCHRONO
from visitsync.connector_kit.pages import RecordKind
from visitsync.storage import catalog


def test_r3_a_type_that_appears_on_an_appointment_has_the_lists_read_in_the_same_turn(arrange: Arrange) -> None:
    house = arrange(DRCHRONO, a_clinic_of_regulars(ticking_from(MONDAY), 12))
    house.turns(2)
    house.clock.advance(timedelta(hours=2))
    brand_new = house.clinic.add_type("Brand New Visit")
    assert "Brand New Visit" not in _types(house)
    house.turns(1)
    assert "Brand New Visit" not in _types(house), "nobody has used it yet: the daily reading is soon enough"
    house.clinic.retype(next(iter(house.clinic.appointments)).id, brand_new.id)
    house.turns(1)
    assert "Brand New Visit" in _types(house)


def _types(house: House) -> set[str]:
    with house.database.practice(house.place.practice_id) as transaction:
        listed = catalog.entries(transaction, house.place.connection_id, RecordKind.APPOINTMENT_TYPE)
    return {entry.name for entry in listed.values()}
