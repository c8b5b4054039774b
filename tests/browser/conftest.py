"""A real browser for every test that asks: `page`, or `open_page` for several people. `site` is the folder's own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Chromium, started
from tests.browser.pages import OpenPage, watched_pages
from tests.browser.site import Site
from tests.browser.troubles import Troubles


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser of this test process. Tests that ask for no page never start it."""
    with started() as running:
        yield running


@pytest.fixture
def troubles(site: Site) -> Troubles:
    """What goes wrong in the test's pages; `troubles.expect(pattern)` for what the test means to go wrong."""
    return Troubles(site.url("/"))


@pytest.fixture
def open_page(chromium: Chromium, site: Site, troubles: Troubles) -> Iterator[OpenPage]:
    """Opens a page in a browser of its own: another person, a phone, no script. The test fails if one had troubles."""
    with chromium.driven(), watched_pages(chromium.browser, site, troubles) as open_page:
        yield open_page


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """One page, as most people see it: 1280 x 800, light, nothing moves."""
    return open_page()
