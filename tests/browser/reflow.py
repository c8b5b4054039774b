"""Makes a page narrow, or its letters twice as large: nothing sticks out to the side, nothing is cut off."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

FAULTS = Path(__file__).with_suffix(".js").read_text()

NARROWEST = 320
ZOOMED_TWICE = 640
"""What a window of 1280 pixels has left to a page at 200 %."""
HEIGHT = 640

SET_ROOT_SIZE = "(size) => { document.documentElement.style.fontSize = size }"
SIZES_OF_TEXT = """() => [...document.body.querySelectorAll("*")]
    .filter((element) => element.checkVisibility() && element.localName !== "option" && !element.closest("svg") &&
        [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
    .map((element) => [
        `${element.localName} "${element.textContent.trim().slice(0, 40)}"`,
        parseFloat(getComputedStyle(element).fontSize),
    ])"""
LEAST_GROWTH = 1.5


def expect_fits(page: Page, *, width: int = NARROWEST) -> None:
    """Raises AssertionError listing what sticks out or is cut off at that width in CSS pixels."""
    with wide(page, width):
        expect_no_faults(page, f"{width} px wide")


def expect_zoom(page: Page) -> None:
    """Raises AssertionError listing what sticks out or is cut off when a window of 1280 pixels is zoomed to 200 %."""
    expect_fits(page, width=ZOOMED_TWICE)


def expect_larger_text(page: Page) -> None:
    """The browser's letters set twice as large. Raises AssertionError listing what does not grow, or has no room."""
    before = page.evaluate(SIZES_OF_TEXT)
    page.evaluate(SET_ROOT_SIZE, "200%")
    try:
        after = page.evaluate(SIZES_OF_TEXT)
        pairs = zip(before, after, strict=True)
        small = [name for (name, was), (_, now) in pairs if now < was * LEAST_GROWTH]
        assert not small, f"With letters twice as large, these of {page.url} did not grow: {', '.join(small[:8])}"
        expect_no_faults(page, "with letters twice as large")
    finally:
        page.evaluate(SET_ROOT_SIZE, "")


@contextmanager
def wide(page: Page, width: int) -> Iterator[None]:
    """The window that narrow, until the end of the block."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": HEIGHT})
    try:
        yield
    finally:
        if before:
            page.set_viewport_size(before)


def expect_no_faults(page: Page, how: str) -> None:
    faults = page.evaluate(FAULTS)
    if faults:
        raise AssertionError("\n  ".join((f"{page.url}, {how}:", *faults)))
