"""The embedded database as the rest of the program sees it: started or joined, used, stopped."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import psycopg

from visitsync.wiring.embedded_postgres.binaries import Binaries, find_binaries
from visitsync.wiring.embedded_postgres.cluster import (
    OWNER_ROLE,
    major_version_of,
    make_cluster,
    require_fit_to_start,
)
from visitsync.wiring.embedded_postgres.connecting import (
    DATABASE,
    LOOPBACK,
    Answer,
    ask,
    free_port,
    is_free,
    make_database_if_missing,
)
from visitsync.wiring.embedded_postgres.database_folder import DatabaseFolder
from visitsync.wiring.embedded_postgres.database_user import DatabaseUser, choose_database_user
from visitsync.wiring.embedded_postgres.errors import DatabaseDidNotStart, DatabaseFolderInUse
from visitsync.wiring.embedded_postgres.postgres_settings import settings_with
from visitsync.wiring.embedded_postgres.postmaster import Postmaster
from visitsync.wiring.embedded_postgres.waiting import Waiting

OWNER_MAY_BE_LEAVING = 3.0  # seconds in which the database of a process that was just killed may still answer
PORTS_TO_TRY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningDatabase:
    """Where the database is. The address carries the password, so it is not part of the printed form."""

    owner_url: str = field(repr=False)
    data_folder: Path
    pid: int


class EmbeddedPostgres:
    """PostgreSQL in one folder: it runs until the process that started it, and all that joined it, are gone.

    `settings` replace ours of `postgres_settings.py`, such as `{"fsync": "off"}` for tests. As a context manager it
    starts and stops. Every method that raises says so by DatabaseDidNotStart or its kind, DatabaseFolderInUse.
    """

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self._folder = DatabaseFolder(folder)
        self._settings = settings_with(settings or {})
        self._postmaster: Postmaster | None = None
        self._joined: int | None = None

    def start(self) -> RunningDatabase:
        """Start the database, after recovery if it was killed; raises DatabaseFolderInUse if another process did."""
        return self._obtain(share=False)

    def attach_or_start(self) -> RunningDatabase:
        """Join the database that another process of this user started, or start it.

        A joined database runs on when the process that started it ends, also by SIGKILL. Should PostgreSQL itself be
        killed, whoever finds it gone calls this again: one of the callers starts it.
        """
        return self._obtain(share=True)

    def stop(self) -> None:
        """Stop using the database: it stops with the last process that uses it. Harmless when called again."""
        postmaster, self._postmaster = self._postmaster, None
        joined, self._joined = self._joined, None
        if postmaster is not None:
            postmaster.stop()
        if joined is not None:
            os.close(joined)

    @property
    def is_owner(self) -> bool:
        """Whether this object started the database, and it still runs."""
        return self._postmaster is not None and self._postmaster.runs()

    def __enter__(self) -> RunningDatabase:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _obtain(self, *, share: bool) -> RunningDatabase:
        try:
            self._folder.prepare()
            if self._still_has_it():
                return self._running()
            self.stop()
            found = self._joined_or_lock(share=share)
            return found if isinstance(found, RunningDatabase) else self._start(lock=found)
        except OSError as error:
            raise DatabaseDidNotStart(
                f"{error.strerror or error}: {error.filename or self._folder.path}. Correct the rights or make room "
                f"there, or choose another folder than {self._folder.path} for the database."
            ) from error
        except psycopg.Error as error:
            raise DatabaseDidNotStart(
                f"The database in {self._folder.path} started and then failed: {error}. Try again; its log is "
                f"{self._folder.path / 'postgresql.log'}."
            ) from error

    def _still_has_it(self) -> bool:
        if self._postmaster is not None:
            return self._becomes_ready(self._postmaster)
        return self._joined is not None and self._ask() is Answer.READY

    def _joined_or_lock(self, *, share: bool) -> RunningDatabase | int:
        """The running database where it may be shared, else the lock that allows to start it.

        While somebody holds the lock and nothing answers, the database is being made, started or stopped.
        """
        waiting = Waiting()
        while (lock := self._folder.try_lock()) is None:
            answer = self._ask()
            if answer is Answer.READY and share and self._join():
                return self._running()
            if answer is Answer.READY and waiting.has_lasted(OWNER_MAY_BE_LEAVING):
                raise DatabaseFolderInUse(
                    f"Another process runs the database in {self._folder.path}. Stop that process, "
                    "share its database (attach_or_start), or choose another folder."
                )
            if waiting.is_in_vain_after(answer):
                raise DatabaseFolderInUse(
                    f"Another process holds {self._folder.path / 'lock'}, but its database does not answer. "
                    f"Find that process with: fuser {self._folder.path / 'lock'}"
                )
            waiting.pause()
        return lock

    def _join(self) -> bool:
        """Whether the database answers still, now that this process keeps it running."""
        self._joined = self._folder.try_to_join()
        if self._joined is not None and self._ask() is not Answer.READY:
            self.stop()
        return self._joined is not None

    def _start(self, lock: int) -> RunningDatabase:
        """The lock goes on to PostgreSQL's processes; ours is closed, so that no forked copy of this process has it."""
        try:
            user = choose_database_user(self._folder.path, self._folder.data)
            major = major_version_of(self._folder)
            binaries = find_binaries(user, major=major)
            if major is None:
                make_cluster(self._folder, binaries, user, self._settings, lock)
            require_fit_to_start(self._folder, user)
            return self._launch(binaries, user, lock)
        except BaseException:
            self.stop()
            raise
        finally:
            os.close(lock)

    def _launch(self, binaries: Binaries, user: DatabaseUser, lock: int) -> RunningDatabase:
        """Start it on the port of last time if that is free; somebody may take a free port before PostgreSQL does."""
        for _ in range(PORTS_TO_TRY):
            port = free_port(self._folder.port())
            self._folder.remember_port(port)
            self._postmaster = Postmaster(self._folder, binaries, user, self._settings, port=port, lock=lock)
            if self._becomes_ready(self._postmaster):
                make_database_if_missing(port, self._folder.password() or "")
                return self._running()
            log_lines = self._postmaster.log_lines()
            self.stop()
            if is_free(port):
                break
        raise DatabaseDidNotStart(
            f"PostgreSQL ended while it was starting on {self._folder.data}. The lines below say why; the data is "
            "as it was.",
            log_lines=log_lines,
        )

    def _becomes_ready(self, postmaster: Postmaster) -> bool:
        """Wait as long as recovery takes; False when PostgreSQL ends instead."""
        waiting = Waiting()
        while postmaster.runs():
            answer = self._ask()
            if answer is Answer.READY:
                return True
            if waiting.is_in_vain_after(answer):
                raise DatabaseDidNotStart(
                    f"PostgreSQL was started on {self._folder.data}, but does not answer at port {postmaster.port}. "
                    "The lines below may say why; try again.",
                    log_lines=postmaster.log_lines(),
                )
            waiting.pause()
        return False

    def _ask(self) -> Answer:
        port, password = self._folder.port(), self._folder.password()
        if port is None or password is None:
            return Answer.NONE
        return ask(port, password, self._folder.data.resolve())

    def _running(self) -> RunningDatabase:
        data = self._folder.data.resolve()
        address = f"{OWNER_ROLE}:{self._folder.password()}@{LOOPBACK}:{self._folder.port()}"
        return RunningDatabase(
            owner_url=f"postgresql://{address}/{DATABASE}", data_folder=data, pid=postmaster_pid(data)
        )


def postmaster_pid(data: Path) -> int:
    """From the first line of PostgreSQL's own file, which is right while the database answers."""
    return int((data / "postmaster.pid").read_text().split(maxsplit=1)[0])
