"""Whether anybody listens for what EMRs push: a process that does holds a lock for as long as it lives."""

import threading

import psycopg
from psycopg import Connection

from visitsync.storage.database import StorageUnavailable, Transaction

_LOCK = (0x6C697374, 1)
"""The advisory lock of those who listen; all of them share it. PostgreSQL frees it however a process ends."""
CONNECT_SECONDS = 10


class Presence:
    """Shows that this process listens, until it is closed or the process ends; safe to call from many threads."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._connection: Connection | None = None
        self._turn = threading.Lock()

    def show(self) -> None:
        """Takes the lock, anew where the connection that held it is gone. Raises StorageUnavailable."""
        with self._turn:
            try:
                if self._connection is None:
                    self._connection = _connected(self._url)
                self._connection.execute("select 1")
            except psycopg.OperationalError as error:
                self._let_go()
                raise StorageUnavailable("The database cannot be told that we listen.") from error

    def close(self) -> None:
        """From here on nobody is shown, unless it is shown again."""
        with self._turn:
            self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def is_anybody_listening(transaction: Transaction) -> bool:
    """Whether a process listens now, wherever it runs."""
    row = transaction.execute(
        """select exists (select from pg_locks where locktype = 'advisory' and granted
                          and (classid::bigint, objid::bigint) = (%s, %s)
                          and database = (select oid from pg_database where datname = current_database()))""",
        _LOCK,
    ).fetchone()
    return bool(row and row[0])


def _connected(url: str) -> Connection:
    connection = psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS)
    connection.execute("select pg_advisory_lock_shared(%s, %s)", _LOCK)
    return connection
