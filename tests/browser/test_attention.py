"""What needs attention in a real browser: for everyone, by keyboard, and a whole story by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.pages import OpenPage
from tests.browser.reflow import expect_fits
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served

ATTENTION = "/p/larkspur/attention"


@pytest.fixture
def admin(page: Page, clinics: Clinics, site: Served) -> Page:
    """The practice admin's browser."""
    page.context.add_cookies([signed_in_cookie(clinics, "admin", site)])
    return page


def test_everybody_can_use_it_folded_and_unfolded(admin: Page, site: Served) -> None:
    admin.goto(site.url(ATTENTION))
    expect_usable_by_everyone(admin)
    for code in ("email-shared", "provider-not-enabled"):
        key = admin.locator(f'details[id^="{code}"]').get_attribute("id")
        admin.goto(site.url(f"{ATTENTION}?open={key}"))
        expect(admin.locator(f'details[id="{key}"]')).to_have_attribute("open", "")
        expect_usable_by_everyone(admin)
        expect_fits(admin, width=390)


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("type-misspelt", "Accept this spelling…"),
        ("provider-not-enabled", re.compile("^Enable Ezra Bellweather")),
        ("email-shared", re.compile("^Same family")),
    ],
)
def test_everybody_can_use_what_is_asked_before_a_change(
    admin: Page, site: Served, code: str, action: str | re.Pattern[str]
) -> None:
    _unfold(admin, site, code)
    admin.get_by_role("link", name=action).first.click()
    expect(admin.get_by_text("What it would do")).to_be_visible()
    expect_usable_by_everyone(admin)


def test_it_is_light(admin: Page, site: Served) -> None:
    expect_light(admin, site.url(ATTENTION))


def test_a_family_is_linked_and_unlinked_by_keyboard_alone(admin: Page, site: Served) -> None:
    _unfold(admin, site, "email-shared")
    admin.get_by_role("link", name="wexford.family@example.net").press("Enter")
    expect(admin.get_by_role("heading", level=1)).to_have_text("Are they one family?")
    admin.get_by_role("button", name="Yes, link them").press("Enter")
    expect(admin.get_by_role("status")).to_contain_text("2 now ready")
    admin.get_by_role("button", name=re.compile("Undo.*Linked patients")).first.press("Enter")
    expect(admin.get_by_role("status")).to_contain_text("Taken back")


def test_who_is_on_it_is_seen_by_others_without_any_script(open_page: OpenPage, clinics: Clinics, site: Served) -> None:
    front, reader = (open_page(java_script_enabled=False) for _ in range(2))
    front.context.add_cookies([signed_in_cookie(clinics, "front", site)])
    reader.context.add_cookies([signed_in_cookie(clinics, "reader", site)])
    _unfold(front, site, "email-missing")
    group = front.locator('details[id^="email-missing"]')
    group.get_by_label("Note for your colleagues").fill("Calling them before lunch")
    group.get_by_role("button", name="I am on it").first.click()
    expect(group).to_have_attribute("open", "")
    reader.goto(site.url(ATTENTION))
    reader.locator('details[id^="email-missing"] > summary').click()
    expect(reader.get_by_text("Calling them before lunch")).to_be_visible()
    expect(reader.get_by_role("button", name="Take over")).to_have_count(0)


def _unfold(page: Page, site: Served, code: str) -> None:
    page.goto(site.url(ATTENTION))
    page.locator(f'details[id^="{code}"] > summary').first.click()
