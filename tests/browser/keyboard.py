"""Walks through a page by Tab alone: everything that can be used is reached, and one sees where one is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import JSHandle, Page

WALK = Path(__file__).with_suffix(".js").read_text()
PRESSES_BESIDE_THE_STOPS = 20
"""Scrolling areas, the parts of a date, and the browser's own stop at the end of a page take a press too."""


def expect_keyboard_only_works(page: Page) -> tuple[str, ...]:
    """The stops in the order Tab reaches them, named like `button "Check again"`.

    Raises AssertionError listing what Tab does not reach, what does not show that it has the focus, what has it
    while something else covers it, and what looks clickable but is for the mouse only.
    """
    walk = page.evaluate_handle(WALK)
    names: list[str] = walk.evaluate("walk => walk.names")
    faults = [f"for the mouse only: {name}" for name in walk.evaluate("walk => walk.mouseOnly")]
    reached: list[int] = []
    for stop in stops(page, walk, how_many=len(names)):
        reached.append(stop["index"])
        name = names[stop["index"]]
        if not stop["seen"]:
            faults.append(f"does not show that it has the focus: {name}")
        if stop["covered"]:
            faults.append(f"has the focus while something covers it: {name}")
    faults.extend(f"not reached by Tab: {name}" for index, name in enumerate(names) if index not in reached)
    if faults:
        raise AssertionError("\n  ".join((f"By keyboard alone, {page.url}:", *faults)))
    return tuple(names[index] for index in reached)


def stops(page: Page, walk: JSHandle, *, how_many: int) -> Iterator[dict[str, Any]]:
    """Each stop once, until all were reached or nothing new can be expected."""
    reached: set[int] = set()
    for _ in range(2 * how_many + PRESSES_BESIDE_THE_STOPS):
        if len(reached) == how_many:
            return
        page.keyboard.press("Tab")
        stop: dict[str, Any] = walk.evaluate("walk => walk.standing()")
        if stop["index"] >= 0 and stop["index"] not in reached:
            reached.add(stop["index"])
            yield stop
