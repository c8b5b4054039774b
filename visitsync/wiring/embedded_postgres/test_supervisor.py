"""The database starts, is the one we want, keeps what it was given, and says what is wrong when it cannot start."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from visitsync.wiring.embedded_postgres import DatabaseDidNotStart, EmbeddedPostgres, RunningDatabase
from visitsync.wiring.embedded_postgres.conftest import execute, value
from visitsync.wiring.embedded_postgres.temporary import FORGETFUL, temporary_database


@pytest.fixture(scope="module")
def running() -> Iterator[RunningDatabase]:
    with temporary_database(settings={"work_mem": "5MB"}) as database:
        yield database


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("password_encryption", "scram-sha-256"),
        ("listen_addresses", "127.0.0.1"),
        ("timezone", "UTC"),
        ("wal_level", "minimal"),
        ("log_min_error_statement", "panic"),
        ("log_parameter_max_length_on_error", "0"),
    ],
)
def test_runs_with_the_settings_we_rely_on(running: RunningDatabase, setting: str, expected: str) -> None:
    assert value(running, f"SELECT current_setting('{setting}')") == expected


def test_syncs_to_disk_unless_told_otherwise() -> None:
    assert EmbeddedPostgres(Path("anywhere"))._settings["fsync"] == "on"


def test_a_caller_s_setting_replaces_ours(running: RunningDatabase) -> None:
    assert value(running, "SHOW work_mem") == "5MB"


def test_sorts_by_bytes_on_every_machine(running: RunningDatabase) -> None:
    assert value(running, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C"


def test_the_database_is_ours_and_empty(running: RunningDatabase) -> None:
    assert value(running, "SELECT current_database()") == "visitsync"
    assert value(running, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0


@pytest.mark.parametrize("how", ["loopback", "socket"])
def test_nobody_enters_without_the_password(running: RunningDatabase, how: str) -> None:
    port = psycopg.conninfo.conninfo_to_dict(running.owner_url)["port"]
    host = "127.0.0.1" if how == "loopback" else str(running.data_folder.parent / "socket")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=host, port=port, user="visitsync_owner", password="guessed", dbname="visitsync")


def test_the_printed_form_hides_the_password(running: RunningDatabase) -> None:
    assert str(psycopg.conninfo.conninfo_to_dict(running.owner_url)["password"]) not in repr(running)


@pytest.mark.usefixtures("made")
def test_keeps_rows_and_port_from_one_start_to_the_next(postgres: EmbeddedPostgres) -> None:
    first = postgres.start()
    execute(first, "CREATE TABLE kept AS SELECT 42 AS number")
    postgres.stop()
    second = postgres.start()
    assert value(second, "SELECT number FROM kept") == 42
    assert second.owner_url == first.owner_url


@pytest.mark.usefixtures("made")
def test_takes_another_port_when_somebody_has_the_last_one(postgres: EmbeddedPostgres) -> None:
    first = postgres.start()
    postgres.stop()
    port = int(str(psycopg.conninfo.conninfo_to_dict(first.owner_url)["port"]))
    with socket.socket() as somebody:
        somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        somebody.bind(("127.0.0.1", port))
        somebody.listen()
        second = postgres.start()
        assert second.owner_url != first.owner_url
        assert value(second, "SELECT 1") == 1


@pytest.mark.usefixtures("made")
def test_starting_again_while_it_runs_gives_the_same_database(postgres: EmbeddedPostgres) -> None:
    assert postgres.start() == postgres.start()


@pytest.mark.usefixtures("made")
def test_stopping_twice_or_before_the_start_is_harmless(postgres: EmbeddedPostgres) -> None:
    postgres.stop()
    postgres.start()
    postgres.stop()
    postgres.stop()
    assert not postgres.is_owner


def test_works_as_a_context_manager(folder: Path) -> None:
    embedded = EmbeddedPostgres(folder, settings=FORGETFUL)
    with embedded as running:
        assert value(running, "SELECT 1") == 1
    assert not embedded.is_owner


def test_a_path_too_long_for_a_socket_is_no_obstacle(folder: Path) -> None:
    long_path = folder / ("long" * 20) / ("longer" * 20)
    with EmbeddedPostgres(long_path, settings=FORGETFUL) as running:
        sockets = Path(str(value(running, "SHOW unix_socket_directories")))
        assert len(os.fsencode(sockets)) < 80
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


def test_a_relative_folder_is_meant_from_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    with EmbeddedPostgres(Path(folder.name), settings=FORGETFUL) as running:
        assert running.data_folder == folder.resolve() / "data"


@pytest.mark.usefixtures("made")
def test_postgres_own_words_are_in_the_error(folder: Path) -> None:
    embedded = EmbeddedPostgres(folder, settings=FORGETFUL | {"shared_buffers": "plenty"})
    with pytest.raises(DatabaseDidNotStart, match="shared_buffers") as caught:
        embedded.start()
    assert any("plenty" in line for line in caught.value.log_lines)
    assert not embedded.is_owner


@pytest.mark.usefixtures("made")
def test_the_error_quotes_this_start_only(folder: Path) -> None:
    for name in ("earlier_setting", "later_setting"):
        with pytest.raises(DatabaseDidNotStart) as caught:
            EmbeddedPostgres(folder, settings=FORGETFUL | {name: "1"}).start()
    assert "later_setting" in str(caught.value)
    assert "earlier_setting" not in str(caught.value)


@pytest.mark.parametrize("name", ["port", "listen_addresses", "data_directory"])
def test_what_the_supervisor_decides_cannot_be_set(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        EmbeddedPostgres(Path("anywhere"), settings={name: "1"})


def test_a_setting_s_name_cannot_smuggle_another() -> None:
    with pytest.raises(ValueError, match="small letters"):
        EmbeddedPostgres(Path("anywhere"), settings={"work_mem=1MB -c port": "1"})


def test_a_file_in_the_folder_s_place_is_named(folder: Path) -> None:
    folder.write_text("not a folder")
    with pytest.raises(DatabaseDidNotStart, match="not a folder"):
        EmbeddedPostgres(folder).start()


@pytest.mark.usefixtures("made")
def test_a_missing_password_is_not_replaced_in_silence(postgres: EmbeddedPostgres, folder: Path) -> None:
    postgres.start()
    postgres.stop()
    (folder / "password").unlink()
    with pytest.raises(DatabaseDidNotStart, match="password"):
        postgres.start()


def test_data_that_is_mounted_elsewhere_and_missing_is_not_made_anew(folder: Path) -> None:
    folder.mkdir()
    (folder / "data").symlink_to(folder / "disk that is not mounted")
    with pytest.raises(DatabaseDidNotStart, match="not mounted"):
        EmbeddedPostgres(folder).start()


@pytest.mark.usefixtures("made")
def test_data_of_another_major_version_is_left_alone(postgres: EmbeddedPostgres, folder: Path) -> None:
    data = postgres.start().data_folder
    postgres.stop()
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(DatabaseDidNotStart, match="PostgreSQL 9, which made this data"):
        postgres.start()


@pytest.mark.usefixtures("made")
def test_a_copied_folder_is_a_database_of_its_own(postgres: EmbeddedPostgres, folder: Path) -> None:
    """It has the password of the original, and remembers its port."""
    postgres.start()
    postgres.stop()
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy, symlinks=True)
    copy.chmod(0o711)
    give_to_same_owner(folder / "data", copy / "data")
    original = postgres.start()
    execute(original, "CREATE TABLE only_in_the_original ()")
    with EmbeddedPostgres(copy, settings=FORGETFUL) as copied:
        assert copied.pid != original.pid
        assert value(copied, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0


def give_to_same_owner(like: Path, folder: Path) -> None:
    owner = like.stat()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


@pytest.mark.usefixtures("made")
def test_a_full_log_is_put_aside(postgres: EmbeddedPostgres, folder: Path) -> None:
    postgres.start()
    postgres.stop()
    (folder / "postgresql.log").write_text("x" * 2_000_000)
    postgres.start()
    assert (folder / "postgresql.log").stat().st_size < 100_000
    assert (folder / "postgresql.log.1").stat().st_size == 2_000_000
