"""The way to the database: tenant tables only inside a transaction of one practice, global tables apart from them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import psycopg
from psycopg import Connection, Cursor
from psycopg.errors import IdleInTransactionSessionTimeout
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from visitsync.storage.roles import SEARCH_PATH, refuse_open_tables, refuse_powerful_role

CONNECTION_SETTINGS = {
    "search_path": SEARCH_PATH,
    "statement_timeout": "300s",
    "idle_in_transaction_session_timeout": "60s",  # a worker that was stopped frees its locks …
    "lock_timeout": "90s",  # … before those who wait for them give up
    "log_parameter_max_length_on_error": "0",
    "random_page_cost": "1.1",
}
"""What every session of the application asks of the server; the job queue's connections need search_path too.

Looking a row up by its key is cheap wherever the tables are in memory or on a solid disk; told so, the planner keeps
to the indexes also while it believes that a table is still empty.
"""

TRUSTED_SECONDS = 2.0
"""A connection that was used so recently is not asked first whether it still lives."""


class StorageUnavailable(Exception):
    """PostgreSQL cannot be reached or cannot serve now; nothing was saved. Try again later."""


class OutcomeUnknown(StorageUnavailable):
    """The connection broke while committing: saved or not. Repeat it by its key, so that it is there once."""


class NestedTransaction(RuntimeError):
    """This thread is inside a transaction already; pass that one on instead of opening another."""


class Transaction:
    """One transaction that sees and writes the rows of one practice, and no others."""

    __slots__ = ("connection", "filled", "practice_id")

    def __init__(self, connection: Connection, practice_id: UUID) -> None:
        self.connection = connection
        """For COPY, temporary tables and savepoints. Never commit, and never set app.practice, by hand."""
        self.practice_id = practice_id
        self.filled: set[str] = set()
        """Temporary tables that hold rows of this transaction (see bulk)."""

    def execute(self, query: Any, parameters: Any = None, *, binary: bool = False) -> Cursor:
        return self.connection.execute(query, parameters, binary=binary)

    def cursor(self) -> Cursor:
        return self.connection.cursor()


class Database:
    """Pools of connections as the application's role.

    Two small pools, so that what is needed in the midst of a practice's transaction (the shared request budget) never
    waits for a connection that another practice's transaction holds. A temporary table made with
    `create temp table if not exists … on commit delete rows` is found again by whoever gets its connection next, empty.
    """

    def __init__(
        self, url: str, *, connections: int = 8, shared_connections: int = 2, wait_seconds: float = 30
    ) -> None:
        self.url = url
        self._practice_pool = self._pool(connections, wait_seconds, autocommit=False)
        self._shared_pool = self._pool(shared_connections, wait_seconds, autocommit=True)
        self._held = threading.local()
        self._broke_at = 0.0

    def open(self) -> Self:
        """Starts the pools; connects only when first asked."""
        self._practice_pool.open()
        self._shared_pool.open()
        return self

    def close(self) -> None:
        self._practice_pool.close()
        self._shared_pool.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def practice(self, practice_id: UUID) -> Iterator[Transaction]:
        """One transaction for one practice: committed at the end, rolled back if anything is raised.

        Raises StorageUnavailable, OutcomeUnknown, NestedTransaction; other errors of PostgreSQL pass through.
        """
        with self._only_one("practice"), self._translated_errors(), self._practice_pool.connection() as connection:
            connection.execute("select set_config('app.practice', %s, true)", [str(UUID(str(practice_id)))])
            yield Transaction(connection, practice_id)
            _commit(connection)

    @contextmanager
    def shared(self) -> Iterator[Connection]:
        """A connection in autocommit for the tables that belong to no practice; tenant tables look empty from here."""
        with self._only_one("shared"), self._translated_errors(), self._shared_pool.connection() as connection:
            yield connection

    def refuse_powerful_role(self) -> None:
        """Raises RoleTooPowerful if this role could pass the wall between practices. For the start of every process."""
        with self.shared() as connection:
            refuse_powerful_role(connection, connection.info.user)
            refuse_open_tables(connection)

    @contextmanager
    def _only_one(self, kind: str) -> Iterator[None]:
        if getattr(self._held, kind, False):
            raise NestedTransaction(f"Database.{kind}() is already open in this thread.")
        setattr(self._held, kind, True)
        try:
            yield
        finally:
            setattr(self._held, kind, False)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except (PoolTimeout, PoolClosed) as error:
            raise StorageUnavailable("No connection to PostgreSQL could be had in time.") from error
        except (psycopg.OperationalError, IdleInTransactionSessionTimeout) as error:
            if not _is_unavailable(error):
                raise
            self._broke_at = time.monotonic()
            raise StorageUnavailable(f"PostgreSQL cannot serve now (SQLSTATE {error.sqlstate}).") from error
        except OutcomeUnknown:
            self._broke_at = time.monotonic()
            raise

    def _pool(self, size: int, wait_seconds: float, *, autocommit: bool) -> ConnectionPool:
        options = " ".join(f"-c {name}={value.replace(' ', '')}" for name, value in CONNECTION_SETTINGS.items())
        return ConnectionPool(
            self.url,
            min_size=0,
            max_size=size,
            timeout=wait_seconds,
            open=False,
            num_workers=1,
            kwargs={"autocommit": autocommit, "options": options, "application_name": "visitsync"},
            check=self._refuse_dead,
            reset=_note_use,
        )

    def _refuse_dead(self, connection: Connection) -> None:
        """Asks a connection whether it still lives if it lay idle, or if another one broke since it was used."""
        last_used = getattr(connection, "last_used", 0.0)
        if last_used <= self._broke_at or time.monotonic() - last_used > TRUSTED_SECONDS:
            ConnectionPool.check_connection(connection)


def _note_use(connection: Connection) -> None:
    connection.last_used = time.monotonic()  # type: ignore[attr-defined]


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except psycopg.OperationalError as error:
        if connection.broken:
            raise OutcomeUnknown("The connection to PostgreSQL broke while committing.") from error
        raise


def _is_unavailable(error: psycopg.Error) -> bool:
    """No SQLSTATE: the connection itself broke. 08 connection, 25P03 cut off for idling in a transaction, 53 resources,
    57P shutting down or starting, 58 its disk.
    """
    return error.sqlstate is None or error.sqlstate.startswith(("08", "25P03", "53", "57P", "58"))
