"""Who may read what, as whom PostgreSQL runs, and that nobody's folder is opened for it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

import visitsync.wiring.embedded_postgres
from visitsync.wiring.embedded_postgres import DatabaseDidNotStart, EmbeddedPostgres, binaries, reachable_places
from visitsync.wiring.embedded_postgres.binaries import copy_any
from visitsync.wiring.embedded_postgres.conftest import OTHER_PROCESS, execute, mode_of, needs_root, value
from visitsync.wiring.embedded_postgres.temporary import FORGETFUL

NOBODY = 65534


@pytest.fixture
def closed_folder(tmp_path: Path) -> Path:
    """A folder that nobody but this user can enter."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Stands in for /var/lib/visitsync."""
    place = folder.parent / "place"
    monkeypatch.setattr(reachable_places, "LASTING_PLACES", (place,))
    monkeypatch.setattr(reachable_places, "PASSING_PLACES", ())
    return place


@pytest.fixture
def folder_of_nobody(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    return folder


def test_only_the_owner_reads_the_password_the_log_and_the_data(postgres: EmbeddedPostgres, folder: Path) -> None:
    data = postgres.start().data_folder
    for name in ("lock", "users", "password", "port", "postgresql.log"):
        assert mode_of(folder / name) == 0o600, name
    assert mode_of(data) == 0o700
    assert mode_of(data.parent / "socket") == 0o700
    assert mode_of(folder) == (0o711 if os.geteuid() == 0 else 0o700)


def test_no_umask_changes_that(postgres: EmbeddedPostgres, folder: Path) -> None:
    before = os.umask(0)
    try:
        data = postgres.start().data_folder
    finally:
        os.umask(before)
    assert [mode_of(folder / name) for name in ("password", "postgresql.log")] == [0o600, 0o600]
    assert mode_of(data) == 0o700


@needs_root
def test_an_empty_private_folder_of_root_is_taken_as_it_is_passed(folder: Path) -> None:
    """As the standard library's temporary folders are: nothing then has to lie elsewhere."""
    folder.mkdir(mode=0o700)
    with EmbeddedPostgres(folder, settings=FORGETFUL) as running:
        assert running.data_folder == folder / "data"
    assert mode_of(folder) == 0o711


@needs_root
def test_a_private_folder_of_root_that_holds_something_stays_private(folder: Path, place: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "something").touch()
    with EmbeddedPostgres(folder, settings=FORGETFUL) as running:
        assert running.data_folder.is_relative_to(place)
    assert mode_of(folder) == 0o700


def test_folders_that_exist_keep_their_modes(folder: Path) -> None:
    nested = folder / "one" / "two" / "database"
    nested.mkdir(parents=True)
    for path, mode in ((folder, 0o751), (folder / "one", 0o771), (folder / "one" / "two", 0o711), (nested, 0o755)):
        path.chmod(mode)
    before = {path: mode_of(path) for path in nested.parents} | {nested: mode_of(nested)}
    with EmbeddedPostgres(nested, settings=FORGETFUL):
        pass
    assert {path: mode_of(path) for path in before} == before


@pytest.mark.usefixtures("made")
def test_postgres_sees_nothing_of_our_environment(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISITSYNC_KEY", "not for the database")
    monkeypatch.setenv("PGDATABASE", "misleading")
    running = postgres.start()
    assert b"not for" not in Path(f"/proc/{running.pid}/environ").read_bytes()


@needs_root
@pytest.mark.usefixtures("made")
def test_root_lends_the_database_to_a_user_without_rights(postgres: EmbeddedPostgres) -> None:
    running = postgres.start()
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{running.pid}/status").read_text().splitlines())
    assert "0" not in status["Uid"].split()
    assert "0" not in status["Gid"].split() + status["Groups"].split()
    assert int(status["CapEff"], 16) == 0


@needs_root
def test_data_asked_for_in_a_closed_folder_of_root_lies_elsewhere_behind_a_link(
    closed_folder: Path, place: Path
) -> None:
    for attempt in ("first", "second"):
        with EmbeddedPostgres(closed_folder / "database", settings=FORGETFUL) as running:
            execute(running, f"CREATE TABLE made_by_the_{attempt}_start ()")
            count = value(running, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert running.data_folder.is_relative_to(place)
            assert running.data_folder == (closed_folder / "database" / "data").resolve()
    assert count == 2
    assert mode_of(closed_folder) == 0o700
    assert mode_of(running.data_folder) == 0o700
    assert (running.data_folder.parent / "belongs-to").read_text() == f"{closed_folder / 'database'}\n"


@needs_root
def test_a_closed_folder_without_any_other_place_is_refused_with_what_to_do(
    closed_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reachable_places, "LASTING_PLACES", ())
    with pytest.raises(DatabaseDidNotStart, match="mode o\\+x"):
        EmbeddedPostgres(closed_folder / "database").start()


@needs_root
def test_a_place_that_somebody_else_prepared_is_not_used(closed_folder: Path, place: Path) -> None:
    place.mkdir()
    os.chown(place, NOBODY, NOBODY)
    with pytest.raises(DatabaseDidNotStart):
        EmbeddedPostgres(closed_folder / "database").start()
    assert list(place.iterdir()) == []


@needs_root
def test_programs_in_a_closed_folder_are_copied_once(
    postgres: EmbeddedPostgres, closed_folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = closed_copy_of_the_wheel(closed_folder)
    monkeypatch.setattr(binaries, "wheel_installation", lambda: installation)
    program = Path(f"/proc/{postgres.start().pid}/exe").resolve()
    made = stat_of_everything(place)
    postgres.stop()
    postgres.start()
    assert program.is_relative_to(place)
    assert stat_of_everything(place) == made
    assert all(owner == 0 and not mode & 0o022 for owner, mode, _ in made.values())
    assert mode_of(closed_folder) == 0o700


@needs_root
def test_root_runs_an_ordinary_user_s_database_as_that_user(folder_of_nobody: Path) -> None:
    with EmbeddedPostgres(folder_of_nobody, settings=FORGETFUL) as running:
        assert Path(f"/proc/{running.pid}").stat().st_uid == NOBODY
    owners = {path: path.stat().st_uid for path in (folder_of_nobody, *folder_of_nobody.rglob("*"))}
    assert set(owners.values()) == {NOBODY}, owners


@needs_root
def test_a_link_that_an_ordinary_user_left_for_root_is_not_followed(folder_of_nobody: Path) -> None:
    target = folder_of_nobody.parent / "of root"
    target.write_text("precious")
    (folder_of_nobody / "postgresql.log").symlink_to(target)
    with pytest.raises(DatabaseDidNotStart):
        EmbeddedPostgres(folder_of_nobody).start()
    assert target.read_text() == "precious"
    assert target.stat().st_uid == 0


@needs_root
def test_an_ordinary_user_starts_it_too_and_root_can_afterwards(folder_of_nobody: Path, readable_code: Path) -> None:
    ended = as_nobody(folder_of_nobody, readable_code)
    assert ended.returncode == 0, ended.stderr
    facts = json.loads(ended.stdout.splitlines()[0])
    assert facts["data_folder"] == str(folder_of_nobody / "data")
    assert mode_of(folder_of_nobody / "password") == 0o600
    assert mode_of(folder_of_nobody / "data") == 0o700
    with EmbeddedPostgres(folder_of_nobody, settings=FORGETFUL) as running:
        assert running.owner_url == facts["owner_url"]


@needs_root
def test_an_ordinary_user_is_told_whose_folder_it_is(folder: Path, readable_code: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    ended = as_nobody(folder, readable_code)
    assert "DatabaseDidNotStart" in ended.stderr
    assert f"{folder} belongs to root" in ended.stderr


@pytest.fixture(scope="module")
def readable_code() -> Iterator[Path]:
    """What the embedded database needs to run, where everybody can read it: the checkout may be in a closed folder."""
    target = Path(tempfile.mkdtemp(prefix="visitsync-code-"))
    for name in ("psycopg", "psycopg_binary", "psycopg_binary.libs", "typing_extensions.py"):
        copy_any(package_folder(psycopg) / name, target / name)
    for package in (visitsync, visitsync.wiring, visitsync.wiring.embedded_postgres):
        for source in Path(str(package.__file__)).parent.glob("*.py"):
            copy_any(source, target / Path(*package.__name__.split(".")) / source.name)
    installation = binaries.wheel_installation()
    if installation is not None:
        copy_any(
            installation.parent.parent / binaries.libraries_of(installation).name, target / f"{binaries.WHEEL}.libs"
        )
        copy_any(installation, target / binaries.WHEEL / "pginstall")
        (target / binaries.WHEEL / "__init__.py").touch()
    binaries.make_readable(target)
    yield target
    shutil.rmtree(target)


def as_nobody(folder: Path, readable_code: Path) -> "subprocess.CompletedProcess[str]":
    def run(python: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - an interpreter
            [python, "-c", *arguments], env={"PYTHONPATH": str(readable_code), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/", check=False, input="", capture_output=True, text=True,
            user=NOBODY, group=NOBODY, extra_groups=(),
        )  # fmt: skip

    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{version}", f"/usr/local/bin/python{version}"):
        with suppress(OSError):
            if run(python, "import psycopg").returncode == 0:
                return run(python, OTHER_PROCESS, str(folder), "start", json.dumps(FORGETFUL))
    pytest.skip(f"no Python {version} that an ordinary user can run")


def package_folder(package: ModuleType) -> Path:
    return Path(str(package.__file__)).parents[1]


def closed_copy_of_the_wheel(folder: Path) -> Path:
    installation = binaries.wheel_installation()
    if installation is None:
        pytest.skip("the wheel is not installed")
    binaries.copy_wheel(installation, folder / "wheel")
    return folder / "wheel" / binaries.WHEEL / "pginstall"


def stat_of_everything(folder: Path) -> dict[Path, tuple[int, int, float]]:
    found = {path: path.lstat() for path in folder.rglob("*")}
    return {path: (one.st_uid, one.st_mode, one.st_mtime) for path, one in found.items()}
