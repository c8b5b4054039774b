"""Many people of several practices at once, over few connections that keep breaking: nobody sees another's patients."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from html import unescape
from typing import TYPE_CHECKING

import msgspec
import psycopg
import pytest
from django.test import Client

from tests.stage.clinic import HOSTS
from tests.web_security.hostile import SLUG, a_hostile_practice
from visitsync.storage.database import Database
from visitsync.sync.engine import Engine
from visitsync.web.parts import Parts, give

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

PAGES = ("today", "today?span=week", "attention", "find?q=tomorrow", "find?q=14:00", "connections", "types/providers")
THREADS, ROUNDS = 6, 30
CONNECTIONS = 2
BREAK = b"""
    select case when random() < 0.2 then pg_terminate_backend(pid) else pg_cancel_backend(pid) end
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
    order by random() limit 1"""


class Desk(msgspec.Struct, frozen=True):
    """One practice: who works there, and what only that practice holds."""

    slug: str
    user_id: object
    answers: tuple[str, ...]
    names: frozenset[str]


@pytest.fixture
def desks(clinics: Clinics) -> Iterator[list[Desk]]:
    """Three practices, two of them in EMRs that number alike, behind a pool of two connections."""
    with a_hostile_practice(clinics) as thistle:
        people = {"larkspur": clinics.people["admin"], "juniper": clinics.people["other-admin"]}
        people[SLUG] = thistle.clinics.people["admin"]
        url = clinics.database.url
        with Database(url, connections=CONNECTIONS) as narrow:
            engine = clinics.engine
            give(Parts(engine=Engine(database=narrow, vault=engine.vault, clock=engine.clock)))
            yield [_desk(thistle.clinics, slug, signing.user_id) for slug, signing in people.items()]


def _desk(clinics: Clinics, slug: str, user_id: object) -> Desk:
    practice_id = clinics.practice_id(slug)
    with clinics.database.practice(practice_id) as transaction:
        rows = transaction.execute(
            "select connection_id, appointment_id from appointment where practice_id = %s order by 2 limit 40",
            (practice_id,),
        ).fetchall()
    everybody = {name: {f"{one.first_name} {one.last_name}" for one in stage.clinic.patients}
                 for name, stage in clinics.sets.items()}  # fmt: skip
    others = set().union(*(names for name, names in everybody.items() if name != slug))
    return Desk(slug, user_id, tuple(f"appointments/{one}/{identity}" for one, identity in rows),
                frozenset(everybody[slug] - others))  # fmt: skip


def _client(desk: Desk) -> Client:
    from visitsync.web.accounts.models import User

    client = Client(raise_request_exception=False, headers={"accept": "text/html", "host": HOSTS[0]})
    client.force_login(User.objects.get(id=desk.user_id))
    return client


def _work(desks: list[Desk], clients: dict[str, dict[str, str]], seed: int) -> tuple[int, list[str]]:
    """Asks as one after the other; returns how many pages came, and whatever stood in one that is another's."""
    from django.db import connections

    chance, came, foreign = random.Random(seed), 0, []
    try:
        for _ in range(ROUNDS):
            desk = chance.choice(desks)
            client = Client(raise_request_exception=False, headers={"accept": "text/html"})
            client.cookies.load(clients[desk.slug])
            path = chance.choice((*PAGES, *desk.answers[:: len(desk.answers) // 4]))
            answer = client.get(f"/p/{desk.slug}/{path}", follow=True)
            text = unescape(answer.content.decode())
            came += answer.status_code == 200
            foreign += [
                f"{path}: {name}" for other in desks if other is not desk for name in other.names if name in text
            ]
    finally:
        connections.close_all()
    return came, foreign


def _all_done(futures: list[Future[tuple[int, list[str]]]]) -> bool:
    return all(one.done() for one in futures)


def test_nobody_sees_another_practices_patients_while_connections_break(
    desks: list[Desk], server: psycopg.Connection
) -> None:
    cookies = {desk.slug: {name: one.value for name, one in _client(desk).cookies.items()} for desk in desks}
    with ThreadPoolExecutor(THREADS) as pool:
        storm = [pool.submit(_work, desks, cookies, seed) for seed in range(THREADS)]
        while not _all_done(storm):
            with suppress(psycopg.Error):
                server.execute(BREAK)
        calm = [pool.submit(_work, desks, cookies, seed) for seed in range(THREADS)]
    foreign = [one for future in (*storm, *calm) for one in future.result()[1]]
    assert not foreign
    assert sum(future.result()[0] for future in calm) == THREADS * ROUNDS


def test_the_same_number_in_two_practices_is_two_appointments(desks: list[Desk], clinics: Clinics) -> None:
    numbered = {desk.slug: {one.rpartition("/")[2] for one in desk.answers} for desk in desks}
    same = numbered["larkspur"] & numbered[SLUG]
    assert same, "both EMRs are DrChrono, and number alike"
    larkspur, thistle = (next(one for one in desks if one.slug == slug) for slug in ("larkspur", SLUG))
    for desk, other in ((larkspur, thistle), (thistle, larkspur)):
        client = _client(desk)
        for address in desk.answers:
            if address.rpartition("/")[2] in same:
                text = unescape(client.get(f"/p/{desk.slug}/{address}").content.decode())
                assert not [name for name in other.names if name in text]
