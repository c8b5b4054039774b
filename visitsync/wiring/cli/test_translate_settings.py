"""visitsync translate reads as a connection with these settings would, from taking a file apart on."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from visitsync.wiring.cli.translate import translate

BOOKING = Path(str(resources.files("visitsync.connectors"))) / "hl7v2" / "fixtures" / "booking.hl7"


def test_a_setting_that_a_refusal_names_lets_the_message_be_read(tmp_path: Path) -> None:
    shifted = tmp_path / "shifted.hl7"
    header, schedule, *others = BOOKING.read_text(encoding="utf-8").splitlines()
    fields = schedule.split("|")
    shifted.write_text("\r".join([header, "|".join([*fields[:8], *fields[9:]]), *others]), encoding="utf-8")
    refused, read = _rows(shifted), _rows(shifted, "--setting", "shifted_layout=read")
    assert "setting shifted_layout" in refused[0]["unreadable"]
    assert read[-1]["kind"] == "appointment-update"
    assert read[-1]["understood"]["start"]["wall"] == _rows(BOOKING)[-1]["understood"]["start"]["wall"]


def _rows(file: Path, *more: str) -> list[dict[str, Any]]:
    answer = CliRunner().invoke(translate, ["hl7v2", str(file), *more], catch_exceptions=False, standalone_mode=False)
    rows: list[dict[str, Any]] = json.loads(answer.stdout)["rows"]
    return rows
