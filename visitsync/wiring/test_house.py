"""An installation opens ready to work, or says what it lacks."""

import stat
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from visitsync.storage.keyring import KeyringUnusable
from visitsync.storage.roles import RoleTooPowerful
from visitsync.wiring.house import SetUpMissing, migrate_external, open_house
from visitsync.wiring.settings import Settings


def test_an_embedded_installation_makes_everything_it_needs_closed_to_others(tmp_path: Path) -> None:
    home = tmp_path / "home"
    settings = Settings(home=home, keeps_data_on_power_cut=False)
    with open_house(settings) as house:
        assert house.database.url
    for secret in ("keyring", "app-password"):
        assert stat.S_IMODE((home / secret).stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) & 0o066 == 0, "nobody else may list it or write into it"
    first = (home / "keyring").read_text(), (home / "app-password").read_text()
    with open_house(settings):
        assert ((home / "keyring").read_text(), (home / "app-password").read_text()) == first


def test_an_external_database_needs_a_keyring_that_is_given(database_url: str, tmp_path: Path) -> None:
    with (
        pytest.raises(SetUpMissing, match="VISITSYNC_KEY_FILE"),
        open_house(Settings(home=tmp_path / "home", database_url=database_url)),
    ):
        pass


def test_a_keyring_that_others_can_read_is_refused(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "keyring"
    file.write_text("index x\n")
    file.chmod(0o644)
    with (
        pytest.raises(KeyringUnusable, match="chmod 600"),
        open_house(Settings(home=tmp_path / "home", database_url=database_url, key_file=file)),
    ):
        pass


def test_a_role_that_could_pass_the_wall_between_practices_is_refused(postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(RoleTooPowerful), open_house(Settings(home=tmp_path / "home", database_url=postgres_url)):
        pass


def test_migrating_an_external_database_twice_is_harmless(owner_url: str, database_url: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=database_url, owner_url=owner_url)
    assert migrate_external(settings) == []
    with pytest.raises(SetUpMissing, match="VISITSYNC_OWNER_URL"):
        migrate_external(Settings(home=tmp_path, database_url=database_url))


def test_a_wrong_password_of_the_database_is_told_as_that_and_not_repeated(database_url: str, tmp_path: Path) -> None:
    wrong = make_conninfo(database_url, password="a-wrong-one")
    with (
        pytest.raises(SetUpMissing, match="the password or the database in DATABASE_URL") as refused,
        open_house(Settings(home=tmp_path / "home", database_url=wrong, key="index a; data 1 a")),
    ):
        pass
    assert "a-wrong-one" not in str(refused.value)
