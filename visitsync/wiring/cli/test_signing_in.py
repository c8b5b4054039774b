"""Signing in with DrChrono's own page, at a terminal: the code comes back by paste, and no secret is shown."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote

from visitsync.simulator_kit.plain_client import call
from visitsync.wiring.conftest import FAST, Emr, Visitsync

COMMAND = "from visitsync.wiring.cli import main; main()"
PATIENCE_SECONDS = 60.0
REDIRECT = "http://localhost/connected/drchrono"


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self.shown = ""
        self._screen, inside = pty.openpty()
        command = [sys.executable, "-c", COMMAND, *arguments]
        self._process = subprocess.Popen(  # noqa: S603
            command, stdin=inside, stdout=inside, stderr=inside, start_new_session=True, env=os.environ
        )
        os.close(inside)

    def read_until(self, pattern: str) -> re.Match[str]:
        """Waits until the screen shows it."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while (found := re.search(pattern, self.shown)) is None:
            assert time.monotonic() < ends, self.shown
            self._read()
        return found

    def type(self, text: str) -> None:
        """Types a line."""
        os.write(self._screen, text.encode() + b"\n")

    def end(self) -> int:
        """Waits for the command's end; gives its exit code."""
        while self._read():
            pass
        os.close(self._screen)
        return self._process.wait(PATIENCE_SECONDS)

    def _read(self) -> bool:
        """False once nobody is left who could write."""
        if not select.select([self._screen], [], [], 0.2)[0]:
            return self._process.poll() is None
        try:
            self.shown += os.read(self._screen, 65536).decode()
        except OSError:
            return False
        return True


def test_an_admin_signs_in_on_drchronos_page_and_pastes_the_way_back(
    emr_named: Callable[[str], Emr], visitsync: Visitsync, environment: Mapping[str, str]
) -> None:
    emr = emr_named("drchrono")
    visitsync("practice", "add", "lakeside", "--name", "Lakeside", "--zone", "America/Chicago")
    settings = [f"--setting={name}={value}" for name, value in FAST["drchrono"].items()]
    terminal = Terminal("connect", "drchrono", "--base-url", emr.base_url, *settings)
    for label, answer in (("Client ID", "example-client-id"), ("Client secret", "example-client-secret"),
                          ("Redirect URI", REDIRECT), ("Refresh token", ""),
                          ("Webhook secret token", "hush-hush")):  # fmt: skip
        terminal.read_until(rf"\n{label}[^:\n]*: ?$")
        terminal.type(answer)
    address = re.sub(r"\s", "", terminal.read_until(r"(http://\S*/o/authorize/[\s\S]*?)\r\nPaste").group(1))
    way_back = dict(call(address).headers)["location"]
    assert way_back.startswith(REDIRECT)
    terminal.type(way_back)
    assert terminal.end() == 0, terminal.shown
    assert "DrChrono is connected" in terminal.shown
    for secret in ("example-client-secret", "hush-hush", quote(way_back.partition("code=")[2][:16])):
        assert secret not in terminal.shown
    emr.book()
    assert visitsync("sync").code == 0
