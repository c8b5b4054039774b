"""The way to the database: one practice at a time, and clear words when it is away."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest

from visitsync.storage.database import (
    Database,
    NestedTransaction,
    OutcomeUnknown,
    StorageUnavailable,
)
from visitsync.storage.practices import add_connection, connections


def test_a_practice_sees_its_own_rows_and_nobody_elses(database: Database, practice_id: UUID) -> None:
    with database.practice(practice_id) as transaction:
        assert transaction.execute("select practice_id from practice").fetchall() == [(practice_id,)]
    with database.practice(uuid4()) as transaction:
        assert transaction.execute("select practice_id from practice").fetchall() == []


def test_what_is_raised_undoes_everything(database: Database, practice_id: UUID) -> None:
    with pytest.raises(ZeroDivisionError), database.practice(practice_id) as transaction:  # noqa: PT012
        add_connection(transaction, emr="kareo", base_url="https://emr.example")
        raise ZeroDivisionError
    with database.practice(practice_id) as transaction:
        assert connections(transaction) == []


def test_a_transaction_inside_another_is_refused(database: Database, practice_id: UUID) -> None:
    with database.practice(practice_id), pytest.raises(NestedTransaction), database.practice(practice_id):
        pass
    with database.shared(), pytest.raises(NestedTransaction), database.shared():
        pass
    with database.practice(practice_id):
        pass


def test_the_shared_budget_can_be_asked_inside_a_practices_transaction(database_url: str, practice_id: UUID) -> None:
    """Even where every connection for practices is taken."""
    with Database(database_url, connections=2, shared_connections=1, wait_seconds=20) as database:
        all_inside = threading.Barrier(2)

        def ask(_: int) -> object:
            with database.practice(practice_id):
                all_inside.wait(20)
                with database.shared() as connection:
                    return connection.execute("select 1").fetchone()

        with ThreadPoolExecutor(2) as threads:
            assert list(threads.map(ask, range(2))) == [(1,), (1,)]


def test_an_id_that_is_none_is_refused_before_the_database_is_asked(database: Database) -> None:
    with pytest.raises(ValueError, match="UUID"), database.practice("*"):  # type: ignore[arg-type]
        pass


def test_temporary_tables_are_found_again_and_empty(database_url: str, practice_id: UUID) -> None:
    with Database(database_url, connections=1) as database:
        for _ in range(2):
            with database.practice(practice_id) as transaction:
                transaction.execute(
                    "create temp table if not exists incoming (name text, at timestamptz) on commit delete rows"
                )
                assert transaction.execute("select count(*) from incoming").fetchone() == (0,)
                with transaction.cursor().copy("copy incoming from stdin (format binary)") as copy:
                    copy.set_types(["text", "timestamptz"])
                    copy.write_row(["Ada", None])
                assert transaction.execute("select name from incoming").fetchall() == [("Ada",)]


def test_a_server_that_is_not_there_is_said_so() -> None:
    with Database("host=127.0.0.1 port=1 dbname=none", wait_seconds=0.2) as database:
        with pytest.raises(StorageUnavailable), database.practice(uuid4()):
            pass
        with pytest.raises(StorageUnavailable), database.shared():
            pass


def test_a_connection_that_breaks_inside_a_transaction_is_said_so_and_replaced(
    database: Database, practice_id: UUID, superuser: psycopg.Connection
) -> None:
    with pytest.raises(StorageUnavailable) as broken, database.practice(practice_id) as transaction:  # noqa: PT012
        add_connection(transaction, emr="kareo", base_url="https://emr.example")
        _terminate(superuser, transaction.connection)
        transaction.execute("select 1")
    assert not isinstance(broken.value, OutcomeUnknown)
    with database.practice(practice_id) as transaction:
        assert connections(transaction) == []


def test_a_connection_that_breaks_while_committing_leaves_the_outcome_open(
    database: Database, practice_id: UUID, superuser: psycopg.Connection
) -> None:
    with pytest.raises(OutcomeUnknown), database.practice(practice_id) as transaction:  # noqa: PT012 - leaving raises
        add_connection(transaction, emr="kareo", base_url="https://emr.example")
        _terminate(superuser, transaction.connection)


def test_a_worker_that_slept_too_long_inside_a_transaction_has_lost_it(database: Database, practice_id: UUID) -> None:
    with pytest.raises(StorageUnavailable), database.practice(practice_id) as transaction:  # noqa: PT012
        transaction.execute("set local idle_in_transaction_session_timeout = '10ms'")
        threading.Event().wait(0.5)
        transaction.execute("select 1")


def test_a_connection_that_died_while_idle_is_replaced_unnoticed(
    database: Database, practice_id: UUID, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visitsync.storage.database.TRUSTED_SECONDS", 0.0)
    with database.practice(practice_id) as transaction:
        session = transaction.connection
    _terminate(superuser, session)
    with database.practice(practice_id) as transaction:
        assert transaction.connection is not session


def test_errors_that_the_caller_must_judge_pass_through(database: Database, practice_id: UUID) -> None:
    with pytest.raises(psycopg.errors.QueryCanceled), database.practice(practice_id) as transaction:
        transaction.execute("set local statement_timeout = '10ms'; select pg_sleep(5)")
    with pytest.raises(psycopg.errors.SerializationFailure), database.practice(practice_id) as transaction:
        transaction.execute("do $$ begin raise exception using errcode = 'serialization_failure'; end $$")


def test_closed_is_closed(database_url: str) -> None:
    with Database(database_url) as database:
        pass
    with pytest.raises(StorageUnavailable), database.practice(uuid4()):
        pass


def _terminate(superuser: psycopg.Connection, victim: psycopg.Connection) -> None:
    """Ends the session on the server, and waits until it is gone."""
    superuser.execute("select pg_terminate_backend(%s, 10000)", [victim.info.backend_pid])
