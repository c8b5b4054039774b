"""No EMR is ever asked more often than it allows, however many workers ask."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from visitsync.connector_kit.errors import TryAgainLater
from visitsync.connector_kit.limits import Limit, Urgency
from visitsync.storage.database import Database
from visitsync.storage.vendor_limits import LONGEST_WAIT_SECONDS, StoredBudget

OWNERS = {"application": "our-client-id", "credential": "customer-key-4711", "connection": "c1"}
LONG = Limit(name="per hour", requests=20, seconds=1e9, scope="application")
"""A window that does not end while the tests run (the next one opens in 2033)."""
BRIEF = Limit(name="burst", requests=15, seconds=0.5, scope="application")
SPACED = Limit(name="spacing", requests=1, seconds=0.02, scope="credential", is_spaced=True)


class WatchedBudget(StoredBudget):
    """Remembers for which instants (database clock, seconds since 1970) requests were granted."""

    granted: list[float]

    def _ask(self, parameters: dict[str, Any]) -> Any:
        answer = super()._ask(parameters)
        if answer.is_taken:
            self.granted.append(answer.until.timestamp())
        return answer


def budget(database: Database, *, sleep: Callable[[float], None] | None = None, **owners: str) -> WatchedBudget:
    watched = WatchedBudget(database, emr="example", owners=OWNERS | owners, **({"sleep": sleep} if sleep else {}))
    watched.granted = []
    return watched


def take_all(budget: StoredBudget, limits: Sequence[Limit], *, urgency: Urgency = Urgency.PERSON_WAITS) -> None:
    """Asks until it is refused."""
    for _ in range(100):
        budget.take(limits, urgency=urgency)


def take_many(url: str, limits: Sequence[Limit], threads: int, times: int) -> list[float]:
    """Asks from several threads of this process; the instants granted."""
    with Database(url) as database, ThreadPoolExecutor(threads) as workers:
        mine = budget(database)
        list(workers.map(lambda _: mine.take(limits, urgency=Urgency.ROUTINE), range(times)))
    return mine.granted


def test_threads_and_processes_together_stay_within_every_limit(database_url: str) -> None:
    limits = [BRIEF, SPACED]
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as processes:
        shares = [processes.submit(take_many, database_url, limits, 3, 20) for _ in range(3)]
        granted = sorted(instant for share in shares for instant in share.result())
    assert len(granted) == 60
    assert max(Counter(int(instant / BRIEF.seconds) for instant in granted).values()) <= BRIEF.requests
    assert min(after - before for before, after in pairwise(granted)) >= SPACED.seconds - 1e-5


def test_nothing_is_sent_at_the_edges_of_a_window(database_url: str) -> None:
    granted = take_many(database_url, [Limit(name="edge", requests=40, seconds=0.2, scope="application")], 4, 200)
    assert {0.04 < instant / 0.2 % 1 < 0.96 for instant in granted} == {True}


def test_a_used_up_window_says_when_to_come_again(database: Database) -> None:
    mine = budget(database)
    with pytest.raises(TryAgainLater) as refused:
        take_all(mine, [LONG])
    assert refused.value.code == "budget-used-up"
    assert refused.value.until is not None
    assert refused.value.until.timestamp() % 1e9 == pytest.approx(1.0)
    assert len(mine.granted) == LONG.requests


def test_the_less_urgent_stop_first(database: Database) -> None:
    mine = budget(database)
    granted = {}
    for urgency in Urgency:
        with pytest.raises(TryAgainLater):
            take_all(mine, [LONG], urgency=urgency)
        granted[urgency] = len(mine.granted)
    assert granted == {
        Urgency.BACKGROUND: 14,
        Urgency.ROUTINE: 17,
        Urgency.SOON: 19,
        Urgency.PERSON_WAITS: 20,
    }


def test_what_one_limit_refuses_is_counted_against_none(database: Database) -> None:
    mine = budget(database)
    other = Limit(name="other", requests=1000, seconds=1e9, scope="application")
    with pytest.raises(TryAgainLater):
        take_all(mine, [LONG, other])
    assert mine.used(other).used == mine.used(LONG).used == LONG.requests


def test_a_spaced_request_waits_for_its_turn(database: Database) -> None:
    slept: list[float] = []
    mine = budget(database, sleep=slept.append)
    spaced = Limit(name="slow", requests=1, seconds=4, scope="credential", is_spaced=True)
    for _ in range(3):
        mine.take([spaced], urgency=Urgency.ROUTINE)
    assert slept == [pytest.approx(4, abs=1), pytest.approx(8, abs=1)]
    with pytest.raises(TryAgainLater):
        mine.take([spaced], urgency=Urgency.ROUTINE)
    assert max(slept) <= LONGEST_WAIT_SECONDS


def test_a_request_whose_turn_never_came_takes_no_turn(database: Database) -> None:
    mine = budget(database, sleep=lambda _: None)
    spaced = Limit(name="slow", requests=1, seconds=60, scope="credential", is_spaced=True)
    mine.take([spaced], urgency=Urgency.ROUTINE)
    before = mine.used(spaced).free_at
    for _ in range(5):
        with pytest.raises(TryAgainLater):
            mine.take([spaced], urgency=Urgency.PERSON_WAITS)
    assert mine.used(spaced).free_at == before


@pytest.mark.parametrize("limit", [LONG, SPACED], ids=["counted", "spaced"])
def test_after_the_vendor_refused_nobody_asks_before_its_time(database: Database, limit: Limit) -> None:
    until = datetime.now(UTC) + timedelta(minutes=20)  # noqa: TID251 - compared with the database's own clock
    budget(database).refused([limit], until=until)
    budget(database).refused([limit], until=until - timedelta(minutes=5))
    with pytest.raises(TryAgainLater) as refused:
        budget(database).take([limit], urgency=Urgency.PERSON_WAITS)
    assert refused.value.until is not None
    assert refused.value.until >= until - timedelta(milliseconds=1)
    assert budget(database).used(limit).refused_until == until


def test_a_vendor_cannot_send_us_away_for_years(database: Database) -> None:
    mine = budget(database)
    mine.refused([LONG], until=datetime(2199, 1, 1, tzinfo=UTC))
    refused_until = mine.used(LONG).refused_until
    assert refused_until is not None
    assert refused_until.year < 2199


@pytest.mark.parametrize(("scope", "is_shared"), [("application", True), ("credential", True), ("connection", False)])
def test_connections_share_what_the_scope_says(database: Database, scope: str, is_shared: bool) -> None:
    limit = Limit(name="hour", requests=5, seconds=1e9, scope=scope)
    budget(database, connection="c1").take([limit], urgency=Urgency.ROUTINE)
    assert budget(database, connection="c2").used(limit).used == (1 if is_shared else 0)


def test_the_same_limit_of_two_operations_is_two_limits(database: Database) -> None:
    mine = budget(database)
    one, other = (Limit(name="h", requests=5, seconds=1e9, scope="application", operation=name) for name in "ab")
    mine.take([one], urgency=Urgency.ROUTINE)
    assert (mine.used(one).used, mine.used(other).used) == (1, 0)


def test_no_owner_stands_in_the_table(database: Database) -> None:
    limits = [per_hour(scope) for scope in OWNERS]
    budget(database).take(limits, urgency=Urgency.ROUTINE)
    with database.shared() as connection:
        keys = [key for (key,) in connection.execute("select key from vendor_limit")]
    assert len(keys) == 3
    assert not [key for key in keys for owner in OWNERS.values() if owner in key]


def per_hour(scope: str) -> Limit:
    return Limit(name=f"of the {scope}", requests=5, seconds=1e9, scope=scope)


def test_a_clock_set_back_grants_nothing_twice(database: Database) -> None:
    """The row says a later window than the clock: what it counted still counts, and the next window heals it."""
    mine = budget(database)
    mine.take([LONG], urgency=Urgency.ROUTINE)
    with database.shared() as connection:
        connection.execute("update vendor_limit set window_number = window_number + 3, used = 20")
    with pytest.raises(TryAgainLater):
        mine.take([LONG], urgency=Urgency.PERSON_WAITS)
