"""Every page there is, found from the site map: named, light, readable and usable by everyone.

What each page does, and its other states, have tests of their own; here none is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.browser import accessibility, keyboard, reflow
from tests.browser.chromium import Chromium
from tests.browser.everyone import PHONE
from tests.browser.weight import MOST_SCRIPTS, expect_light
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from tests.web_security.routes import routes, values_of

STRUCTURE = """() => ({
    title: document.title,
    language: document.documentElement.lang,
    mains: document.querySelectorAll("main").length,
    headings: document.querySelectorAll("h1").length,
    bareNavigation: [...document.querySelectorAll("nav")].filter((nav) => !nav.ariaLabel && !nav.ariaLabelledByElements)
        .length,
    levels: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((one) => Number(one.localName[1])),
})"""

SCRIPTS_OF_PASSKEYS = 4
LEAST = {"admin": 20, "provider": 5, "": 3}


def _pages(clinics: Clinics, client: Client) -> list[str]:
    """The addresses that answer this person with a page, one for each line of the site map."""
    values = values_of(clinics, "larkspur") | {"uidb36": "1", "key": "x-y", "pk": 1, "token": "x", "emr": "drchrono"}
    answers = {address: client.get(address) for address in (route.filled(values) for route in routes())}
    return [
        address
        for address, answer in answers.items()
        if answer.status_code == 200 and answer.content.lstrip()[:9].lower() == b"<!doctype"  # no part of a page
    ]


@pytest.mark.parametrize("key", LEAST)
def test_every_page_is_for_everyone(
    key: str, page: Page, chromium: Chromium, clinics: Clinics, site: Served, as_person: Callable[[str], Client]
) -> None:
    with chromium.set_aside():
        addresses = _pages(clinics, as_person(key) if key else Client(headers={"accept": "text/html"}))
        cookie = signed_in_cookie(clinics, key, site) if key else None
    if cookie:
        page.context.add_cookies([cookie])
    assert len(addresses) >= LEAST[key]
    faults = [fault for address in addresses for fault in _faults(page, site.url(address))]
    assert not faults, "\n".join(faults)


def _faults(page: Page, address: str) -> Iterable[str]:
    """One line for each thing amiss, so that one run tells of all pages."""
    for claim in CLAIMS:
        try:
            claim(page, address)
        except AssertionError as fault:
            yield f"{address}: {claim.__name__.strip('_')}: {fault}"


def _is_light(page: Page, address: str) -> None:
    is_of_sign_in = "/account/" in address  # where passkeys need the browser's help
    expect_light(page, address, most_scripts=SCRIPTS_OF_PASSKEYS if is_of_sign_in else MOST_SCRIPTS)


def _has_a_name_and_an_outline(page: Page, address: str) -> None:
    found = page.evaluate(STRUCTURE)
    assert found["title"].partition(" · ")[0].strip(), "it has no title"
    assert (found["language"], found["mains"], found["headings"]) == ("en", 1, 1), found
    assert not found["bareNavigation"]
    levels = found["levels"]
    assert all(following - level <= 1 for level, following in pairwise(levels)), levels


def _axe_finds_nothing(page: Page, address: str) -> None:
    accessibility.expect_no_findings(page)
    with accessibility.shown(page, color_scheme="dark"), reflow.wide(page, PHONE):
        accessibility.expect_no_findings(page)


def _keyboard_is_enough(page: Page, address: str) -> None:
    keyboard.expect_keyboard_only_works(page)


def _fits_when_narrow_and_zoomed(page: Page, address: str) -> None:
    reflow.expect_fits(page)
    reflow.expect_zoom(page)


CLAIMS = (_is_light, _has_a_name_and_an_outline, _axe_finds_nothing, _keyboard_is_enough, _fits_when_narrow_and_zoomed)
