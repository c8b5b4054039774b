"""The demo as a newcomer runs it: in a process of its own, from nothing, leaving nothing."""

import html
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from visitsync.wiring.cli.exits import Exit
from visitsync.wiring.demo.happenings import HAPPENINGS
from visitsync.wiring.demo.stage import CASTS

PATIENCE_SECONDS = 240.0
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


def test_a_person_reads_what_happened_and_signs_in_to_the_pages(
    somebody_elses_installation: Mapping[str, str], tmp_path: Path
) -> None:
    with _kept_running(somebody_elses_installation, tmp_path / "screen") as told:
        for words in (
            "Every appointment has its answer",
            "need a fix",
            "Once that is done, it comes right by itself, by today",
            "the front desk enters the missing e-mail",
            "What to try next",
            "visitsync why larkspur",
        ):
            assert words in told
        assert "✗" not in told
        assert "\x1b[" not in told, "no colours in a pipe"
        page = _signed_in(told)
        assert "Which practice?" in page
        assert all(cast.name in html.unescape(page) for cast in CASTS)
    assert list((tmp_path / "tmp").iterdir()) == [], "it leaves nothing behind"


@contextmanager
def _kept_running(environment: Mapping[str, str], screen: Path) -> Iterator[str]:
    """What `demo --keep` has printed when it waits to be tried; it is ended as by Ctrl-C."""
    with screen.open("wb") as output:
        command = [sys.executable, "-c", COMMAND, "demo", "--keep", "--seed", "3"]
        process = subprocess.Popen(command, env=dict(environment), stdout=output, stderr=subprocess.STDOUT)  # noqa: S603
    try:
        ends = time.monotonic() + PATIENCE_SECONDS
        while "export VISITSYNC_HOME=" not in screen.read_text():
            assert process.poll() is None, screen.read_text()
            assert time.monotonic() < ends, screen.read_text()
            time.sleep(0.2)
        yield screen.read_text()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == Exit.STOPPED
    finally:
        process.kill()
        process.wait()


def _signed_in(told: str) -> str:
    """Goes in as the demo says, by password and code, and returns the first page behind."""
    address, email, password, code = (_line(told, name) for name in ("open", "e-mail", "password", "code"))
    opener = build_opener(HTTPCookieProcessor())

    def fill_in(path: str, **fields: str) -> str:
        form = opener.open(address + path).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token is not None
        data = urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        answer: bytes = opener.open(Request(address + path, data, {"Referer": address + path})).read()  # noqa: S310
        return answer.decode()

    fill_in("/account/login/", login=email, password=password)
    return fill_in("/account/2fa/authenticate/", code=code)


def _line(told: str, name: str) -> str:
    found = re.search(rf"^│\s+{name}\s+(\S+)", told, re.MULTILINE)
    assert found is not None, name
    return found[1]


def _says_when(answer: Mapping[str, object]) -> bool:
    explanations = answer["explanations"]
    assert isinstance(explanations, list)
    return any(words["expected_by_text"] for words in explanations)
