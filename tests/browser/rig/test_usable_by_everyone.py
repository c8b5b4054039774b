"""Each way in which a page shuts somebody out is found; a page that does not is left in peace."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import accessibility, keyboard, reflow
from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.rig.small_site import SmallSite


def in_forced_colors(page: Page) -> None:
    with accessibility.shown(page, forced_colors="active"):
        keyboard.expect_keyboard_only_works(page)


def test_a_page_without_fault_is_usable_by_everyone(page: Page, site: SmallSite) -> None:
    page.goto(site.url("/good"))
    expect_usable_by_everyone(page)
    assert page.viewport_size == {"width": 1280, "height": 800}


@pytest.mark.parametrize(
    ("path", "check", "told"),
    [
        ("/pale", accessibility.expect_no_findings, r"color-contrast \(serious\)"),
        ("/always-white", accessibility.expect_dark_and_light, "wanted dark"),
        ("/too-wide", reflow.expect_fits, "sticks out to 616 px: div.endless"),
        ("/cut-off", reflow.expect_zoom, "is cut off: div.small-box"),
        ("/fixed-size", reflow.expect_larger_text, "did not grow: p"),
        ("/ringless", keyboard.expect_keyboard_only_works, 'does not show that it has the focus: button "Save"'),
        ("/shadow-ring", in_forced_colors, 'does not show that it has the focus: button "Save"'),
        ("/covered", keyboard.expect_keyboard_only_works, 'has the focus while something covers it: button "Save"'),
        ("/for-the-mouse", keyboard.expect_keyboard_only_works, 'for the mouse only: div "Save"'),
        ("/trap", keyboard.expect_keyboard_only_works, 'not reached by Tab: button "Save"'),
    ],
)
def test_a_fault_is_found(page: Page, site: SmallSite, path: str, check: Callable[[Page], Any], told: str) -> None:
    page.goto(site.url(path))
    with pytest.raises(AssertionError, match=told):
        check(page)


def test_the_stops_of_the_keyboard_are_told_in_order(page: Page, site: SmallSite) -> None:
    page.goto(site.url("/good"))
    stops = keyboard.expect_keyboard_only_works(page)
    assert stops == ('input "Name"', 'input "All"', 'button "Check again"', 'summary "More"', 'a "Today"')
