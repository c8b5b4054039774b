"""The keyring and the database's state, by command."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from visitsync.storage.keyring import Keyring
from visitsync.wiring.conftest import Connected, Visitsync


def test_a_keyring_is_made_closed_and_never_overwritten(visitsync: Visitsync, tmp_path: Path) -> None:
    file = tmp_path / "ring"
    assert visitsync("keys", "create", str(file)).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    again = visitsync("keys", "create", str(file))
    assert "nothing was changed" in again.words
    assert file.read_text() == before


def test_after_a_rotation_everything_is_sealed_anew_and_still_opens(
    visitsync: Visitsync, connected: Callable[[str], Connected], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ring"
    visitsync("keys", "create", str(file))
    monkeypatch.delenv("VISITSYNC_KEY")
    monkeypatch.setenv("VISITSYNC_KEY_FILE", str(file))
    booked = connected("drchrono").emr.book()
    visitsync("sync")
    rotated = visitsync("keys", "rotate", "--json")
    assert rotated.code == 0
    assert rotated.json["broken"] == 0
    assert rotated.json["resealed"] >= 4, "credentials, a staff address, a patient, a raw record"
    assert Keyring.from_file(file).sealing_key_id == 2
    assert visitsync("keys", "rotate", "--json").json["resealed"] == rotated.json["resealed"]
    assert visitsync("why", "lakeside", booked, "--json").json["answers"][0]["patient_name"] == "Ottoline Varga 1"
    assert visitsync("sync").code == 0


def test_the_wrong_keyring_is_told_in_words(
    visitsync: Visitsync, connected: Callable[[str], Connected], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected("drchrono")
    visitsync("keys", "create", str(tmp_path / "other"))
    monkeypatch.delenv("VISITSYNC_KEY")
    monkeypatch.setenv("VISITSYNC_KEY_FILE", str(tmp_path / "other"))
    refused = visitsync("sync")
    assert refused.code in {6, 7}
    assert "keyring" in refused.err


def test_migrating_what_is_up_to_date_is_harmless(
    visitsync: Visitsync, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert visitsync("migrate").code == 7
    monkeypatch.setenv("VISITSYNC_OWNER_URL", owner_url)
    assert visitsync("migrate", "--json").json == {"applied": []}


def test_without_its_database_a_command_says_so(visitsync: Visitsync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1")
    monkeypatch.setattr("visitsync.wiring.house.WAITS_FOR_DATABASE_SECONDS", 1.0)
    gone = visitsync("practice", "list")
    assert gone.code == 6
    assert "Nothing is lost; try again in a moment." in gone.err


def test_a_practice_that_is_not_there_is_not_found(visitsync: Visitsync) -> None:
    assert visitsync("why", "nowhere", "today").code == 3
    assert visitsync("catalog").code == 3
    assert visitsync("practice", "add", "lakeside", "--name", "L", "--zone", "Mars/Olympus").code == 2
    assert visitsync("practice", "add", "Lake Side", "--name", "L", "--zone", "America/Chicago").code == 2
