"""The wall between practices, tried on every table: nothing of one is seen, changed or guessed by another."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from visitsync.storage.conftest import CANARY, Walled
from visitsync.storage.database import Database, Transaction
from visitsync.storage.practices import add_connection, add_practice
from visitsync.storage.staff import StaffExists, add_staff
from visitsync.storage.vault import Vault

READINGS = (
    "select count(*) from {}",
    "select count(*) from (table {}) as everything",
    "select count(*) from only {}",
    "select count(*) from {} where practice_id = practice_id",
    "with all_of_it as materialized (select * from {}) select count(*) from all_of_it",
)


def count_rows(connection: psycopg.Connection, reading: str, table: str) -> int:
    row = connection.execute(sql.SQL(reading).format(sql.Identifier(table)).as_string().encode()).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("reading", READINGS)
def test_each_practice_sees_one_row_of_every_table_its_own(walled: Walled, reading: str) -> None:
    for practice_id in walled.practices:
        with walled.database.practice(practice_id) as transaction:
            seen = {table: count_rows(transaction.connection, reading, table) for table in walled.tables}
            owners = {
                row
                for table in walled.tables
                for row in transaction.execute(f"select practice_id from {table}".encode())
            }
        assert set(seen.values()) == {1}, seen
        assert owners == {(practice_id,)}


@pytest.mark.parametrize("statement", ["copy {} to stdout", "copy (select * from {}) to stdout"])
def test_copying_a_table_out_copies_only_ones_own_rows(walled: Walled, statement: str) -> None:
    with walled.database.practice(walled.practices[0]) as transaction:
        for table in walled.tables:
            with transaction.cursor().copy(sql.SQL(statement).format(sql.Identifier(table))) as copy:
                lines = b"".join(copy).splitlines()
            assert len(lines) == 1
            assert str(walled.practices[0]).encode() in lines[0]


@pytest.mark.parametrize("reading", READINGS)
def test_without_a_practice_every_table_looks_empty(walled: Walled, reading: str) -> None:
    with walled.database.shared() as connection:
        seen = {table: count_rows(connection, reading, table) for table in walled.tables}
    assert len(seen) > 10
    assert set(seen.values()) == {0}


def test_a_practice_that_does_not_exist_sees_nothing(walled: Walled) -> None:
    with walled.database.practice(uuid4()) as transaction:
        assert {count_rows(transaction.connection, READINGS[0], table) for table in walled.tables} == {0}


@pytest.mark.parametrize("bogus", ["", " ", "%", "null", "*", "' or true --", "00000000"])
def test_a_bogus_setting_never_shows_a_row(walled: Walled, bogus: str) -> None:
    for table in walled.tables:
        with walled.database.shared() as connection, connection.transaction():
            connection.execute("select set_config('app.practice', %s, true)", [bogus])
            try:
                assert count_rows(connection, READINGS[0], table) == 0
            except psycopg.errors.InvalidTextRepresentation:
                connection.execute("rollback")


def test_the_setting_does_not_outlive_its_transaction(walled: Walled) -> None:
    with Database(walled.database.url, connections=1) as database:
        with database.practice(walled.practices[0]) as transaction:
            session = transaction.connection
        with database.practice(uuid4()) as transaction:
            assert transaction.connection is session, "the same connection, lent again"
            assert count_rows(session, READINGS[0], "practice") == 0
        with database._practice_pool.connection() as again:
            assert again is session
            assert again.execute("select current_setting('app.practice')").fetchone() == ("",)
            assert count_rows(again, READINGS[0], "practice") == 0


@pytest.mark.parametrize("statement", ["update {} set practice_id = practice_id", "delete from {}"])
def test_what_is_not_seen_is_not_changed(walled: Walled, superuser: psycopg.Connection, statement: str) -> None:
    for table in walled.tables:
        change = sql.SQL(statement).format(sql.Identifier(table)).as_string().encode()
        with walled.database.shared() as connection, suppress(psycopg.errors.InsufficientPrivilege):  # append-only
            assert connection.execute(change).rowcount == 0
        assert count_rows(superuser, READINGS[0], table) == 2


def test_no_row_is_written_into_another_practice_or_into_none(walled: Walled) -> None:
    mine, other = walled.practices
    for table in walled.tables:
        columns = _columns(walled, table)
        copied = sql.SQL(", ").join(
            sql.Placeholder("other") if name == "practice_id" else sql.Identifier(name) for name in columns
        )
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        copy = sql.SQL("insert into {table} ({names}) select {copied} from {table}").format(
            table=sql.Identifier(table), names=names, copied=copied
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege), walled.database.practice(mine) as transaction:
            transaction.execute(copy, {"other": other})
        with walled.database.shared() as connection:
            assert connection.execute(copy, {"other": other}).rowcount == 0, "there is nothing to copy from"
    with pytest.raises(psycopg.errors.InsufficientPrivilege), walled.database.shared() as connection:
        connection.execute("insert into practice (practice_id, name, zone) values (%s, 'n', 'UTC')", [mine])


def test_no_row_is_moved_to_another_practice(walled: Walled) -> None:
    mine, other = walled.practices
    for table in walled.tables:
        move = sql.SQL("update {} set practice_id = %s").format(sql.Identifier(table))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), walled.database.practice(mine) as transaction:
            transaction.execute(move, [other])


def test_the_planner_tells_nothing_about_others(walled: Walled, superuser: psycopg.Connection) -> None:
    superuser.execute("analyze")
    with walled.database.practice(walled.practices[0]) as transaction:
        transaction.connection.execute("set local client_min_messages = error")
        assert transaction.execute("select count(*) from pg_stats where schemaname = 'public'").fetchone() is not None
        told = transaction.execute(
            "select count(*) from pg_stats where schemaname = 'public' and tablename = any(%s)", [walled.tables]
        ).fetchone()
    assert told == (0,)


def test_an_error_does_not_tell_what_another_practice_has(database: Database, vault: Vault) -> None:
    """The same staff address in two practices is fine; twice in one is refused without quoting anything."""
    one, other = (add_practice(database, slug=slug, name=slug, zone="UTC").practice_id for slug in ("one", "other"))
    for practice_id in (one, other):
        with database.practice(practice_id) as transaction:
            add_staff(transaction, vault, name=CANARY, email="quirina@example.org", role="front desk")
    with database.practice(one) as transaction, pytest.raises(StaffExists) as refused:
        add_staff(transaction, vault, name=CANARY, email="quirina@example.org", role="front desk")
    assert "quirina" not in str(refused.value).lower()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into staff select * from staff",
        "update staff set name = ''",
        "update staff set staff_id = null",
        "insert into connection select practice_id, gen_random_uuid(), name, name, '{}', null, name from staff",
    ],
    ids=["unique", "check", "not null", "check on insert"],
)
def test_a_refused_write_quotes_no_value(walled: Walled, server_log: Callable[[], str], statement: str) -> None:
    with pytest.raises(psycopg.errors.IntegrityError) as refused, walled.database.practice(walled.practices[0]) as mine:
        mine.execute(statement.encode())
    said = f"{refused.value} {refused.value.diag.message_detail} {refused.value.diag.context}"
    assert CANARY not in said
    assert str(walled.practices[0]) not in said
    assert CANARY not in server_log()


def test_values_that_the_server_cannot_read_stay_out_of_its_log(
    database: Database, practice_id: UUID, server_log: Callable[[], str]
) -> None:
    with pytest.raises(psycopg.errors.DataError), database.practice(practice_id) as transaction:
        transaction.execute("select %s::text::date", [CANARY])
    with pytest.raises(psycopg.errors.UndefinedTable), database.practice(practice_id) as transaction:
        transaction.execute("select * from no_such_table where name = %s", [CANARY])
    assert CANARY not in server_log()


class Injected(Exception):
    """What goes wrong in the midst of a transaction."""


def test_interleaved_transactions_of_fifty_practices_never_mix(database_url: str) -> None:
    """2,000 transactions over a pool of 4, an exception injected into every fifth, at any point."""
    with Database(database_url, connections=4) as database:
        practices = [
            add_practice(database, slug=f"p{number}", name=f"p{number}", zone="UTC").practice_id for number in range(50)
        ]
        chance, numbers = random.Random(46), count()
        plan = [(chance.choice(practices), chance.choice(["before", "between", "after", *["never"] * 12]))
                for _ in range(2000)]  # fmt: skip
        with ThreadPoolExecutor(12) as threads:
            done = list(threads.map(lambda step: _one_of_many(database, step[0], step[1], next(numbers)), plan))
        assert done.count("foreign") == 0
        assert done.count("injected") > 200
        saved = {practice_id: done.count(str(practice_id)) for practice_id in practices}
        for practice_id in practices:
            with database.practice(practice_id) as transaction:
                assert count_rows(transaction.connection, READINGS[0], "connection") == saved[practice_id]


def _one_of_many(database: Database, practice_id: UUID, failing: str, number: int) -> str:
    try:
        with database.practice(practice_id) as transaction:
            _fail_if(failing == "before", transaction, number)
            foreign = _foreign_rows(transaction)
            add_connection(transaction, emr="kareo", base_url=f"https://emr.example/{practice_id}")
            _fail_if(failing == "between", transaction, number)
            foreign += _foreign_rows(transaction)
            _fail_if(failing == "after", transaction, number)
    except (Injected, psycopg.errors.DivisionByZero, psycopg.errors.QueryCanceled):
        return "injected"
    return "foreign" if foreign else str(practice_id)


def _fail_if(is_due: bool, transaction: Transaction, number: int) -> None:
    """In turn: an exception of ours, a failing statement, a statement cut off by its time limit."""
    if not is_due:
        return
    if number % 3 == 0:
        raise Injected
    if number % 3 == 1:
        transaction.execute("select 1 / 0")
    transaction.execute("set local statement_timeout = '1ms'")
    transaction.execute("select pg_sleep(1)")


def _foreign_rows(transaction: Transaction) -> int:
    rows = transaction.execute(
        "select practice_id from practice union all select practice_id from connection"
    ).fetchall()
    return len([owner for (owner,) in rows if owner != transaction.practice_id])


def _columns(walled: Walled, table: str) -> list[str]:
    with walled.database.shared() as connection:
        return [name for (name,) in connection.execute(
            "select attname::text from pg_attribute where attrelid = %s::regclass and attnum > 0"
            " and not attisdropped and attidentity = '' order by attnum",
            [table],
        )]  # fmt: skip
