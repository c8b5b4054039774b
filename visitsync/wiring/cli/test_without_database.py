"""Commands that need no database: a pretend EMR served for others, and what we understand of saved answers."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from visitsync.simulator_kit.plain_client import call
from visitsync.wiring.cli import run
from visitsync.wiring.conftest import Emr

COMMAND = "from visitsync.wiring.cli import main; main()"


@pytest.fixture
def served() -> Iterator[Callable[..., dict[str, Any]]]:
    """Runs `visitsync simulate … --json` as a process of its own; gives what it says."""
    started: list[subprocess.Popen[str]] = []

    def serve(*arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-c", COMMAND, "simulate", *arguments, "--json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)  # noqa: S603
        started.append(process)
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == "}\n":
                break
        told: dict[str, Any] = json.loads("".join(lines))
        return told

    yield serve
    for process in started:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.parametrize("emr", ["drchrono", "kareo"])
def test_a_pretend_emr_is_served_with_its_scenario_staged_and_can_be_steered(
    emr: str, served: Callable[..., dict[str, Any]]
) -> None:
    told = served(emr, "--appointments", "20", "--scenario", "B1", "--fault", "outage:always", "--seed", "5")
    [staged] = told["staged"]
    assert staged["scenario"] == "B1"
    status = call(told["steering_wheel"]).json
    assert status["emr"] == emr
    assert [fault["name"] for fault in status["faults"]] == ["outage"]
    truth = call(told["steering_wheel"] + "truth").json
    assert staged["appointment"] in [one["vendor_id"] for one in truth["appointments"]]
    assert call(told["url"]).status == 502


@pytest.mark.parametrize(
    "arguments",
    [["--scenario", "Z9"], ["--fault", "gremlins"], ["--fault", "outage:often"], ["--variant", "weather=fine"],
     ["--variant", "nonsense"]],
)  # fmt: skip
def test_what_a_simulator_does_not_know_is_wrong_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["simulate", "drchrono", "--appointments", "0", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_scenarios_faults_and_variants_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulate", "kareo", "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert "A2" in listed["scenarios"]
    assert "outage" in listed["faults"]
    assert "contract" in listed["variants"]


def _saved_list(emr: Emr, folder: Path) -> Path:
    """What a person would save with curl: one page of the EMR's appointments."""
    token = call(
        f"{emr.base_url}/o/token/",
        method="POST",
        form={**json.loads(emr.credentials_file.read_text()), "grant_type": "refresh_token"},
    ).json["access_token"]
    answer = call(
        f"{emr.base_url}/api/appointments", query={"since": "2000-01-01"}, headers={"Authorization": f"Bearer {token}"}
    )
    file = folder / "appointments.json"
    file.write_bytes(answer.body)
    return file


def test_a_saved_list_is_translated_row_by_row(
    emr_named: Callable[[str], Emr], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emr = emr_named("drchrono")
    booked = [emr.book(), emr.book()]
    file = _saved_list(emr, tmp_path)
    assert run(["translate", "drchrono", str(file), "--zone", "America/Chicago"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "appointment"
    assert [row["id"] for row in told["rows"]] == booked
    assert all(row["understood"]["start"]["zone"] == "America/Chicago" for row in told["rows"])


def test_an_unreadable_row_is_named_among_good_ones(
    emr_named: Callable[[str], Emr], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emr = emr_named("drchrono")
    emr.book()
    emr.book()
    file = _saved_list(emr, tmp_path)
    page = json.loads(file.read_bytes())
    page["results"][0]["scheduled_time"] = "next Tuesday"
    file.write_text(json.dumps(page))
    assert run(["translate", "drchrono", str(file)]) == 1
    first, second = json.loads(capsys.readouterr().out)["rows"]
    assert "unreadable" in first
    assert "next Tuesday" not in first["unreadable"], "a reason names the field, never a value"
    assert "understood" in second


@pytest.mark.parametrize("body", [b"", b"<html>Sign in</html>", b"{", b'{"error": "no"}'])
@pytest.mark.parametrize("emr", ["drchrono", "kareo"])
def test_what_is_no_answer_of_the_emr_is_refused_in_words(
    emr: str, body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "saved"
    file.write_bytes(body)
    assert run(["translate", emr, str(file)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "nothing in this file can be translated" in told.err
    assert "--base-url" not in told.err, "no EMR was asked"
    assert "Traceback" not in told.err


def test_wrong_files_zones_and_settings_are_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    file.write_text("{}")
    assert run(["translate", "drchrono", str(tmp_path / "missing")]) == 2
    assert run(["translate", "drchrono", str(file), "--zone", "Mars/Olympus"]) == 2
    assert run(["translate", "drchrono", str(file), "--setting", "nonsense"]) == 2
    assert run(["translate", "drchrono", str(file), "--status", "Phoned=maybe"]) == 2
