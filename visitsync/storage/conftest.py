"""What only the tests of this room need: two practices with a row in every table."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from visitsync.storage.database import Database

CANARY = "Quirina Vandersloot"
"""Stands in every text of every row; must never stand where it does not belong."""


@dataclass(frozen=True)
class Walled:
    """A database in which two practices have a row in every table."""

    database: Database
    tables: list[str]
    practices: tuple[UUID, UUID]


@pytest.fixture
def superuser(owner_url: str, postgres_url: str) -> Iterator[psycopg.Connection]:
    """Passes every wall, to prepare and to compare."""
    url = make_conninfo(postgres_url, dbname=conninfo_to_dict(owner_url)["dbname"])
    with psycopg.connect(url, autocommit=True) as superuser:
        yield superuser


@pytest.fixture
def walled(database: Database, superuser: psycopg.Connection) -> Walled:
    tables = [table for (table,) in superuser.execute(_TENANT_TABLES)]
    practices = uuid4(), uuid4()
    superuser.execute("set session_replication_role = replica")  # no foreign keys: rows may lead nowhere
    for table in tables:
        columns = superuser.execute(_COLUMNS, {"table": table}).fetchall()
        for practice_id in practices:
            _insert_invented_row(superuser, table, practice_id, columns)
    return Walled(database, tables, practices)


def _insert_invented_row(
    superuser: psycopg.Connection, table: str, practice_id: UUID, columns: list[tuple[str, str, str | None]]
) -> None:
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in columns),
        sql.SQL(", ").join(sql.Placeholder() for _ in columns),
    )
    superuser.execute(
        statement,
        [practice_id if name == "practice_id" else word or _invented(kind) for name, kind, word in columns],
    )


def _invented(kind: str) -> object:
    values: dict[str, object] = {
        "uuid": uuid4(),
        "text": CANARY,
        "bytea": CANARY.encode(),
        "jsonb": "{}",
        "boolean": False,
        "date": "2026-11-02",
        "timestamp with time zone": "2026-11-02 12:00Z",
    }
    return [] if kind.endswith("[]") else values.get(kind, 1)


_TENANT_TABLES = """
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id'
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
    """

# With each column the first word that its check allows, if it has one that names words.
_COLUMNS = """
    select a.attname, format_type(a.atttypid, null),
           (select substring(pg_get_constraintdef(c.oid) from '''([^'']+)''') from pg_constraint c
            where c.conrelid = a.attrelid and c.contype = 'c' and c.conkey = array[a.attnum] limit 1)
    from pg_attribute a
    where a.attrelid = %(table)s::regclass and a.attnum > 0 and not a.attisdropped and a.attidentity = ''
    """
