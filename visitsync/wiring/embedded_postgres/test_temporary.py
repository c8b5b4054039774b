"""A temporary database works, survives a kill, and leaves nothing behind."""

from visitsync.wiring.embedded_postgres.conftest import ends, value
from visitsync.wiring.embedded_postgres.temporary import temporary_database, temporary_folder


def test_leaves_neither_a_process_nor_a_file() -> None:
    with temporary_database() as running:
        assert value(running, "SHOW fsync") == "off"
    assert ends(running.pid)
    assert not running.data_folder.exists()
    assert not running.data_folder.parent.parent.exists()


def test_a_folder_takes_along_what_had_to_be_put_elsewhere() -> None:
    with temporary_folder() as elsewhere:
        (elsewhere / "home" / "data").mkdir(parents=True)
        with temporary_folder() as folder:
            folder.mkdir()
            (folder / "data").symlink_to(elsewhere / "home" / "data")
        assert not (elsewhere / "home").exists()
