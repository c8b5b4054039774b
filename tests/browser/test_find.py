"""Find in a real browser: results as one types, by keyboard, without script, for everyone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.pages import OpenPage
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from tests.stage.working import carry_out_checks

FIND = "/p/larkspur/find"


@pytest.fixture
def front(page: Page, clinics: Clinics, site: Served) -> Page:
    """The front desk's browser."""
    page.context.add_cookies([signed_in_cookie(clinics, "front", site)])
    return page


@pytest.mark.parametrize("typed", ["", "tomorrow", "999123456"])
def test_everybody_can_use_it(front: Page, site: Served, typed: str) -> None:
    front.goto(site.url(FIND))
    if typed:
        front.keyboard.type(typed)
        expect(front.locator("#results .card").first).to_be_visible()
    expect_usable_by_everyone(front)


def test_it_is_light(front: Page, site: Served) -> None:
    expect_light(front, site.url(f"{FIND}?q=tomorrow"))


def test_results_come_as_one_types_and_tab_leads_to_them(front: Page, site: Served, clinics: Clinics) -> None:
    front.goto(site.url(FIND))
    expect(front.get_by_role("searchbox")).to_be_focused()
    front.keyboard.type("percival sto")
    expect(front.get_by_role("link", name=re.compile("Percival Stokes"))).to_be_visible()
    expect(front.get_by_role("status").last).to_have_text("1 appointment found.")
    expect(front).to_have_url(re.compile(r"\?s="))
    assert "percival" not in front.url.lower()
    front.keyboard.press("Tab")
    front.keyboard.press("Tab")
    expect(front.get_by_role("link", name=re.compile("Percival Stokes"))).to_be_focused()
    front.keyboard.press("Enter")
    expect(front.get_by_role("heading", level=1)).to_have_text("Percival Stokes")
    front.go_back()
    expect(front.get_by_role("searchbox")).to_have_value("percival sto")
    expect(front.get_by_role("link", name=re.compile("Percival Stokes"))).to_be_visible()


def test_without_script_enter_finds_and_a_look_up_is_followed_by_reloading(
    open_page: OpenPage, clinics: Clinics, site: Served
) -> None:
    page = open_page(java_script_enabled=False)
    page.context.add_cookies([signed_in_cookie(clinics, "front", site)])
    page.goto(site.url(FIND))
    page.get_by_role("searchbox").fill("999123456")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Look up number 999123456").click()
    carry_out_checks(clinics)
    page.get_by_role("link", name="See how far it is").click()
    expect(page.get_by_text("DrChrono has no appointment with this number")).to_be_visible()


def test_what_the_emr_says_to_a_look_up_comes_by_itself(front: Page, site: Served, clinics: Clinics) -> None:
    front.goto(site.url(FIND))
    front.keyboard.type("999123456")
    front.get_by_role("button", name="Look up number 999123456").click()
    expect(front.locator("#looking-up .progress")).to_be_visible()
    expect_usable_by_everyone(front)
    carry_out_checks(clinics)
    expect(front.get_by_text("DrChrono has no appointment with this number")).to_be_visible()
    expect_usable_by_everyone(front)


def test_hostile_text_is_shown_as_text(front: Page, site: Served, clinics: Clinics) -> None:
    front.goto(site.url(FIND))
    front.keyboard.insert_text("<img src=x onerror=alert(1)>")
    expect(front.locator("#results").get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
