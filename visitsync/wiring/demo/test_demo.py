"""The demo as a newcomer runs it: in a process of its own, from nothing, leaving nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from visitsync.wiring.demo.happenings import HAPPENINGS
from visitsync.wiring.demo.stage import CASTS

COMMAND = "from visitsync.wiring.cli import main; main()"


@pytest.fixture
def somebody_elses_installation(tmp_path: Path) -> Mapping[str, str]:
    """An environment that points to an installation which the demo must leave alone; temporary files go to `tmp`."""
    (tmp_path / "tmp").mkdir()
    if os.geteuid() == 0:
        for folder in (tmp_path, tmp_path / "tmp"):
            folder.chmod(0o755)  # the database's own user passes through
    return {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/real",
        "VISITSYNC_HOME": str(tmp_path / "real"),
        "VISITSYNC_KEY": "no keyring at all",
        "TMPDIR": str(tmp_path / "tmp"),
    }


def _run(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", COMMAND, "demo", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)  # noqa: S603


def test_everything_is_answered_and_every_happening_is_followed_by_itself(
    somebody_elses_installation: Mapping[str, str], tmp_path: Path
) -> None:
    ran = _run(somebody_elses_installation, "--json")
    assert ran.returncode == 0, ran.stderr
    state = json.loads(ran.stdout)
    assert [one["emr"] for one in state["clinics"]] == [cast.emr for cast in CASTS]
    for clinic in state["clinics"]:
        outcomes = clinic["outcomes"]
        assert sum(outcomes.values()) > 200
        assert {"ready", "waiting", "needs_fix", "cancelled", "over", "not_telemedicine"} <= set(outcomes)
        assert len(clinic["needs_fix"]) == outcomes["needs_fix"] + outcomes.get("on_hold", 0)
        assert all(one["explanations"] and one["explanations"][0]["fix"] for one in clinic["needs_fix"])
        assert all(one["expected_by_text"] or _says_when(one) for one in clinic["needs_fix"])
    assert len(state["followed"]) == len(HAPPENINGS) + len(CASTS)
    assert [one["what"] for one in state["followed"] if one["seconds"] is None] == []
    assert state["provider_enabled_made_ready"] > 0
    assert list((tmp_path / "tmp").iterdir()) == [], "it leaves nothing behind"
    assert not (tmp_path / "real").exists(), "somebody's own installation is left alone"


def test_a_person_reads_what_happened_and_what_to_try_next(
    somebody_elses_installation: Mapping[str, str],
) -> None:
    ran = _run(somebody_elses_installation, "--seed", "3")
    assert ran.returncode == 0, ran.stderr
    for words in (
        "Every appointment has its answer",
        "need a fix",
        "Once that is done, it is right by itself: by today",
        "the front desk enters the missing e-mail",
        "What to try next",
        "visitsync why larkspur",
    ):
        assert words in ran.stdout
    assert "✗" not in ran.stdout
    assert "\x1b[" not in ran.stdout, "no colours in a pipe"
    assert ran.stderr == ""


def _says_when(answer: Mapping[str, object]) -> bool:
    explanations = answer["explanations"]
    assert isinstance(explanations, list)
    return any(words["expected_by_text"] for words in explanations)
