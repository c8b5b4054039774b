"""PostgreSQL is found in the wheel first, then on the machine, and only in a version that can read the data."""

import os
import sys
from pathlib import Path

import pytest

from visitsync.wiring.embedded_postgres import DatabaseDidNotStart, EmbeddedPostgres, binaries
from visitsync.wiring.embedded_postgres.binaries import Binaries, find_binaries
from visitsync.wiring.embedded_postgres.conftest import value
from visitsync.wiring.embedded_postgres.database_user import DatabaseUser, user_with_id

# A stand-in for a version that this machine does not have.
PROGRAM = "#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n"


@pytest.fixture
def me() -> DatabaseUser:
    return user_with_id(os.geteuid())


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No wheel, no PostgreSQL on PATH, none of Debian's; whatever is put under this folder counts as Debian's."""
    monkeypatch.setattr(binaries, "wheel_installation", lambda: None)
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path / "debian")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return tmp_path


def put(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(PROGRAM.format(version=version))
        (folder / name).chmod(0o755)
    return folder


def test_the_wheel_is_not_imported_to_find_it(me: DatabaseUser) -> None:
    find_binaries(me, major=None)
    assert binaries.WHEEL not in sys.modules


def test_the_newest_of_debian_s_is_taken(nothing_installed: Path, me: DatabaseUser) -> None:
    put(nothing_installed / "debian" / "9" / "bin", "9.6.24")
    newest = put(nothing_installed / "debian" / "17" / "bin", "17.2 (Debian 17.2-1)")
    put(nothing_installed / "debian" / "15" / "bin", "15.9")
    assert find_binaries(me, major=None) == Binaries(folder=newest, major=17)


def test_the_version_that_made_the_data_is_taken(nothing_installed: Path, me: DatabaseUser) -> None:
    put(nothing_installed / "path", "17.2")
    old = put(nothing_installed / "debian" / "15" / "bin", "15.9")
    assert find_binaries(me, major=15) == Binaries(folder=old, major=15)


def test_path_comes_before_debian_s(nothing_installed: Path, me: DatabaseUser) -> None:
    on_path = put(nothing_installed / "path", "16.1")
    put(nothing_installed / "debian" / "17" / "bin", "17.2")
    assert find_binaries(me, major=None).folder == on_path


def test_a_version_too_old_is_named(nothing_installed: Path, me: DatabaseUser) -> None:
    put(nothing_installed / "path", "14.2")
    with pytest.raises(DatabaseDidNotStart, match=r"15 or later was not found.*version 14 in"):
        find_binaries(me, major=None)


def test_without_any_the_error_says_what_to_install(nothing_installed: Path, me: DatabaseUser) -> None:
    with pytest.raises(DatabaseDidNotStart, match=r"Install the locked requirements.*DATABASE_URL"):
        find_binaries(me, major=None)


def test_without_the_wheel_the_machine_s_own_postgres_serves(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, me: DatabaseUser
) -> None:
    monkeypatch.setattr(binaries, "wheel_installation", lambda: None)
    try:
        found = find_binaries(me, major=None)
    except DatabaseDidNotStart:
        pytest.skip("this machine has no PostgreSQL of its own")
    running = postgres.start()
    assert str(value(running, "SHOW server_version")).split(".")[0] == str(found.major)
