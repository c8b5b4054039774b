"""Two practices whose pretend EMRs were read once: Larkspur on DrChrono, Juniper on Kareo. Built once per process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from tests.stage.busy_days import book_two_days, book_whom_the_emr_does_not_show, declare_the_test
from tests.stage.people import SignIn, hire
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.storage.database import Database
from visitsync.storage.keyring import Keyring
from visitsync.storage.vault import Vault
from visitsync.sync.engine import Engine
from visitsync.sync.pipeline import sync
from visitsync.web.parts import Parts, give
from visitsync.web.site import Site, make_site, use_database
from visitsync.wiring.demo.admin import Opened, open_practice
from visitsync.wiring.demo.stage import CASTS, Set, set_up
from visitsync.wiring.house import House
from visitsync.wiring.settings import Settings

NOW = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
"""A Tuesday, 9:30 in the morning at Larkspur."""
SEED = 3
HOSTS = ("testserver", "127.0.0.1", "localhost")

# Playwright leaves its event loop running in the thread of the test; Django would refuse to ask the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


class Clinics(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that stands behind the pages of one test."""

    database: Database
    vault: Vault
    clock: VirtualClock
    """Ours; the EMRs have their own, see `sets`."""
    engine: Engine
    sets: dict[str, Set]
    """By the practice's slug: its pretend EMR."""
    opened: dict[str, Opened]
    people: dict[str, SignIn]

    def practice_id(self, slug: str) -> UUID:
        return self.opened[slug].practice_id

    def sync(self, slug: str = "larkspur") -> None:
        """One ordinary turn of a worker."""
        opened = self.opened[slug]
        sync(self.engine.link(opened.practice_id, opened.connection_id))


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """What was built once: a database to be copied, and what goes with it."""

    name: str
    vault: Vault
    sets: dict[str, Set]
    opened: dict[str, Opened]
    people: dict[str, SignIn]


@contextmanager
def built(name: str, database_url: str) -> Iterator[Template]:
    """Both clinics in that database, read once, their people hired; the pretend EMRs answer until the end."""
    with ExitStack() as closing:
        vault = Vault(Keyring(index_key=os.urandom(32), data_keys={1: os.urandom(32)}, sealing_key_id=1))
        sets = {cast.slug: set_up(cast, NOW, seed=SEED) for cast in CASTS[:2]}
        booked = book_two_days(sets["larkspur"].clinic, NOW)
        for one in sets.values():
            closing.enter_context(one.server)
        clock = VirtualClock.running_from(NOW)
        with Database(database_url) as database:
            house = _house(database, vault, clock)
            opened = {slug: open_practice(house, one, 0) for slug, one in sets.items()}
            for practice in opened.values():
                sync(house.link(practice.practice_id, practice.connection_id))
            _live_a_little(house.engine, sets["larkspur"], opened["larkspur"], booked)
            stand_behind(house.engine, database_url)
            people = hire(database, vault, {slug: practice.practice_id for slug, practice in opened.items()})
            _let_go()
        yield Template(name=name, vault=vault, sets=sets, opened=opened, people=people)


@contextmanager
def clinics_in(template: Template, database_url: str) -> Iterator[Clinics]:
    """The clinics in a copy of the template, on a clock that starts at NOW."""
    clock = VirtualClock.running_from(NOW)
    with Database(database_url) as database:
        house = _house(database, template.vault, clock)
        stand_behind(house.engine, database_url)
        yield Clinics(
            database=database,
            vault=template.vault,
            clock=clock,
            engine=house.engine,
            sets=template.sets,
            opened=template.opened,
            people=template.people,
        )
        _let_go()


def _live_a_little(engine: Engine, stage: Set, opened: Opened, booked: dict[str, int]) -> None:
    """Larkspur after its first reading: a visit for trying things out, and a chart that the EMR does not show."""
    test = stage.app.vendor_id(booked["Test Patient"])
    declare_the_test(engine, opened.practice_id, opened.connection_id, test)
    book_whom_the_emr_does_not_show(stage, engine, opened.practice_id, opened.connection_id)


def stand_behind(engine: Engine, database_url: str) -> None:
    """Gives the web app of this process that installation."""
    give(Parts(engine=engine, public_url="http://testserver", support_address="help@visitsync.example"))
    make_site(
        Site(
            hosts=HOSTS,
            database_url=database_url,
            secret_key="secret key of the tests",
            is_secure=False,
        )
    )
    use_database(database_url)


def _let_go() -> None:
    from django.db import connections

    connections["default"].close()


def _house(database: Database, vault: Vault, clock: Callable[[], datetime]) -> House:
    settings = Settings(home=Path(tempfile.gettempdir()), allows_loopback=True)
    return House(settings=settings, database=database, vault=vault, clock=clock)
