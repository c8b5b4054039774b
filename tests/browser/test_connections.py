"""Connections in a real browser: for everyone, by keyboard, and with what an admin does there."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.pages import OpenPage
from tests.browser.troubles import Troubles
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.people import PASSWORD
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from visitsync.storage import practices
from visitsync.storage.practices import ConnectionState

CONNECTIONS = "/p/larkspur/connections"
Person = Callable[[str], Page]


@pytest.fixture
def as_seen_by(page: Page, clinics: Clinics, site: Served) -> Person:
    """The browser of somebody of the cast."""

    def seen_by(key: str) -> Page:
        page.context.add_cookies([signed_in_cookie(clinics, key, site)])
        return page

    return seen_by


def test_everybody_can_use_the_overview_and_the_page_of_one(as_seen_by: Person, site: Served, clinics: Clinics) -> None:
    page = as_seen_by("admin")
    page.goto(site.url(CONNECTIONS))
    expect_usable_by_everyone(page)
    page.get_by_role("link", name="DrChrono").first.click()
    page.locator("summary", has_text="Pause it").click()
    expect_usable_by_everyone(page)


def test_everybody_can_choose_an_emr_and_fill_in_its_form(as_seen_by: Person, site: Served) -> None:
    page = as_seen_by("admin")
    page.goto(site.url(f"{CONNECTIONS}/new"))
    expect_usable_by_everyone(page)
    page.get_by_role("button", name="Choose athenahealth").click()
    prove(page)
    page.locator("summary", has_text="Settings of").click()
    expect_usable_by_everyone(page)


def test_everybody_can_let_a_sender_in(as_seen_by: Person, site: Served) -> None:
    page = as_seen_by("admin")
    page.goto(site.url(f"{CONNECTIONS}/new"))
    page.get_by_role("button", name="Choose HL7").click()
    prove(page)
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("link", name="Continue").click()
    page.get_by_label("What you call it").fill("Interface engine")
    page.get_by_label("Comes from").fill("203.0.113.7")
    page.get_by_role("button", name="Let it in").click()
    expect(page.get_by_text("Our listener does not run")).to_be_visible()
    expect_usable_by_everyone(page)


def test_everybody_can_sign_in_again(as_seen_by: Person, site: Served, clinics: Clinics) -> None:
    page = as_seen_by("admin")
    page.goto(site.url(f"{CONNECTIONS}/{clinics.opened['larkspur'].connection_id}/sign-in"))
    prove(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in again")
    expect_usable_by_everyone(page)
    page.get_by_role("button", name="Go to DrChrono").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Now sign in to DrChrono")
    expect_usable_by_everyone(page)


def test_the_pages_are_light(as_seen_by: Person, site: Served, clinics: Clinics) -> None:
    page = as_seen_by("admin")
    expect_light(page, site.url(CONNECTIONS))
    expect_light(page, site.url(f"{CONNECTIONS}/{clinics.opened['larkspur'].connection_id}"))


def test_an_admin_pauses_for_a_reason_and_resumes(as_seen_by: Person, site: Served) -> None:
    page = as_seen_by("admin")
    page.goto(site.url(CONNECTIONS))
    page.get_by_role("link", name="DrChrono").first.click()
    page.locator("summary", has_text="Pause it").click()
    page.get_by_label("Why?").fill("We move to another office")
    page.get_by_role("button", name="Pause DrChrono").click()
    expect(page.get_by_text("“We move to another office”")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("region", name="How it is").get_by_text("Fine")).to_be_visible()


def test_an_open_page_shows_by_itself_that_a_connection_must_be_signed_in_again(
    as_seen_by: Person, site: Served, clinics: Clinics
) -> None:
    page = as_seen_by("admin")
    page.clock.install()
    page.goto(site.url(CONNECTIONS))
    expect(page.get_by_text("Fine")).to_be_visible()
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        practices.change_state(
            transaction, opened.connection_id, ConnectionState.NEEDS_RECONNECT, trouble="connection-needs-reconnect"
        )
    page.clock.run_for(21_000)
    expect(page.get_by_text("Needs to be connected again")).to_be_visible()
    page.get_by_role("link", name="Sign in again").click()
    prove(page)
    expect(page.get_by_role("heading", name="Sign in again")).to_be_visible()
    expect(page.get_by_label("Client secret")).to_have_value("")


def test_without_script_a_connection_is_set_up_all_the_same(
    open_page: OpenPage, clinics: Clinics, site: Served, troubles: Troubles
) -> None:
    troubles.expect("status of 422")
    page = open_page(java_script_enabled=False)
    page.context.add_cookies([signed_in_cookie(clinics, "admin", site)])
    page.goto(site.url(f"{CONNECTIONS}/new"))
    page.get_by_role("button", name="Choose Kareo").click()
    prove(page)
    page.get_by_label("Address of Kareo").fill("https://169.254.169.254/")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Requests and passwords only go to public https addresses.")).to_be_visible()
    page.get_by_role("link", name="Connections").first.click()
    page.get_by_role("link", name="Go on with the set-up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Access")


def prove(page: Page) -> None:
    """Shows again who one is, as asked before credentials."""
    expect(page).to_have_url(re.compile("/account/reauthenticate/"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
