"""Folders that root makes for what an unprivileged user must reach, and never by opening somebody else's folder."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from visitsync.wiring.embedded_postgres.database_user import DatabaseUser

# Tried in this order. Only the first ones may hold data: what lies under /var/tmp is swept away when it grows old.
LASTING_PLACES = (Path("/var/lib/visitsync"), Path("/srv/visitsync"), Path("/opt/visitsync"))
PASSING_PLACES = (Path("/var/tmp/visitsync"), Path("/tmp/visitsync"))  # noqa: S108 - checked by `is_trustworthy`

SHORT_PLACES = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))  # noqa: S108 - used through mkdtemp only


def root_made_places(user: DatabaseUser, *, lasting: bool) -> Iterator[Path]:
    """Folders of root, closed to writing by others, that this user can enter."""
    for place in LASTING_PLACES if lasting else LASTING_PLACES + PASSING_PLACES:
        if make_if_missing(place) and is_trustworthy(place) and user.can_enter(place):
            yield place


def make_if_missing(place: Path) -> bool:
    try:
        place.mkdir()
        place.chmod(0o755)  # whatever the umask
    except FileExistsError:
        return True
    except OSError:  # a read-only file system, or no such parent: the next place may do
        return False
    return True


def is_trustworthy(place: Path) -> bool:
    """Whether it is a real folder of ours: anybody could have put something of this name under /tmp before."""
    found = place.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def private_short_folder(user: DatabaseUser) -> Path:
    """A new folder with a short path that only this user can look into."""
    for place in SHORT_PLACES:
        if place.is_dir() and user.can_enter(place):
            folder = Path(tempfile.mkdtemp(prefix="visitsync-", dir=place))
            shutil.chown(folder, user.user_id, user.group_id)
            return folder
    raise NotADirectoryError(f"None of the folders {', '.join(map(str, SHORT_PLACES))} can be entered")
