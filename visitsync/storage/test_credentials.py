"""Credentials: sealed, and renewed by one worker at a time."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest

from visitsync.connector_kit.errors import NeedsReconnect
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import Database, StorageUnavailable
from visitsync.storage.practices import NoSuchConnection, add_connection, find_connection
from visitsync.storage.vault import Vault


@pytest.fixture
def connection_id(database: Database, practice_id: UUID) -> UUID:
    with database.practice(practice_id) as transaction:
        return add_connection(transaction, emr="drchrono", base_url="https://emr.example")


@pytest.fixture
def credentials(database: Database, vault: Vault, practice_id: UUID, connection_id: UUID) -> StoredCredentials:
    return StoredCredentials(database, vault, practice_id=practice_id, connection_id=connection_id)


def test_credentials_are_read_as_they_were_saved(credentials: StoredCredentials) -> None:
    credentials.save({"refresh_token": "r-1", "note": "naïve ✓"})
    assert credentials.read() == {"refresh_token": "r-1", "note": "naïve ✓"}


def test_they_stand_nowhere_in_clear(
    database: Database, credentials: StoredCredentials, practice_id: UUID, connection_id: UUID
) -> None:
    credentials.save({"refresh_token": "r-1-secret"})
    with database.practice(practice_id) as transaction:
        row = transaction.execute("select * from connection").fetchone()
        assert find_connection(transaction, connection_id).has_credentials
    assert "secret" not in repr(row) + repr(credentials)


def test_a_connection_without_credentials_asks_to_be_connected(
    database: Database, vault: Vault, credentials: StoredCredentials, practice_id: UUID
) -> None:
    with pytest.raises(NeedsReconnect):
        credentials.read()
    with pytest.raises(NeedsReconnect):
        credentials.renew(lambda current: current)
    with pytest.raises(NoSuchConnection):
        StoredCredentials(database, vault, practice_id=practice_id, connection_id=uuid4()).read()


def test_workers_that_find_the_token_expired_together_renew_it_once(credentials: StoredCredentials) -> None:
    credentials.save({"token": "old"})
    used: list[str] = []

    def renewal(current: Mapping[str, str]) -> Mapping[str, str]:
        if current["token"] != "old":
            return current
        used.append(current["token"])
        return {"token": "new"}

    with ThreadPoolExecutor(8) as workers:
        renewed = list(workers.map(lambda _: credentials.renew(renewal), range(8)))
    assert used == ["old"]
    assert renewed == [{"token": "new"}] * 8


def test_a_renewal_that_fails_changes_nothing_and_frees_the_lock(credentials: StoredCredentials) -> None:
    credentials.save({"token": "old"})

    def fails(current: Mapping[str, str]) -> Mapping[str, str]:
        raise NeedsReconnect("revoked")

    with pytest.raises(NeedsReconnect):
        credentials.renew(fails)
    assert credentials.renew(lambda current: current) == {"token": "old"}


def test_pages_are_saved_while_the_vendor_takes_its_time(
    database: Database, credentials: StoredCredentials, practice_id: UUID, connection_id: UUID
) -> None:
    credentials.save({"token": "old"})

    def saves_a_page(current: Mapping[str, str]) -> Mapping[str, str]:
        other = threading.Thread(target=save)
        other.start()
        other.join(30)
        return {"token": "new"}

    def save() -> None:
        with database.practice(practice_id) as transaction:
            transaction.execute("set local lock_timeout = '10s'")
            transaction.execute("update connection set epoch = epoch + 1 where connection_id = %s", [connection_id])
        saved.set()

    saved = threading.Event()
    credentials.renew(saves_a_page)
    assert saved.is_set()
    assert credentials.read() == {"token": "new"}


def test_a_used_up_refresh_token_is_not_lost_with_the_database_connection(
    credentials: StoredCredentials, postgres_url: str
) -> None:
    credentials.save({"token": "old"})

    def while_the_connection_breaks(current: Mapping[str, str]) -> Mapping[str, str]:
        with psycopg.connect(postgres_url, autocommit=True) as server:
            server.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'visitsync_app'")
        return {"token": "new"}

    assert credentials.renew(while_the_connection_breaks) == {"token": "new"}
    assert credentials.read() == {"token": "new"}


def test_a_database_that_is_away_is_said_so(vault: Vault) -> None:
    with Database("host=127.0.0.1 port=1 dbname=none", wait_seconds=0.2) as database, pytest.raises(StorageUnavailable):
        StoredCredentials(database, vault, practice_id=uuid4(), connection_id=uuid4()).read()
