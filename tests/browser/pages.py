"""Opens pages for a test, each as somebody else's browser, and holds all of them to having no troubles."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import PATIENCE_MILLISECONDS
from tests.browser.site import Site
from tests.browser.troubles import Troubles

AS_MOST_PEOPLE: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 800},
    "locale": "en-US",
    # Not where any practice of the tests is: a page has to tell the practice's times, not those of its reader.
    "timezone_id": "Asia/Tokyo",
    # Nothing moves, so that what is looked at stands still.
    "reduced_motion": "reduce",
}


class OpenPage(Protocol):
    def __call__(self, **options: Any) -> Page:
        """A page with cookies of its own. Options are those of Playwright's `Browser.new_context`."""
        ...


@contextmanager
def watched_pages(browser: Browser, site: Site, troubles: Troubles) -> Iterator[OpenPage]:
    """Raises AssertionError at the end of the block if any page opened in it had a trouble that was not expected."""
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{**AS_MOST_PEOPLE, "base_url": site.url("/"), **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        troubles.watch(context)
        return context.new_page()

    try:
        yield open_page
    finally:
        for context in contexts:
            context.close()
    troubles.fail_if_any()
