"""A PostgreSQL of its own, to be killed and started again."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from conftest import APP_ROLE, Databases
from visitsync.storage.roles import app_url
from visitsync.wiring.embedded_postgres import EmbeddedPostgres, RunningDatabase
from visitsync.wiring.embedded_postgres.temporary import FORGETFUL, temporary_folder


class MortalDatabase:
    """One migrated database on a server that may die."""

    def __init__(self, embedded: EmbeddedPostgres) -> None:
        self._embedded = embedded
        self._running: RunningDatabase = embedded.start()
        with psycopg.connect(self.server_url, autocommit=True) as server:
            databases = Databases(server, self.server_url)
            self.url = app_url(databases.url_of(databases.make()), APP_ROLE)

    @property
    def pid(self) -> int:
        """Of its first process."""
        return self._running.pid

    @property
    def server_url(self) -> str:
        """The server as its superuser."""
        return self._running.owner_url

    def restart(self) -> None:
        """Starts it again, if it was killed; on the port it had."""
        before = self.server_url
        self._running = self._embedded.start()
        assert self.server_url == before, "another program took the port"


@contextmanager
def mortal_database() -> Iterator[MortalDatabase]:
    """Stopped and deleted at the end."""
    with temporary_folder() as folder:
        embedded = EmbeddedPostgres(folder, settings=FORGETFUL)
        try:
            yield MortalDatabase(embedded)
        finally:
            embedded.stop()
