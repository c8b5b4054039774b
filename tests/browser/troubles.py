"""What goes wrong in the pages of a test without anybody looking: errors, dialogs, requests that fail or go astray."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, WebError

OF_NO_SERVER = ("data", "blob", "about")
GIVEN_UP_BY_THE_PAGE = "net::ERR_ABORTED"
"""A request that the browser itself ended: the page was left, or the answer became a download."""


class Troubles:
    """What went wrong in the pages of one test.

    A violation of the content security policy, and an answer of 400 or more, the browser tells as a console error.
    """

    def __init__(self, address: str) -> None:
        """The address is any of the site under test: requests to another scheme, host or port are a trouble."""
        self._origin = origin_of(address)
        self._found: list[str] = []
        self._expected: list[str] = []

    @property
    def found(self) -> tuple[str, ...]:
        """One line each, in the order they happened."""
        return tuple(self._found)

    def expect(self, pattern: str) -> None:
        """A trouble that this test brings about on purpose: it is no fault then, but not to happen would be."""
        self._expected.append(pattern)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._note_console)
        context.on("weberror", self._note_exception)
        context.on("dialog", self._note_dialog)
        context.on("request", self._note_request)
        context.on("requestfailed", self._note_failure)

    def fail_if_any(self) -> None:
        """Raises AssertionError listing the troubles nobody expected, and the expected ones that stayed away."""
        unexpected = [line for line in self._found if not any(re.search(sought, line) for sought in self._expected)]
        missing = [sought for sought in self._expected if not any(re.search(sought, line) for line in self._found)]
        lines = [*unexpected, *(f"expected, but did not happen: {sought}" for sought in missing)]
        if lines:
            raise AssertionError("\n  ".join(("The pages of this test had troubles:", *lines)))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._found.append(f"console error: {message.text} ({message.location['url']})")

    def _note_exception(self, thrown: WebError) -> None:
        self._found.append(f"uncaught exception: {thrown.error.stack or thrown.error}")

    def _note_dialog(self, dialog: Dialog) -> None:
        self._found.append(f"dialog, {dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _note_request(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in OF_NO_SERVER and origin_of(request.url) != self._origin:
            self._found.append(f"foreign request: {request.method} {request.url}")

    def _note_failure(self, request: Request) -> None:
        if request.failure != GIVEN_UP_BY_THE_PAGE:
            self._found.append(f"failed request: {request.method} {request.url}: {request.failure}")


def origin_of(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc
