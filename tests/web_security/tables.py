"""What stands in the tables, as a superuser sees it, so that a test can tell whether anything was changed."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import psycopg

NOTED_BY_LOOKING = frozenset({"audit_entry", "audit_head", "django_session", "web_cache"})
"""That somebody looked, when they used their session, and how often they tried."""

Contents = dict[str, str]
"""Table → digest of its rows."""


def contents(server: psycopg.Connection, *, without: Collection[str] = NOTED_BY_LOOKING) -> Contents:
    """Of all tables there are."""
    return {name: _digest(server, name, "true", ()) for name in _names(server) if name not in without}


def contents_of(server: psycopg.Connection, practice_id: UUID, *, without: Collection[str] = frozenset()) -> Contents:
    """Of that practice's rows in the tables that hold practices apart."""
    rows = server.execute(
        "select table_name from information_schema.columns where table_schema = 'public' "
        "and column_name = 'practice_id' order by table_name"
    ).fetchall()
    return {name: _digest(server, name, "practice_id = %s", (practice_id,)) for (name,) in rows if name not in without}


def changed(before: Contents, after: Contents) -> list[str]:
    """The tables whose rows are other ones."""
    return [name for name in after if before.get(name) != after[name]]


def _names(server: psycopg.Connection) -> list[str]:
    rows = server.execute(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where c.relkind = 'r' and n.nspname = any(current_schemas(false))"
    ).fetchall()
    return [name for (name,) in rows]


def _digest(server: psycopg.Connection, table: str, condition: str, values: tuple[object, ...]) -> str:
    query = f"select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from {table} t where {condition}"  # noqa: S608  # names from the catalogue
    row = server.execute(query.encode(), values).fetchone()
    assert row is not None
    return str(row[0])
