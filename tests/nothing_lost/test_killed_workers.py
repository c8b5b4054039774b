"""kill -9 of the worker at any request or commit: whoever goes on loses nothing, doubles nothing, and catches up.

Here some points of each kind of turn, others with every seed; `make crash` tries all of them.
"""

import pytest

from tests.nothing_lost.house import Arrange
from tests.nothing_lost.lives import MOMENTS, Lives, Moment, some_of
from tests.nothing_lost.stops import ANSWER, COMMIT
from tests.nothing_lost.vendors import VENDORS, Vendor
from tests.nothing_lost.worker import Workers

POINTS = 4
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


def test_new_tokens_are_kept_at_once_and_whoever_dies_before_costs_one_new_sign_in(
    arrange: Arrange, workers: Workers, postgres_url: str
) -> None:
    """CareCloud's refresh tokens work once: what was answered and never kept nobody can get back."""
    house = arrange(VENDORS["carecloud"])
    lives = Lives(house=house, moment=MOMENTS[1], workers=workers, server_url=postgres_url)
    before = len(house.server.requests)
    points = lives.points()
    asked = [one.operation for one in list(house.server.requests)[before:]]
    answers = [number for number, what in enumerate(points, 1) if what == ANSWER]
    told = next(answer for answer, operation in zip(answers, asked, strict=True) if "token" in operation)
    assert points[told] == COMMIT, "kept before anything else is done"
    for point, signed_in_again in ((told, 1), (told + 1, 2), (told + 2, 2)):
        assert lives.worker_dies_at(point)[1] == []
        assert lives.signed_in_again == signed_in_again
