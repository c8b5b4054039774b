"""What lies in a database folder, who may read it, and who holds its lock."""

import fcntl
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from visitsync.wiring.embedded_postgres.database_user import name_of
from visitsync.wiring.embedded_postgres.errors import DatabaseDidNotStart

LOG_KEPT = 1_000_000  # bytes; a longer log is put aside at the next start, and replaces the one put aside before
LAST_LINES = 15


class DatabaseFolder:
    """`lock`, `users`, `password`, `port`, `postgresql.log`, and `data`: a folder, or a link to where it had to be."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.data = self.path / "data"

    def prepare(self) -> None:
        """Make the folder if it is missing. No mode of any other folder changes, nor of one that holds something.

        Nobody else may look into it. Root lets others pass through, but not list it, because the user to whom root
        lends the database must reach the data inside, which is that user's alone.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            self.path.mkdir(mode=0o700)
        if os.geteuid() == 0 and self.path.is_dir() and not any(self.path.iterdir()):
            self.path.chmod(stat.S_IMODE(self.path.stat().st_mode) | 0o011)
        if not self.path.is_dir():
            raise DatabaseDidNotStart(f"{self.path} is not a folder. Move it away, or choose another folder.")
        owner = self.path.stat().st_uid
        if os.geteuid() not in (0, owner):
            raise DatabaseDidNotStart(
                f"The database folder {self.path} belongs to {name_of(owner)}. Run as {name_of(owner)} or as root, "
                "or choose another folder."
            )

    def try_lock(self) -> int | None:
        """The descriptor of the lock that allows to start the database, or None while somebody holds it.

        PostgreSQL's processes inherit the descriptor, so the lock is free only when the last of them has ended.
        """
        return locked(self._open("lock", os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)

    def try_to_join(self) -> int | None:
        """A descriptor that keeps the database running until it is closed; None when it is about to stop."""
        return locked(self.open_users(), fcntl.LOCK_SH)

    def try_to_be_alone(self) -> int | None:
        """A descriptor that keeps others from joining until it is closed; None while some have joined."""
        return locked(self.open_users(), fcntl.LOCK_EX)

    def open_users(self) -> int:
        """A new descriptor of the file that every process that joined the database keeps locked."""
        return self._open("users", os.O_RDWR | os.O_CREAT)

    def password(self) -> str | None:
        """The database owner's password; None while there is none."""
        return self._read("password") or None

    def make_password(self) -> str:
        """A random one, readable by the folder's owner alone."""
        return self._write("password", secrets.token_urlsafe(32))

    def port(self) -> int | None:
        """The port of the running database, or of the last one."""
        text = self._read("port")
        return int(text) if text.isdecimal() else None

    def remember_port(self, port: int) -> None:
        self._write("port", str(port))

    def open_log(self) -> int:
        """A descriptor that appends to PostgreSQL's log."""
        log = self.path / "postgresql.log"
        if log.exists() and log.stat().st_size > LOG_KEPT:
            log.rename(log.with_suffix(".log.1"))
        return self._open(log.name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def last_log_lines(self, since: int) -> tuple[str, ...]:
        """The end of what PostgreSQL wrote after the log had this many bytes."""
        written = (self.path / "postgresql.log").read_bytes()[since:].decode(errors="replace")
        return tuple(written.splitlines()[-LAST_LINES:])

    def _read(self, name: str) -> str:
        try:
            with os.fdopen(self._open(name, os.O_RDONLY)) as file:
                return file.read().strip()
        except FileNotFoundError:
            return ""

    def _write(self, name: str, text: str) -> str:
        """Whole or not at all, also when this process is killed meanwhile."""
        unfinished = f"{name}.unfinished"
        with os.fdopen(self._open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "w") as file:
            file.write(text + "\n")
        (self.path / unfinished).rename(self.path / name)
        return text

    def _open(self, name: str, flags: int) -> int:
        """Open a file of this folder, never through a link, and give what root makes to the folder's owner.

        That owner could have put a link there to a file of root's, hence `O_NOFOLLOW` and the count of names.
        """
        descriptor = os.open(self.path / name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        if os.geteuid() == 0 and os.fstat(descriptor).st_nlink == 1:
            owner = self.path.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        return descriptor


def locked(descriptor: int, kind: int) -> int | None:
    """The descriptor, now locked, or None and closed where another lock forbids that."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
