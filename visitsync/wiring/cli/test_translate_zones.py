"""visitsync translate says what a payload says, and no more: a zone that nobody gave is never guessed."""

import json
import re
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


def test_without_a_zone_no_instant_is_said_to_contradict_a_wall_time(tmp_path: Path) -> None:
    """Half past nine in New York, as a visit's instant shows; in most other zones the two do not agree."""
    rows = json.loads(Path(_path("greenway_prime_suite", "schedule.json")).read_bytes())["Appointments"][:1]
    rows[0] |= {"ScheduleDate": "11/17/2026", "StartTime": "9:30 AM", "AppointmentTime": "9:30 AM", "EndTime": None}
    rows[0]["Visit"] |= {"FromDateTime": "/Date(1794925800000-0500)/"}
    saved = tmp_path / "schedule.json"
    saved.write_text(json.dumps({"Appointments": rows, "TotalRows": 1}))
    assert [_clarity(saved, *zone) for zone in ((), ("--zone", "America/New_York"), ("--zone", "America/Denver"))] == [
        None,
        "certain",
        "contradictory",
    ]


def test_a_row_that_only_some_zones_make_sense_of_asks_for_the_zone(tmp_path: Path) -> None:
    """An end that says its offset, a start that does not."""
    saved = tmp_path / "appointments.xml"
    whole = Path(_path("kareo", "getappointments_2021.xml")).read_text()
    started = re.sub(r"(?<=<StartDate>)[^<]+", "2026-11-18T14:00:00", whole)
    saved.write_text(re.sub(r"(?<=<EndDate>)[^<]+", "2026-11-18T18:00:00Z", started))
    told = [row["unreadable"] for row in _rows("kareo", saved)]
    assert told
    assert all("give it with --zone" in reason for reason in told)
    assert all("understood" in row for row in _rows("kareo", saved, "--zone", "Europe/Berlin"))


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


def _clarity(saved: Path, *options: str) -> str | None:
    (row,) = _rows("greenway_prime_suite", saved, *options)
    clarity: str | None = row["understood"]["start"]["clarity"]
    return clarity


def _rows(emr: str, saved: Path, *options: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(CliRunner().invoke(translate, [emr, str(saved), *options]).output)["rows"]
    return rows


def _path(emr: str, fixture: str) -> str:
    return str(Path(str(resources.files("visitsync.connectors"))) / emr / "fixtures" / fixture)
