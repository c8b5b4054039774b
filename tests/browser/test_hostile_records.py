"""A browser does nothing that an EMR's record says, and shows it on the narrowest phone without breaking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Chromium
from tests.browser.pages import OpenPage
from tests.browser.reflow import NARROWEST, expect_fits
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from tests.web_security.hostile import LOOKED_AT, SLUG, Thistle, a_hostile_practice

SIGNS = (
    *("iframe", "object", "embed", "img", "[onerror]", "[onload]", "[onfocus]"),
    *("[hx-get*='://attacker']", "[src*='://attacker']", "[href*='://attacker']", "[href^='javascript']"),
)
DEFEATS = f"""() => [...document.querySelectorAll("{", ".join(SIGNS)}")].map((one) => one.outerHTML)"""


@pytest.fixture
def thistle(clinics: Clinics) -> Iterator[Thistle]:
    with a_hostile_practice(clinics) as thistle:
        yield thistle


def test_nothing_runs_nothing_is_asked_for_elsewhere_and_nothing_sticks_out(
    thistle: Thistle, chromium: Chromium, open_page: OpenPage, site: Served
) -> None:
    with chromium.set_aside():
        cookie = signed_in_cookie(thistle.clinics, "admin", site)
    page, amiss = open_page(viewport={"width": NARROWEST, "height": 800}), {}
    page.context.add_cookies([cookie])
    for address in (*(f"/p/{SLUG}/{path}" for path in LOOKED_AT), *thistle.answers[::2]):
        page.goto(site.url(address))
        if faults := _faults(page):
            amiss[address] = faults
    assert not amiss, "\n".join(amiss.values())


def _faults(page: Page) -> str:
    found = page.evaluate(DEFEATS)
    try:
        expect_fits(page)
    except AssertionError as fault:
        return f"{found} {fault}"
    return str(found) if found else ""
