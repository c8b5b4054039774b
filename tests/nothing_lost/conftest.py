"""Houses for these tests: a clinic, its pretend EMR, and the engine on a database of its own."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nothing_lost.clinics import MONDAY, Desk, a_small_clinic, ticking_from
from tests.nothing_lost.house import Arrange, House
from tests.nothing_lost.vendors import DRCHRONO, Vendor, is_left_to_make_crash
from tests.nothing_lost.worker import Workers, lent

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out here what vendors.is_left_to_make_crash says."""
    emrs: defaultdict[str, set[str]] = defaultdict(set)
    ours = [item for item in items if isinstance(item, pytest.Function) and HERE in item.path.parents]
    for item in ours:
        emrs[item.originalname].add(_emr_of(item))
    left = {
        item
        for item in ours
        if (emr := _emr_of(item)) and is_left_to_make_crash(item.name, emr, emrs[item.originalname])
    }
    if left:
        config.hook.pytest_deselected(items=sorted(left, key=lambda item: item.nodeid))
        items[:] = [item for item in items if item not in left]


def _emr_of(item: pytest.Function) -> str:
    vendor = item.callspec.params.get("vendor") if hasattr(item, "callspec") else None
    return vendor.emr if isinstance(vendor, Vendor) else ""


@pytest.fixture(scope="session")
def idle_workers() -> Iterator[list[Workers]]:
    """Servers of workers that no test uses now."""
    idle: list[Workers] = []
    yield idle
    for workers in idle:
        workers.__exit__()


@pytest.fixture
def workers(idle_workers: list[Workers]) -> Iterator[Workers]:
    """Lets worker processes do jobs, one after the other."""
    with lent(idle_workers) as workers:
        yield workers


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
