"""Times what the pages read, over many practices: queries, milliseconds and processor time of each."""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import quantiles
from typing import Any

from bench.measure import measured
from bench.pretend import NOW
from bench.web_data import FIRST_ID, Filled, fill
from visitsync.storage.database import Database, Transaction
from visitsync.storage.keyring import Keyring
from visitsync.storage.migrate import migrate
from visitsync.storage.roles import AppRole, app_url
from visitsync.storage.vault import Vault
from visitsync.sync import answers, day, find, how_current, needs_attention
from visitsync.sync.office import Office, OfficeCache
from visitsync.wiring.embedded_postgres import RunningDatabase
from visitsync.wiring.embedded_postgres.temporary import temporary_database

LARGEST_SHARED_BUFFERS = {"shared_buffers": "512MB"}


@dataclass(frozen=True, slots=True)
class Timed:
    """One page's reading, over many practices."""

    what: str
    is_large: bool
    calls: int
    median_ms: float
    p99_ms: float
    cpu_ms: float
    """Of this process and PostgreSQL together, per call."""
    most_queries: int


class Counted(Transaction):
    """Counts what is asked in it."""

    __slots__ = ("queries",)

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction.connection, transaction.practice_id)
        self.queries = 0

    def execute(self, query: Any, parameters: Any = None, *, binary: bool = False) -> Any:
        self.queries += 1
        return super().execute(query, parameters, binary=binary)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page's reading happens."""

    transaction: Transaction
    vault: Vault
    office: Office
    filled: Filled
    chance: random.Random


def run(*, practices: int, appointments: int, calls: int, tell: Callable[[str], None]) -> list[Timed]:
    """Fills a database of its own and times every reading, for ordinary practices and for large ones."""
    vault = Vault(Keyring(index_key=os.urandom(32), data_keys={1: os.urandom(32)}, sealing_key_id=1))
    with temporary_database(settings=LARGEST_SHARED_BUFFERS) as postgres, _migrated(postgres) as database:
        began = time.perf_counter()
        filled = []
        for one in fill(database, vault, practices_wanted=practices, appointments=appointments, now=NOW):
            filled.append(one)
            if len(filled) % 200 == 0:
                tell(f"{len(filled):,} practices, {time.perf_counter() - began:.0f} s")
        with database.shared() as connection:
            connection.execute("analyze")
        cache = OfficeCache()
        return [
            _timed(what, read, some, database, vault, cache, postgres, calls)
            for some in (_some(filled, is_large=False), _some(filled, is_large=True))
            if some
            for what, read in READINGS.items()
        ]


def _some(filled: Sequence[Filled], *, is_large: bool) -> list[Filled]:
    return [one for one in filled if one.is_large == is_large]


def _today(at: Place) -> None:
    today = day.today(at.office)
    day.days(at.transaction, at.vault, at.office, today, today)
    day.counts_by_day(at.transaction, at.vault, at.office, today, today + timedelta(days=6))
    how_current.how_current(at.office, {})


def _own_day(at: Place) -> None:
    today = day.today(at.office)
    filters = day.Filters(staff_id=at.chance.choice(at.filled.staff_ids))
    day.days(at.transaction, at.vault, at.office, today, today, filters)


def _answer(at: Place) -> None:
    appointment_id = str(FIRST_ID + at.chance.randrange(at.filled.size))
    found = answers.answer_to(at.transaction, at.vault, at.office, at.filled.connection_id, appointment_id)
    assert found is not None


def _finding(query: str) -> Callable[[Place], None]:
    def read(at: Place) -> None:
        find.find(at.transaction, at.vault, at.office, query, next_reads={})

    return read


def _attention(at: Place) -> None:
    needs_attention.needs_attention(at.transaction, at.vault, at.office)


READINGS: dict[str, Callable[[Place], None]] = {
    "Today, with the week's counts": _today,
    "a provider's own day": _own_day,
    "The answer": _answer,
    "Find: an id": _finding("7000123"),
    "Find: a full name": _finding("Vikram Thorsen"),
    "Find: parts of a name": _finding("Vik Thor"),
    "Find: a name and a day": _finding("thorsen tomorrow"),
    "Find: a day": _finding("tomorrow"),
    "Find: a provider": _finding("Dr. Thor"),
    "Find: nothing fits": _finding("Zebediah Quux"),
    "Needs attention": _attention,
}


def _timed(
    what: str, read: Callable[[Place], None], filled: Sequence[Filled], database: Database, vault: Vault,
    cache: OfficeCache, postgres: RunningDatabase, calls: int,
) -> Timed:  # fmt: skip
    chance = random.Random(what)
    for one in chance.sample(list(filled), min(len(filled), 20)):
        _once(read, one, database, vault, cache, NOW, chance)
    times, most = [], 0
    with measured(what, postgres.pid) as cost:
        for _ in range(calls):
            began = time.perf_counter()
            most = max(most, _once(read, chance.choice(filled), database, vault, cache, NOW, chance))
            times.append((time.perf_counter() - began) * 1_000)
    cuts = quantiles(times, n=100)
    return Timed(what, filled[0].is_large, calls, cuts[49], cuts[98], cost.cpu_seconds / calls * 1_000, most)


def _once(
    read: Callable[[Place], None], filled: Filled, database: Database, vault: Vault, cache: OfficeCache, now: datetime,
    chance: random.Random,
) -> int:  # fmt: skip
    """Reads in a transaction of its own; returns how many queries there were."""
    with database.practice(filled.practice_id) as transaction:
        counted = Counted(transaction)
        office = cache.office(counted, vault, now)
        read(Place(counted, vault, office, filled, chance))
        return counted.queries


@contextmanager
def _migrated(postgres: RunningDatabase) -> Iterator[Database]:
    role = AppRole(name="visitsync_bench", password=os.urandom(16).hex())
    migrate(postgres.owner_url, app_role=role)
    with Database(app_url(postgres.owner_url, role)) as database:
        yield database
