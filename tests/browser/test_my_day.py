"""My day in a real browser: for everyone, empty and full."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.reflow import expect_fits
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from visitsync.sync.admin.carrying_out import carry_out
from visitsync.sync.admin.entries import enable_practitioner

MY_DAY = "/p/larkspur/my-day"


@pytest.fixture
def provider(page: Page, clinics: Clinics, site: Served) -> Page:
    """A provider's browser."""
    page.context.add_cookies([signed_in_cookie(clinics, "provider", site)])
    return page


def test_without_visits_everybody_can_use_it(provider: Page, site: Served) -> None:
    provider.goto(site.url(MY_DAY))
    expect(provider.get_by_text("No visits of yours today")).to_be_visible()
    expect_usable_by_everyone(provider)


def test_with_visits_everybody_can_use_it(provider: Page, clinics: Clinics, site: Served) -> None:
    larkspur, connection = clinics.practice_id("larkspur"), clinics.opened["larkspur"].connection_id
    author, me = clinics.engine.author("the test"), clinics.people["provider"].staff_id
    carry_out(clinics.engine, larkspur, lambda tx: enable_practitioner(tx, connection, author, "301", me))
    expect_light(provider, site.url(MY_DAY))
    expect_usable_by_everyone(provider)
    expect_fits(provider, width=390)
    provider.locator(".big").click()
    expect_usable_by_everyone(provider)
    provider.goto(site.url(f"{MY_DAY}?day=tomorrow"))
    expect(provider.get_by_role("heading", level=1, name="Tomorrow")).to_be_visible()
    expect_usable_by_everyone(provider)
