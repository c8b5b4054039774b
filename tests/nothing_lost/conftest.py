"""Houses for these tests: a clinic, its pretend EMR, and the engine on a database of its own."""

from collections.abc import Iterator

import pytest

from tests.nothing_lost.clinics import MONDAY, Desk, a_small_clinic, ticking_from
from tests.nothing_lost.house import Arrange, House
from tests.nothing_lost.vendors import DRCHRONO, Vendor


@pytest.fixture
def arrange(database_url: str) -> Iterator[Arrange]:
    """Makes a house of a clinic (the small one unless a desk is given); closed at the end."""
    houses: list[House] = []

    def make(vendor: Vendor = DRCHRONO, desk: Desk | None = None, **variants: str) -> House:
        desk = desk or a_small_clinic(ticking_from(MONDAY))
        house = House(desk, vendor, **variants)
        houses.append(house)
        return house.move_in(database_url)

    yield make
    for house in houses:
        house.close()
