"""Houses for these tests: a clinic, its pretend EMR, and the engine on a database of its own."""

from collections.abc import Iterator

import pytest

from tests.nothing_lost.clinics import MONDAY, Desk, a_small_clinic, ticking_from
from tests.nothing_lost.house import Arrange, House
from tests.nothing_lost.vendors import DRCHRONO, Vendor


@pytest.fixture
def arrange(database_url: str) -> Iterator[Arrange]:
    """Makes a house of the small clinic on small pages, or of another desk; closed at the end."""
    houses: list[House] = []

    def make(vendor: Vendor = DRCHRONO, desk: Desk | None = None, *, slug: str = "larkspur", **variants: str) -> House:
        if desk is None:
            desk, variants = a_small_clinic(ticking_from(MONDAY)), {**vendor.small_pages, **variants}
        house = House(desk, vendor, **variants)
        houses.append(house)
        return house.move_in(database_url, slug=slug)

    yield make
    for house in houses:
        house.close()
