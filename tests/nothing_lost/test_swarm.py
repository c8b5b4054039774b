"""Random days from a seed end with the truth. More seeds: `make crash`."""

import os

import pytest

from tests.nothing_lost.swarm import swarm
from tests.nothing_lost.vendors import VENDORS, Vendor
from tests.nothing_lost.worker import Workers

SEEDS = tuple(int(seed) for seed in os.environ.get("SEEDS", "6,41").split(","))


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=lambda vendor: vendor.emr)
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_for_days_ends_with_the_truth(
    seed: int, vendor: Vendor, workers: Workers, database_url: str
) -> None:
    with swarm(seed, vendor, workers, database_url) as days:
        days.live()
    assert days.wrong == []
