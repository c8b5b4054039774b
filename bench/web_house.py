"""A full installation for the web bench: practices filled, people hired and signed in, `visitsync serve` running."""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import UUID

from bench.pretend import NOW
from bench.web_data import Filled, fill
from visitsync.domain.role import Role
from visitsync.storage import staff
from visitsync.storage.migrate import migrate
from visitsync.storage.practices import tenants
from visitsync.storage.roles import AppRole, app_url
from visitsync.wiring.demo.processes import free_port
from visitsync.wiring.embedded_postgres import RunningDatabase
from visitsync.wiring.embedded_postgres.temporary import temporary_database, temporary_folder
from visitsync.wiring.house import House, open_house
from visitsync.wiring.settings import from_environment
from visitsync.wiring.site_of_house import accounts_of

SERVE = "from visitsync.wiring.cli import main; main()"
STARTS_WITHIN_SECONDS = 60.0
POSTGRES = {"shared_buffers": "512MB"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a front desk, signed in."""

    slug: str
    cookie: str
    """As a browser sends it."""
    connection_id: UUID
    size: int
    """Appointments of the practice."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The processes under load."""

    port: int
    web_pid: int
    postgres: RunningDatabase
    people: Sequence[Person]


@contextmanager
def serving(*, practices: int, appointments: int, signed_in: int, tell: Callable[[str], None]) -> Iterator[Serving]:
    """Until the end of the block. It is NOW there, moving on; `signed_in` people of as many practices are at work."""
    with temporary_database(settings=POSTGRES) as postgres, temporary_folder() as home:
        environment = _environment(postgres, home)
        began = time.perf_counter()
        with open_house(from_environment(environment)) as house:
            filled = _filled(house, practices, appointments, tell)
            tell(f"{len(filled):,} practices filled in {time.perf_counter() - began:.0f} s")
            people = _hire(house, filled[:: max(1, len(filled) // signed_in)])
        with _web_process(environment) as process:
            yield Serving(int(environment["VISITSYNC_WEB_PORT"]), process.pid, postgres, people)


def _environment(postgres: RunningDatabase, home: Path) -> dict[str, str]:
    role = AppRole(name="visitsync_bench", password=os.urandom(16).hex())
    migrate(postgres.owner_url, app_role=role)
    index, data = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    return {
        "VISITSYNC_HOME": str(home),
        "DATABASE_URL": app_url(postgres.owner_url, role),
        "VISITSYNC_KEY": f"index {index}; data 1 {data}",
        "VISITSYNC_WEB_PORT": str(free_port()),
        "VISITSYNC_CLOCK_AHEAD": str((NOW - datetime.now(UTC)).total_seconds()),
        "VISITSYNC_LOG_LEVEL": "error",
    }


def _filled(house: House, practices: int, appointments: int, tell: Callable[[str], None]) -> list[Filled]:
    filled = []
    for one in fill(house.database, house.vault, practices_wanted=practices, appointments=appointments, now=NOW):
        filled.append(one)
        if len(filled) % 200 == 0:
            tell(f"{len(filled):,} practices")
    with house.database.shared() as connection:
        connection.execute("analyze")
    return filled


def _hire(house: House, filled: Sequence[Filled]) -> list[Person]:
    """One person at each of these practices, with a second factor and a session, as the sign-in pages leave them."""
    with accounts_of(house) as accounts:
        from django.conf import settings  # all of these need the set-up
        from django.test import Client

        slugs = {one.practice_id: one.slug for one in tenants(house.database)}
        people = []
        for number, one in enumerate(filled):
            name, email = f"Desk {number}", f"desk.{number}@example.org"
            user = accounts.add_person(email=email, name=name, password=os.urandom(9).hex())
            with house.database.practice(one.practice_id) as transaction:
                member = staff.add_staff(transaction, house.vault, name=name, email=email, role=Role.FRONT_DESK)
            accounts.let_work_at(user, one.practice_id, member.staff_id)
            accounts.give_second_factor(user)
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            people.append(Person(slugs[one.practice_id], f"{cookie.key}={cookie.value}", one.connection_id, one.size))
        return people


@contextmanager
def _web_process(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", SERVE, "serve"], env={**os.environ, **environment})
    try:
        _wait_for(int(environment["VISITSYNC_WEB_PORT"]))
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    ends = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < ends:
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise TimeoutError("visitsync serve did not answer")
