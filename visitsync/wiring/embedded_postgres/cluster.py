"""The data itself: made once with `initdb`, put where the database's user can reach it, and fit to be started."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from visitsync.wiring.embedded_postgres.binaries import Binaries
from visitsync.wiring.embedded_postgres.database_folder import DatabaseFolder
from visitsync.wiring.embedded_postgres.database_user import DatabaseUser
from visitsync.wiring.embedded_postgres.errors import DatabaseDidNotStart
from visitsync.wiring.embedded_postgres.reachable_places import root_made_places

OWNER_ROLE = "visitsync_owner"

# Sorted by bytes: fast, and the same on every machine. Letters of all languages have upper and lower case where the
# system knows them ("C.UTF-8"); elsewhere only A to Z do.
LOCALES = (["--locale=C", "--lc-ctype=C.UTF-8"], ["--locale=C"])

SMALLEST_FREE_SPACE = 200_000_000  # bytes; a new cluster takes 40 MB, and its write-ahead log soon as much again


def major_version_of(folder: DatabaseFolder) -> int | None:
    """The PostgreSQL version that made the data; None where there is no data yet."""
    if folder.data.is_symlink() and not folder.data.exists():
        raise DatabaseDidNotStart(
            f"{folder.data} points to {folder.data.readlink()}, which is missing. Mount or restore it; "
            "only if the data may be lost, delete the link to start with an empty database."
        )
    if not folder.data.exists():
        return None
    try:
        return int((folder.data / "PG_VERSION").read_text())
    except (FileNotFoundError, ValueError):
        raise DatabaseDidNotStart(
            f"{folder.data} holds no PostgreSQL data. Restore it from a backup, or move it away to start empty."
        ) from None


def make_cluster(
    folder: DatabaseFolder, binaries: Binaries, user: DatabaseUser, settings: Mapping[str, str], lock: int
) -> None:
    """Initialise the data under another name and rename it, so that half a cluster is never taken for a whole one."""
    home = folder.path if user.can_enter(folder.path) else new_reachable_home(folder, user)
    unfinished = home / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    require_free_space(home)
    password_file = password_file_for_initdb(home, user, folder.make_password())
    try:
        run_initdb(binaries, user, unfinished, password_file, lock, durable=settings["fsync"] == "on")
    finally:
        password_file.unlink()
    unfinished.rename(home / "data")
    if home != folder.path:
        folder.data.symlink_to(home / "data")


def new_reachable_home(folder: DatabaseFolder, user: DatabaseUser) -> Path:
    """A new folder of root's for the data of a folder that the database's user cannot enter."""
    for place in root_made_places(user, lasting=True):
        home = Path(tempfile.mkdtemp(prefix=f"{folder.path.name}-", dir=place))
        (home / "belongs-to").write_text(f"{folder.path}\n")
        home.chmod(0o711)
        return home
    raise DatabaseDidNotStart(
        f"PostgreSQL refuses to run as root, and the user {user.name} cannot enter {folder.path} nor any folder that "
        "could be made for it. Choose a folder under one that everybody may pass through (mode o+x), "
        "such as /var/lib, or run as an ordinary user."
    )


def require_free_space(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < SMALLEST_FREE_SPACE:
        raise DatabaseDidNotStart(
            f"Only {free // 1_000_000} MB are free at {home}, and a new database needs "
            f"{SMALLEST_FREE_SPACE // 1_000_000} MB. Make room, or choose another folder."
        )


def password_file_for_initdb(home: Path, user: DatabaseUser, password: str) -> Path:
    """`initdb` runs as the database's user, who cannot read our own password file when root lends it the database."""
    descriptor, name = tempfile.mkstemp(prefix="password-for-initdb-", dir=home)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)
        if user.is_lent:
            os.fchown(file.fileno(), user.user_id, user.group_id)
    return Path(name)


def run_initdb(
    binaries: Binaries, user: DatabaseUser, data: Path, password_file: Path, lock: int, *, durable: bool
) -> None:
    command = [
        str(binaries.initdb),
        f"--pgdata={data}",
        f"--username={OWNER_ROLE}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--data-checksums",
        "--encoding=UTF8",
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
    ]
    for locale in LOCALES:
        shutil.rmtree(data, ignore_errors=True)
        user.make_private_folder(data)
        ended = user.run([*command, *locale], pass_fds=[lock])
        if ended.returncode == 0:
            return
    shutil.rmtree(data, ignore_errors=True)
    raise DatabaseDidNotStart(
        f"A new database could not be made in {data.parent}: see the lines below, then try again.",
        log_lines=tuple(ended.stdout.splitlines()[-15:]),
    )


def require_fit_to_start(folder: DatabaseFolder, user: DatabaseUser) -> None:
    data = folder.data.resolve()
    if folder.password() is None:
        raise DatabaseDidNotStart(
            f"The password of the database, {folder.path / 'password'}, is missing. Restore it from a backup, or set a "
            "new one as docs/how-to/run-as-any-user.md describes."
        )
    owner = data.stat().st_uid
    if owner != user.user_id:
        raise DatabaseDidNotStart(
            f"PostgreSQL would run as {user.name}, but the data in {data} belongs to user id {owner}. "
            f"Give it back with: chown -R {user.name} {data}"
        )
    if not user.can_enter(data):
        raise DatabaseDidNotStart(
            f"The user {user.name}, as whom PostgreSQL runs, cannot enter {data}. Let it pass through the folders "
            f"above (chmod o+x), or move the data and link to it: mv {data} NEW && ln -s NEW {folder.data}"
        )
    forget_a_stranger_in_the_pid_file(data)


def forget_a_stranger_in_the_pid_file(data: Path) -> None:
    """Remove PostgreSQL's own lock file where the process id in it is a zombie's or was given to another program.

    Left behind by a kill or a power cut, it would make PostgreSQL refuse to start: in a restarted container some
    process often has that number, and where nobody reaps, the dead keep theirs. PostgreSQL judges a free number
    itself. We hold the folder's lock, so a PostgreSQL on this data can only be one that somebody started by hand.
    """
    pid_file = data / "postmaster.pid"
    try:
        process = Path("/proc", str(int(pid_file.read_text().split(maxsplit=1)[0])))
    except (FileNotFoundError, ValueError, IndexError):
        return
    if working_folder(process) == data:
        raise DatabaseDidNotStart(
            f"A PostgreSQL that was started by hand (process {process.name}) works on {data}. "
            f"Stop it first: pg_ctl stop -D {data}"
        )
    if process.exists():
        pid_file.unlink()


def working_folder(process: Path) -> Path | None:
    """None for the dead, and for the processes of others."""
    try:
        return (process / "cwd").readlink()
    except OSError:
        return None
