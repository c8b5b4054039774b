"""What a page costs its reader: bytes over the wire, requests, scripts."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

MOST_BYTES = 100_000
MOST_SCRIPTS = 1

SCRIPTS = """() => [...document.scripts].filter((script) =>
    ["", "module", "text/javascript", "application/javascript"].includes(script.type)).length"""


@dataclass(frozen=True)
class Weight:
    wire_bytes: int
    """As sent, compressed, with headers, of all that was answered in full by the time the page had loaded."""
    requests: int
    scripts: int


def weigh(page: Page, address: str) -> Weight:
    """Goes there as for the first time, with nothing cached."""
    session = page.context.new_cdp_session(page)
    finished: list[dict[str, Any]] = []
    session.on("Network.loadingFinished", lambda one: finished.append(one))  # Playwright has to mark it
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(address)
    scripts = page.evaluate(SCRIPTS)
    session.detach()
    return Weight(sum(int(one["encodedDataLength"]) for one in finished), len(finished), scripts)


def expect_light(page: Page, address: str, *, most_bytes: int = MOST_BYTES, most_scripts: int = MOST_SCRIPTS) -> Weight:
    """Raises AssertionError if the page weighs more. Requests to others are among the test's troubles anyway."""
    weight = weigh(page, address)
    assert weight.wire_bytes <= most_bytes, f"{page.url} weighs {weight.wire_bytes} bytes: at most {most_bytes}"
    assert weight.scripts <= most_scripts, f"{page.url} has {weight.scripts} scripts: at most {most_scripts}"
    return weight
