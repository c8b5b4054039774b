"""Help in a real browser: for everyone, found while typing, and without script."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.pages import OpenPage
from tests.browser.reflow import expect_fits
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served

HELP = "/p/larkspur/help"


@pytest.fixture
def front(page: Page, clinics: Clinics, site: Served) -> Page:
    """The front desk's browser."""
    page.context.add_cookies([signed_in_cookie(clinics, "front", site)])
    return page


@pytest.mark.parametrize("path", [HELP, f"{HELP}?q=e-mail", f"{HELP}?q=zzzz", f"{HELP}/reasons/type-misspelt"])
def test_everybody_can_use_it(front: Page, site: Served, path: str) -> None:
    front.goto(site.url(path))
    expect_usable_by_everyone(front)
    expect_fits(front, width=390)


def test_paper_fits_a_phone_too(front: Page, site: Served) -> None:
    front.goto(site.url(f"{HELP}/print"))
    expect_fits(front, width=320)


@pytest.mark.parametrize("path", [HELP, f"{HELP}/print"])
def test_it_is_light(front: Page, site: Served, path: str) -> None:
    expect_light(front, site.url(path))


def test_reasons_are_found_while_somebody_types(front: Page, site: Served) -> None:
    front.goto(site.url(HELP))
    front.get_by_role("searchbox").press_sequentially("staff login")
    expect(front.get_by_role("status")).to_contain_text("“staff login”")
    expect(front.get_by_role("searchbox")).to_be_focused()
    assert front.url.endswith("?q=staff+login") or front.url.endswith("?q=staff%20login")
    front.get_by_role("link", name="The e-mail belongs to a staff login").click()
    expect(front.get_by_role("heading", level=1)).to_have_text("The e-mail belongs to a staff login")
    front.get_by_role("main").get_by_role("link", name="Help").click()
    expect(front.get_by_role("heading", name="No staff member uses that e-mail")).to_be_in_viewport()


def test_emptying_the_box_shows_the_whole_article(front: Page, site: Served) -> None:
    front.goto(site.url(f"{HELP}?q=provider"))
    front.get_by_role("searchbox").fill("")
    expect(front.get_by_role("heading", name="How this app works, in a minute")).to_be_visible()


def test_without_script_the_button_searches(open_page: OpenPage, clinics: Clinics, site: Served) -> None:
    page = open_page(java_script_enabled=False)
    page.context.add_cookies([signed_in_cookie(clinics, "provider", site)])
    page.goto(site.url(HELP))
    page.get_by_role("searchbox").fill("misspelt")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Looks like a misspelt telemedicine appointment profile")).to_be_visible()
    page.goto(site.url(HELP))
    page.get_by_text("What answers may say of this").first.click()
    expect(page.get_by_role("link", name="Not booked as telemedicine")).to_be_visible()
