"""The first start makes the database, once and whole, whoever comes and whatever is killed meanwhile."""

from pathlib import Path

from visitsync.wiring.embedded_postgres import EmbeddedPostgres
from visitsync.wiring.embedded_postgres.conftest import Launch, eventually, value, when_running


def test_killing_the_owner_during_its_very_first_start_leaves_nothing_half_made(
    launch: Launch, postgres: EmbeddedPostgres, folder: Path
) -> None:
    process = launch()
    assert eventually(lambda: any(folder.glob("data*/PG_VERSION")))
    process.kill()
    assert value(postgres.start(), "SELECT current_database()") == "visitsync"


def test_of_several_that_come_at_once_one_owns_and_the_others_join(launch: Launch) -> None:
    others = [when_running(process) for process in [launch("attach_or_start") for _ in range(4)]]
    assert [other.is_owner for other in others].count(True) == 1
    assert len({other.running.pid for other in others}) == 1


def test_a_half_made_cluster_is_made_again(postgres: EmbeddedPostgres, folder: Path) -> None:
    (folder / "data.unfinished").mkdir(parents=True)
    (folder / "data.unfinished" / "PG_VERSION").write_text("16\n")
    folder.chmod(0o711)
    assert value(postgres.start(), "SELECT 1") == 1
    assert not (folder / "data.unfinished").exists()
