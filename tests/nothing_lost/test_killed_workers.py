"""kill -9 of the worker at any request or commit: whoever goes on loses nothing, doubles nothing, and catches up.

Here some points of each kind of turn, others with every seed; `make crash` tries all of them.
"""

import pytest

from tests.nothing_lost.house import Arrange
from tests.nothing_lost.lives import MOMENTS, Lives, Moment, some_of
from tests.nothing_lost.vendors import VENDORS, Vendor
from tests.nothing_lost.worker import Workers

POINTS = 6
SEED = 20261019


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=lambda vendor: vendor.emr)
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
def test_a_worker_that_is_killed_anywhere_loses_nothing(
    arrange: Arrange, vendor: Vendor, moment: Moment, workers: Workers, postgres_url: str
) -> None:
    lives = Lives(house=arrange(vendor), moment=moment, workers=workers, server_url=postgres_url)
    points = lives.points()
    wrong = {}
    for point in some_of(len(points), POINTS, SEED):
        _, differences = lives.worker_dies_at(point)
        if differences:
            wrong[f"{point} {points[point - 1]}"] = differences
    assert wrong == {}
