"""As whom PostgreSQL runs: it refuses root, so root lends it an existing user without rights."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from visitsync.wiring.embedded_postgres.errors import DatabaseDidNotStart

USERS_WITHOUT_RIGHTS = ("postgres", "nobody")

# PostgreSQL's processes get nothing of our environment: it may hold keys, and PG… variables would change what they do.
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}

WORKING_FOLDER = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUser:
    name: str
    user_id: int
    group_id: int

    @property
    def is_lent(self) -> bool:
        """Whether PostgreSQL runs as somebody else than this process."""
        return self.user_id != os.geteuid()

    def run(self, command: Sequence[str], *, pass_fds: Sequence[int] = ()) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this user; output and errors come back as one text.

        Raises DatabaseDidNotStart where the system does not let root become this user.
        """
        identity = (self.user_id, self.group_id, ()) if self.is_lent else (None, None, None)
        user, group, extra_groups = identity
        try:
            return subprocess.run(  # noqa: S603 - our own programs, no shell
                list(command), user=user, group=group, extra_groups=extra_groups, pass_fds=pass_fds,
                env=ENVIRONMENT, cwd=WORKING_FOLDER, umask=0o077, check=False, text=True, errors="replace",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except (subprocess.SubprocessError, PermissionError) as error:
            if isinstance(error, PermissionError) and error.filename != WORKING_FOLDER:
                raise  # the program was not allowed, not the change of user before it
            raise DatabaseDidNotStart(
                f"PostgreSQL refuses to run as root, and this system does not let root become {self.name!r}. "
                "Run as an ordinary user, or set DATABASE_URL to a PostgreSQL that runs elsewhere."
            ) from error

    def can_enter(self, folder: Path) -> bool:
        """Whether this user reaches the folder: tried, not computed, so that access lists and mounts count too."""
        return not self.is_lent or self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]).returncode == 0

    def make_private_folder(self, folder: Path) -> None:
        """A new folder for this user alone."""
        folder.mkdir(mode=0o700)
        if self.is_lent:
            os.chown(folder, self.user_id, self.group_id, follow_symlinks=False)


def choose_database_user(folder: Path, data: Path) -> DatabaseUser:
    """The user for the database kept in this folder.

    An ordinary user runs it as themselves. Root runs somebody else's folder as that person, so that they can use it
    afterwards, and nobody gains rights by what they put there; root's own folder as whoever owns the data already,
    else as the first user without rights that exists.
    """
    if os.geteuid() != 0:
        return user_with_id(os.geteuid())
    owner = folder.stat().st_uid
    if owner != 0:
        return user_with_id(owner)
    if data.exists() and data.stat().st_uid != 0:
        return user_with_id(data.stat().st_uid)
    return first_user_without_rights()


def first_user_without_rights() -> DatabaseUser:
    for name in USERS_WITHOUT_RIGHTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return DatabaseUser(name=name, user_id=entry.pw_uid, group_id=entry.pw_gid)
    raise DatabaseDidNotStart(
        f"PostgreSQL refuses to run as root, and none of the users {', '.join(USERS_WITHOUT_RIGHTS)} exists. "
        "Create one of them, run as an ordinary user, or set DATABASE_URL."
    )


def user_with_id(user_id: int) -> DatabaseUser:
    try:
        entry = pwd.getpwuid(user_id)
    except KeyError:
        raise DatabaseDidNotStart(
            f"The user id {user_id} has no name on this system, and PostgreSQL's initdb refuses such a user. "
            "Add it to /etc/passwd, run as another user, or set DATABASE_URL."
        ) from None
    return DatabaseUser(name=entry.pw_name, user_id=user_id, group_id=entry.pw_gid)


def name_of(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return f"user id {user_id}"
