"""A database that leaves nothing behind: for tests, measurements and trials."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from visitsync.wiring.embedded_postgres.supervisor import EmbeddedPostgres, RunningDatabase

# A power cut may ruin the database, which is not worth waiting for. A killed process still loses nothing.
FORGETFUL = {"fsync": "off", "full_page_writes": "off"}


@contextmanager
def temporary_database(*, settings: Mapping[str, str] | None = None) -> Iterator[RunningDatabase]:
    """A new, empty database in a folder of its own; stopped and deleted at the end.

    `settings` come on top of FORGETFUL. Raises DatabaseDidNotStart.
    """
    with temporary_folder() as folder, EmbeddedPostgres(folder, settings=FORGETFUL | dict(settings or {})) as database:
        yield database


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for a database, deleted at the end with what had to be put elsewhere.

    As root it may be passed through by the user to whom root lends the database, as the folder that
    EmbeddedPostgres itself makes.
    """
    outer = Path(tempfile.mkdtemp(prefix="visitsync-"))
    if os.geteuid() == 0:
        outer.chmod(0o711)
    folder = outer / "database"
    try:
        yield folder
    finally:
        if (folder / "data").is_symlink():
            shutil.rmtree((folder / "data").resolve().parent, ignore_errors=True)
        shutil.rmtree(outer, ignore_errors=True)
