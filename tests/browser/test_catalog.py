"""Types, locations, providers and settings in a real browser: for everyone, in place, and without script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.keyboard import expect_keyboard_only_works
from tests.browser.pages import OpenPage
from tests.browser.reflow import expect_fits
from tests.browser.troubles import Troubles
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog

TYPES = "/p/larkspur/types"
TABS = ("", "/locations", "/providers", "/settings", "/changes")


@pytest.fixture
def admin(page: Page, clinics: Clinics, site: Served) -> Page:
    """The practice admin's browser."""
    page.context.add_cookies([signed_in_cookie(clinics, "admin", site)])
    return page


@pytest.mark.parametrize("tab", TABS)
def test_everybody_can_use_every_tab(admin: Page, site: Served, tab: str) -> None:
    expect_light(admin, site.url(TYPES + tab))
    expect_usable_by_everyone(admin)


def test_everybody_can_use_a_preview_in_place_and_on_its_own(admin: Page, site: Served) -> None:
    admin.goto(site.url(TYPES))
    _ask_to_connect(admin)
    expect(admin.locator(".asked h2")).to_be_focused()
    expect_usable_by_everyone(admin)
    admin.get_by_role("link", name="See them all").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("Before anything changes")
    expect_usable_by_everyone(admin)


def test_everybody_can_use_the_page_of_a_provider(admin: Page, site: Served) -> None:
    admin.goto(site.url(f"{TYPES}/providers"))
    admin.get_by_role("link", name="Ezra Bellweather", exact=True).click()
    admin.get_by_role("button", name="Preview enabling").click()
    expect(admin.get_by_role("heading", name="Enable Ezra Bellweather for telemedicine?")).to_be_visible()
    expect_usable_by_everyone(admin)


def test_by_keyboard_alone_a_provider_is_enabled_and_it_is_taken_back(admin: Page, site: Served) -> None:
    admin.goto(site.url(f"{TYPES}/providers"))
    admin.get_by_role("link", name="Enable Ezra Bellweather").focus()
    admin.keyboard.press("Enter")
    expect(admin.locator(".asked h2")).to_be_focused()
    for _ in range(10):
        admin.keyboard.press("Tab")
        if admin.evaluate("document.activeElement.matches('.asked form button')"):
            break
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("status", name="What was changed")).to_contain_text("Enabled Ezra Bellweather")
    admin.get_by_role("button", name="Undo").press("Enter")
    expect(admin.get_by_role("status", name="What was changed")).to_contain_text("Took back: Enabled Ezra Bellweather")


def test_one_finds_by_typing_and_the_address_follows(admin: Page, site: Served) -> None:
    admin.goto(site.url(TYPES))
    admin.get_by_role("searchbox").fill("lab")
    expect(admin.locator("#list .entry")).to_have_count(1)
    expect(admin.locator("#list")).to_contain_text("Lab Draw")
    expect(admin).to_have_url(re.compile(r"\?q=lab&show=$"))
    admin.get_by_role("searchbox").fill("nothing like it")
    expect(admin.get_by_text("Nothing is called like that")).to_be_visible()
    expect_keyboard_only_works(admin)


def test_without_script_everything_works_just_the_same(open_page: OpenPage, clinics: Clinics, site: Served) -> None:
    page = open_page(java_script_enabled=False)
    page.context.add_cookies([signed_in_cookie(clinics, "admin", site)])
    page.goto(site.url(f"{TYPES}/settings"))
    page.get_by_label("First day").fill("2026-12-24")
    page.locator("form:has(#first)").get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Close the practice on December 24, 2026?")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Closed on Dec 24, 2026")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("None to come.")).to_be_visible()


def test_what_cannot_be_done_is_said_where_one_asked(admin: Page, site: Served, troubles: Troubles) -> None:
    troubles.expect("status of 422")
    admin.goto(site.url(TYPES))
    admin.get_by_label("What it says").fill("<b>Unheard of</b>")
    admin.locator("form:has(#value)").get_by_role("button", name="Preview").click()
    expect(admin.get_by_role("alert")).to_contain_text("DrChrono lists no '<b>Unheard of</b>'")
    expect(admin).to_have_url(site.url(TYPES))


def test_long_and_hostile_names_break_nothing(admin: Page, clinics: Clinics, site: Served) -> None:
    hostile = [
        CatalogEntry(id="77", name="<script>alert(1)</script>" + "W" * 1_000),
        CatalogEntry(id='78"><img src=x>', name="שלום \u202eevil\u202c Zoom visit", owner_id="301"),
        CatalogEntry(id="79", name=""),
    ]
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        for kind in (RecordKind.APPOINTMENT_TYPE, RecordKind.LOCATION, RecordKind.PRACTITIONER):
            catalog.save(transaction, opened.connection_id, kind, hostile, now=clinics.clock())
    for tab in TABS[:3]:
        admin.goto(site.url(TYPES + tab))
        expect(admin.get_by_text("<script>alert(1)</script>").first).to_be_visible()
        expect_fits(admin, width=390)
        expect_fits(admin)


def _ask_to_connect(page: Page) -> None:
    page.locator("li").filter(has=page.get_by_text("Video Consult", exact=True)).get_by_role(
        "link", name="Connect"
    ).first.click()
    expect(page.get_by_role("heading", name="Connect appointment profile “Video Consult”?")).to_be_visible()
