"""kill -9 of PostgreSQL at any request or commit of a sync: it comes back, the sync resumes, the truth stands.

Here some points; `make crash` tries all of them.
"""

import os
import signal
from contextlib import suppress

import pytest

from tests.nothing_lost.clinics import MONDAY, a_small_clinic, ticking_from
from tests.nothing_lost.house import House
from tests.nothing_lost.lives import MOMENTS, Lives, Moment, some_of
from tests.nothing_lost.mortal_database import mortal_database
from tests.nothing_lost.oracle import differences
from tests.nothing_lost.vendors import DRCHRONO
from tests.nothing_lost.worker import Workers
from visitsync.storage.database import StorageUnavailable

POINTS = 2
SEED = 20261019


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
def test_a_database_that_is_killed_anywhere_loses_nothing(moment: Moment, workers: Workers) -> None:
    with mortal_database() as database:
        house = House(a_small_clinic(ticking_from(MONDAY)), DRCHRONO, **DRCHRONO.small_pages)
        house.move_in(database.url, slug="larkspur")
        lives = Lives(house=house, moment=moment, workers=workers, server_url=database.server_url)
        points = lives.points()
        wrong = {}
        for point in some_of(len(points), POINTS, SEED):
            _, differences = lives.database_dies_at(point, database.pid, database.restart)
            if differences:
                wrong[f"{point} {points[point - 1]}"] = differences
        house.close()
    assert wrong == {}


def test_a_worker_that_lived_through_it_goes_on_by_itself() -> None:
    with mortal_database() as database:
        house = House(a_small_clinic(ticking_from(MONDAY)), DRCHRONO)
        house.move_in(database.url, slug="larkspur")
        house.sync()
        os.kill(database.pid, signal.SIGKILL)
        database.restart()
        house.desk.book(in_days=5)
        with suppress(StorageUnavailable):
            house.turns(1)
        house.turns(1)
        assert differences(house) == []
        house.close()
