"""Holds a page to all that makes it usable by everyone, in one call."""

from playwright.sync_api import Page

from tests.browser import accessibility, keyboard, reflow

PHONE = 390


def expect_usable_by_everyone(page: Page) -> None:
    """On a large screen and a phone, light and dark, in forced colours, narrow, zoomed, by keyboard alone.

    Leaves the page as it was, but for the focus. Raises AssertionError saying what is amiss.
    """
    accessibility.expect_no_findings(page)
    keyboard.expect_keyboard_only_works(page)
    with accessibility.shown(page, forced_colors="active"):
        keyboard.expect_keyboard_only_works(page)
    accessibility.expect_dark_and_light(page)
    with accessibility.shown(page, color_scheme="dark"), reflow.wide(page, PHONE):
        accessibility.expect_no_findings(page)
    reflow.expect_fits(page)
    reflow.expect_zoom(page)
    reflow.expect_larger_text(page)
