"""A page that misbehaves fails the test it was opened in, whether or not anybody looked."""

import asyncio

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.chromium import Chromium
from tests.browser.pages import OpenPage, watched_pages
from tests.browser.rig.small_site import SmallSite
from tests.browser.troubles import Troubles


def test_a_page_without_fault_has_no_troubles(page: Page, site: SmallSite, troubles: Troubles) -> None:
    page.goto(site.url("/good"))
    expect(page.get_by_role("button", name="Check again")).to_be_visible()
    assert troubles.found == ()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/console-error", "console error: nothing is well"),
        ("/exception", "uncaught exception: Error: out of the window"),
        ("/dialog", r"dialog, confirm: Are you sure\?"),
        ("/inline-script", "console error: .*inline script violates"),
        ("/inline-style", "console error: .*inline style violates"),
        ("/foreign-request", r"foreign request: GET http://pictures\.example"),
        ("/missing-picture", "console error: .*404"),
    ],
)
def test_a_trouble_fails_the_test_that_opened_the_page(
    chromium: Chromium, site: SmallSite, path: str, told: str
) -> None:
    troubles = Troubles(site.url("/"))
    with (
        pytest.raises(AssertionError, match=told),
        chromium.driven(),
        watched_pages(chromium.browser, site, troubles) as open_page,
    ):
        open_page().goto(site.url(path))


def test_a_trouble_brought_about_on_purpose_fails_nothing(page: Page, site: SmallSite, troubles: Troubles) -> None:
    troubles.expect("status of 404")
    answer = page.goto(site.url("/nowhere"))
    assert answer is not None
    assert answer.status == 404


def test_a_trouble_that_was_expected_and_stays_away_is_told(chromium: Chromium, site: SmallSite) -> None:
    troubles = Troubles(site.url("/"))
    troubles.expect("status of 404")
    with (
        pytest.raises(AssertionError, match="expected, but did not happen: status of 404"),
        chromium.driven(),
        watched_pages(chromium.browser, site, troubles) as open_page,
    ):
        open_page().goto(site.url("/good"))


def test_nothing_leaves_this_machine(page: Page, site: SmallSite, troubles: Troubles) -> None:
    elsewhere = site.url("/").replace("127.0.0.1", "127.0.0.2")
    troubles.expect(f"foreign request: GET {elsewhere}")
    troubles.expect(f"failed request: GET {elsewhere}: net::ERR_NAME_NOT_RESOLVED")
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(elsewhere)


def test_two_people_have_cookies_of_their_own(open_page: OpenPage, site: SmallSite) -> None:
    alice, bob = open_page(), open_page()
    alice.context.add_cookies([{"name": "who", "value": "alice", "url": site.url("/")}])
    bob.goto(site.url("/good"))
    assert bob.context.cookies() == []


async def five() -> int:
    return 5


def test_others_tests_run_event_loops_in_the_same_process(chromium: Chromium) -> None:
    assert asyncio.run(five()) == 5


def test_within_a_test_pages_are_set_aside_for_an_event_loop(chromium: Chromium, page: Page, site: SmallSite) -> None:
    page.goto(site.url("/good"))
    with chromium.set_aside():
        assert asyncio.run(five()) == 5
    expect(page).to_have_title("good")
