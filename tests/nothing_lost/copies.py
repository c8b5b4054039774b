"""Copies of a practice's database, so that the same moment can be lived through many times."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_numbers = count(1)


@contextmanager
def copy_of(database_url: str, server_url: str, *, survives_a_crash: bool = False) -> Iterator[str]:
    """The same address with a copy behind it, dropped at the end. Nobody may be connected to the original.

    `server_url`: the server as its superuser.
    """
    original = str(conninfo_to_dict(database_url)["dbname"])
    name = f"{original}_copy_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [original])
        (owner,) = server.execute(_OWNER, [original]).fetchone() or ("",)
        server.execute(_CREATE.format(sql.Identifier(name), sql.Identifier(original), sql.Identifier(owner)))
        server.execute(sql.SQL("grant connect, temporary on database {} to public").format(sql.Identifier(name)))
        if survives_a_crash:
            # A sequence logs its numbers in advance, in the original: the copy would give some of them out again.
            server.execute("checkpoint")
    try:
        yield make_conninfo(database_url, dbname=name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as server:  # it may have been restarted meanwhile
            server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


_OWNER = "select datdba::regrole::text from pg_database where datname = %s"
_CREATE = sql.SQL("create database {} template {} owner {}")
