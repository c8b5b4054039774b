"""visitsync translate says what a payload says, and no more: a zone that nobody gave is never guessed."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from visitsync.wiring.cli.translate import translate

LISTS = [("drchrono", "appointments_list.json"), ("kareo", "getappointments_2021.xml")]


@pytest.mark.parametrize(("emr", "fixture"), LISTS)
def test_without_a_zone_wall_times_stand_and_instants_are_unknown(emr: str, fixture: str) -> None:
    for start in _starts(emr, fixture):
        assert start["wall"] is not None
        assert (start["zone"], start["instant"]) == (None, None)


def test_without_a_zone_an_instant_that_the_payload_gives_stands_and_its_wall_time_is_unknown() -> None:
    for start in _starts("kareo", "getappointment.xml"):
        assert start["instant"] is not None
        assert (start["zone"], start["wall"]) == (None, None)


@pytest.mark.parametrize(("emr", "fixture"), LISTS)
def test_with_a_zone_both_are_told(emr: str, fixture: str) -> None:
    for start in _starts(emr, fixture, "--zone", "America/Denver"):
        assert start["zone"] == "America/Denver"
        assert start["instant"] is not None


def test_a_name_that_is_no_zone_is_refused() -> None:
    result = CliRunner().invoke(translate, ["drchrono", _path("drchrono", "users.json"), "--zone", "Nowhere"])
    assert result.exit_code == 2
    assert "is not the name of a time zone" in result.output


def _starts(emr: str, fixture: str, *options: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(translate, [emr, _path(emr, fixture), *options])
    rows = json.loads(result.output)["rows"]
    starts = [row["understood"]["start"] for row in rows if "understood" in row]
    assert starts, result.output
    return starts


def _path(emr: str, fixture: str) -> str:
    return str(Path(str(resources.files("visitsync.connectors"))) / emr / "fixtures" / fixture)
