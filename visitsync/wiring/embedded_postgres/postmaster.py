"""One run of PostgreSQL under its watchdog, from launch to end."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from visitsync.wiring.embedded_postgres.binaries import Binaries
from visitsync.wiring.embedded_postgres.connecting import LOOPBACK
from visitsync.wiring.embedded_postgres.database_folder import DatabaseFolder
from visitsync.wiring.embedded_postgres.database_user import ENVIRONMENT, DatabaseUser
from visitsync.wiring.embedded_postgres.postgres_settings import as_arguments
from visitsync.wiring.embedded_postgres.reachable_places import private_short_folder

WATCHDOG = Path(__file__).with_name("watchdog.py")
LONGEST_SOCKET_PATH = 107  # bytes, from unix(7)
LEFT_TO_OTHERS: list["subprocess.Popen[bytes]"] = []  # else Python would complain that they run on
ENDS_WITHIN = 30.0  # seconds; more than the patience of the watchdog in all


class Postmaster:
    """The running program, as seen by its owner.

    The lock's descriptor is inherited by the watchdog and by PostgreSQL's processes.
    """

    def __init__(
        self, folder: DatabaseFolder, binaries: Binaries, user: DatabaseUser, settings: Mapping[str, str], *,
        port: int, lock: int,
    ) -> None:  # fmt: skip
        self.port = port
        self._owner = os.getpid()
        self._folder = folder
        self._sockets = socket_folder(folder, user, port)
        log, users = folder.open_log(), folder.open_users()
        self._log_start = os.fstat(log).st_size
        try:
            self._watchdog = subprocess.Popen(  # noqa: S603 - our own script
                [
                    *(sys.executable, "-I", "-S", str(WATCHDOG)),
                    *map(str, (os.getpid(), user.user_id, user.group_id, users)),
                    *(str(binaries.postgres), "-D", str(folder.data.resolve()), "-p", str(port)),
                    *("-c", f"listen_addresses={LOOPBACK}", "-c", f"unix_socket_directories={self._sockets}"),
                    *("-c", "unix_socket_permissions=0700", *as_arguments(settings)),
                ],
                env=ENVIRONMENT, cwd="/", umask=0o077, start_new_session=True, pass_fds=[lock, users],
                stdin=subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip
        finally:
            os.close(log)
            os.close(users)

    def runs(self) -> bool:
        return self._watchdog.poll() is None

    def log_lines(self) -> tuple[str, ...]:
        """What PostgreSQL wrote at the end of this run so far."""
        return self._folder.last_log_lines(self._log_start)

    def stop(self) -> None:
        """End it, after a checkpoint, or leave it to the processes that joined it: it ends with the last of them.

        Does nothing in a forked copy of the owner.
        """
        if os.getpid() != self._owner:
            return
        try:
            alone = self._folder.try_to_be_alone()
        except OSError:  # somebody deleted the folder, so nobody joins any more
            self._end()
            return
        if alone is None:
            self._leave_to_others()
            return
        try:
            self._end()
        finally:
            os.close(alone)

    def _leave_to_others(self) -> None:
        if self._watchdog.stdin is not None:
            self._watchdog.stdin.close()
        LEFT_TO_OTHERS.append(self._watchdog)

    def _end(self) -> None:
        try:
            self._watchdog.communicate(b"stop", timeout=ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._watchdog.kill()  # the kernel then tells PostgreSQL to stop
            self._watchdog.wait()
        shutil.rmtree(self._sockets, ignore_errors=True)


def socket_folder(folder: DatabaseFolder, user: DatabaseUser, port: int) -> Path:
    """A private folder for the socket: beside the data, or a short one where that path is too long for a socket."""
    sockets = folder.data.resolve().parent / "socket"
    if len(os.fsencode(sockets / f".s.PGSQL.{port}")) > LONGEST_SOCKET_PATH:
        return private_short_folder(user)
    shutil.rmtree(sockets, ignore_errors=True)  # a killed PostgreSQL leaves its socket behind
    user.make_private_folder(sockets)
    return sockets
