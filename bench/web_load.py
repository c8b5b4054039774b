"""Asks the real web process for pages as the people of many practices do: 50 a second, whether or not it keeps up."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from statistics import quantiles
from threading import local

from bench.measure import postgres_cpu_seconds
from bench.web_data import FIRST_ID, FIRST_NAMES, FIRST_PARTS, LAST_PARTS
from bench.web_house import Person

ASKERS = 32
"""Browsers at once; more requests than that are never under way, unless the process falls far behind."""

Ask = Callable[[Person, random.Random], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of request: its share of the mix, and its path below the practice."""

    what: str
    share: float
    path: Ask


def _typed(words: Callable[[random.Random], str]) -> Ask:
    return lambda person, chance: f"find?q={words(chance).replace(' ', '+')}"


def _name(chance: random.Random) -> str:
    return f"{chance.choice(FIRST_NAMES)} {chance.choice(FIRST_PARTS)}{chance.choice(LAST_PARTS)}"


def _id(person: Person, chance: random.Random) -> int:
    return FIRST_ID + chance.randrange(person.size)


KINDS = (
    Kind("floor: the empty box of Find", 0.10, lambda person, chance: "find"),
    Kind("Today", 0.30, lambda person, chance: "today"),
    Kind("Today: the open page asks", 0.10, lambda person, chance: "today?seen=x"),
    Kind("Find: an id", 0.08, lambda person, chance: f"find?q={_id(person, chance)}"),
    Kind("Find: a full name", 0.08, _typed(_name)),
    Kind("Find: parts of a name", 0.05, _typed(lambda chance: " ".join(word[:4] for word in _name(chance).split()))),
    Kind("Find: a name and a day", 0.05, _typed(lambda chance: f"{_name(chance).split()[1]} tomorrow")),
    Kind("Find: a day", 0.02, _typed(lambda chance: "tomorrow")),
    Kind("Find: a provider", 0.02, _typed(lambda chance: "Dr. Thor")),
    Kind("The answer", 0.20, lambda person, chance: f"appointments/{person.connection_id}/{_id(person, chance)}"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """One request; `milliseconds` from when it was due until its last byte."""

    kind: Kind
    milliseconds: float
    status: int
    """0: none came."""
    size: int
    """Bytes of the body as it was sent."""

    @property
    def is_error(self) -> bool:
        return self.status not in (200, 204)


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one stretch of load."""

    answers: Sequence[Answered]
    seconds: float
    web_cpu_seconds: float
    postgres_cpu_seconds: float

    def of(self, kind: Kind) -> list[Answered]:
        """The answers to that kind."""
        return [one for one in self.answers if one.kind is kind]


def percentiles(answers: Sequence[Answered]) -> tuple[float, float, float]:
    """p50, p95 and p99 in milliseconds; of at least two answers."""
    cuts = quantiles((one.milliseconds for one in answers), n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def table(load: Load) -> Iterator[str]:
    """In Markdown, each kind beside the floor, which is the first of them."""
    floor = percentiles(load.of(KINDS[0]))
    yield "\n| what | requests | p50 | p95 | p99 | × floor (p50) | errors | kB on the wire |"
    yield "|---|---|---|---|---|---|---|---|"
    for what, answers in [*((kind.what, load.of(kind)) for kind in KINDS), ("**all**", load.answers)]:
        p50, p95, p99 = percentiles(answers)
        errors, largest = sum(one.is_error for one in answers), max(one.size for one in answers) / 1_000
        times = f"{p50:.1f} ms | {p95:.1f} ms | {p99:.1f} ms | {p50 / floor[0]:.2f}"
        yield f"| {what} | {len(answers):,} | {times} | {errors} | {largest:.1f} |"
    cores = (load.web_cpu_seconds / load.seconds, load.postgres_cpu_seconds / load.seconds)
    yield (
        f"\n{len(load.answers) / load.seconds:.1f} requests a second for {load.seconds:.0f} s; of a core busy: "
        f"{cores[0]:.2f} by the web process, {cores[1]:.2f} by PostgreSQL; processor time of a request: "
        f"{load.web_cpu_seconds / len(load.answers) * 1_000:.1f} + "
        f"{load.postgres_cpu_seconds / len(load.answers) * 1_000:.1f} ms"
    )


def put_on(
    port: int,
    people: Sequence[Person],
    *,
    per_second: float,
    seconds: float,
    web_pid: int,
    postmaster: int,
    seed: int = 3,
) -> Load:
    """Open loop: each request is sent when it is due, and waits for nobody but a free browser."""
    chance, browsers = random.Random(seed), local()
    shares = [one.share for one in KINDS]
    planned = [
        (number / per_second, kind, person, kind.path(person, chance))
        for number in range(int(per_second * seconds))
        for kind, person in ((chance.choices(KINDS, shares)[0], chance.choice(people)),)
    ]
    cpu = postgres_cpu_seconds(web_pid), postgres_cpu_seconds(postmaster)
    with ThreadPoolExecutor(ASKERS) as pool:
        began = time.perf_counter()
        asked = []
        for due, kind, person, path in planned:
            time.sleep(max(0.0, began + due - time.perf_counter()))
            asked.append(pool.submit(_ask, browsers, port, began + due, kind, person, path))
        answers = [one.result() for one in asked]
    took = time.perf_counter() - began
    return Load(
        answers, took, postgres_cpu_seconds(web_pid) - cpu[0], postgres_cpu_seconds(postmaster) - cpu[1]
    )  # fmt: skip


def _ask(browsers: local, port: int, due: float, kind: Kind, person: Person, path: str) -> Answered:
    """Over a connection that stays open, as browsers keep theirs."""
    connection = getattr(browsers, "connection", None) or HTTPConnection("127.0.0.1", port, timeout=30)
    browsers.connection = connection
    headers = {"Cookie": person.cookie, "Accept": "text/html", "Accept-Encoding": "gzip"}
    if "find?" in path:
        headers["HX-Request"] = "true"
    if "seen=" in path:
        headers["X-By-Itself"] = "1"
    try:
        connection.request("GET", f"/p/{person.slug}/{path}", headers=headers)
        answer = connection.getresponse()
        size, status = len(answer.read()), answer.status
    except (OSError, HTTPException):
        connection.close()
        size, status = 0, 0
    return Answered(kind, (time.perf_counter() - due) * 1_000, status, size)
