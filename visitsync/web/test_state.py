"""Health, readiness, and what every answer has in common."""

import psycopg
import pytest
from django.test import Client

from visitsync.storage.database import Database
from visitsync.storage.vault import Vault
from visitsync.sync.engine import Engine
from visitsync.web.conftest import NOW
from visitsync.web.door import ALWAYS
from visitsync.web.parts import Parts, give


def test_it_lives_and_is_ready(client: Client) -> None:
    assert client.get("/health").json() == {"status": "alive"}
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "database": "ok", "migrations": "ok", "key": "ok"}


def test_without_its_database_it_lives_and_is_not_ready(client: Client, vault: Vault) -> None:
    gone = Database("postgresql://nobody@127.0.0.1:1/nothing", wait_seconds=0.5)
    with gone:
        give(Parts(engine=Engine(database=gone, vault=vault, clock=lambda: NOW)))
        assert client.get("/health").status_code == 200
        answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["database"] == "unavailable"


def test_with_a_migration_missing_it_is_not_ready(client: Client, own_owner_url: str, vault: Vault) -> None:
    with psycopg.connect(own_owner_url) as owner:
        owner.execute("delete from migration where name like '0002%'")
    with Database(own_owner_url) as database:
        give(Parts(engine=Engine(database=database, vault=vault, clock=lambda: NOW)))
        answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "not as this version expects"


@pytest.mark.parametrize("path", ["/nothing", "/admin/", "/.git/config", "/health/", "/docs", "/metrics"])
def test_what_is_not_there_says_so_in_one_word(path: str, client: Client) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (404, {"error": "not found"})


@pytest.mark.parametrize("path", ["/health", "/nothing", "/hooks/drchrono/x"])
def test_every_answer_carries_the_protecting_headers(path: str, client: Client) -> None:
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in ALWAYS} == dict(ALWAYS)


@pytest.mark.parametrize("method", ["post", "put", "delete", "trace", "patch"])
def test_other_methods_are_refused(method: str, client: Client) -> None:
    assert getattr(client, method)("/health").status_code == 405


def test_another_host_name_is_refused_but_probes_may_use_any(client: Client) -> None:
    refused = client.get("/hooks/drchrono/x", headers={"host": "evil.example"})
    assert (refused.status_code, refused.json()) == (400, {"error": "bad request"})
    assert client.get("/health", headers={"host": "10.1.2.3"}).status_code == 200
