"""Starts Debian's chromium once per test process, and keeps its event loop out of the way of all other tests."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import NO_BROWSER

PATIENCE_MILLISECONDS = 20_000
"""How long a page may take to show what is expected: long, because the machine may be busy."""

FONTS = Path(__file__).with_name("fonts.conf")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
)


class Chromium:
    """The running browser. Its event loop counts as running in this thread only while a test drives a page."""

    def __init__(self, browser: Browser, loop: asyncio.AbstractEventLoop) -> None:
        self.browser = browser
        self._loop = loop

    @contextmanager
    def driven(self) -> Iterator[None]:
        """Inside, pages can be driven; `asyncio.run` cannot be used."""
        with running_loop(self._loop):
            yield

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Inside, `asyncio.run` and Django's models can be used again; pages cannot be driven."""
        with running_loop(None):
            yield


@contextmanager
def started() -> Iterator[Chromium]:
    """The browser, until the end of the block. Skips the test, loudly, where there is none."""
    program = program_or_skip()
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with unpacked_libraries():
        playwright = sync_playwright().start()
    # Playwright leaves out the sandbox: root may not have one, nor most containers, and the pages are our own.
    browser = playwright.chromium.launch(
        executable_path=program, args=FLAGS, env={**os.environ, "FONTCONFIG_FILE": str(FONTS)}
    )
    chromium = Chromium(browser, asyncio.get_running_loop())
    with chromium.set_aside():
        yield chromium
    browser.close()
    playwright.stop()


def program_or_skip() -> str:
    folders = (str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))
    program = shutil.which("chromium", path=os.pathsep.join(folders))
    if program is None or not driver_starts():
        pytest.skip(NO_BROWSER)
    return program


def driver_starts() -> bool:
    with unpacked_libraries():
        return subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True).returncode == 0


@contextmanager
def unpacked_libraries() -> Iterator[None]:
    """Inside, programs that are started find the libraries that `make browser` unpacked for the driver."""
    folders = map(str, Path(sys.prefix).glob("chromium/usr/lib/*-linux-gnu*"))
    with pytest.MonkeyPatch.context() as environment:
        for folder in folders:
            environment.setenv("LD_LIBRARY_PATH", folder, prepend=os.pathsep)
        yield


@contextmanager
def running_loop(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    """Playwright's loop never stops between two calls: who is said to run in this thread has to be told by hand."""
    try:
        before: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
    except RuntimeError:
        before = None
    set_running_loop(loop)
    try:
        yield
    finally:
        set_running_loop(before)


def set_running_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    asyncio._set_running_loop(loop)  # noqa: SLF001 - made for those who bring a loop of their own
