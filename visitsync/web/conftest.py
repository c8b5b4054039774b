"""The web process's application on a database of its own, asked through Django's client."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from django.test import Client

from visitsync.storage import practices
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import Database
from visitsync.storage.practices import ConnectionState
from visitsync.storage.vault import Vault
from visitsync.sync.engine import Engine
from visitsync.web.hook_token import hook_token
from visitsync.web.parts import Parts, give
from visitsync.web.site import Site, make_site, set_up

HOSTS = ("testserver", "127.0.0.1", "localhost")
"""The same as on the stage: the first test of a process decides."""
SECRET = "the-practices-own-webhook-secret"
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def client(database: Database, database_url: str, vault: Vault) -> Client:
    give(Parts(engine=Engine(database=database, vault=vault, clock=lambda: NOW)))
    make_site(_site(database_url))
    return Client(raise_request_exception=False)


def _site(database_url: str) -> Site:
    return Site(hosts=HOSTS, database_url=database_url, secret_key="secret key of the tests", is_secure=False)


set_up(_site("dbname=none"))  # so that the tests may import models; every test leads them to its own database


class Hooked(msgspec.Struct, frozen=True):
    """A connection with a webhook secret, and the address of its webhooks."""

    practice_id: UUID
    connection_id: UUID
    address: str


@pytest.fixture
def hooked(database: Database, vault: Vault, practice_id: UUID) -> Hooked:
    with database.practice(practice_id) as transaction:
        connection_id = practices.add_connection(
            transaction, emr="drchrono", base_url="https://app.drchrono.com", settings={}
        )
        practices.change_state(transaction, connection_id, ConnectionState.ACTIVE)
    store = StoredCredentials(database, vault, practice_id=practice_id, connection_id=connection_id)
    store.save({"client_id": "invented", "webhook_secret": SECRET})
    return Hooked(practice_id, connection_id, f"/hooks/drchrono/{hook_token(practice_id, connection_id)}")
