"""Users in a real browser: for everyone, in every state, and an invitation from end to end."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.reflow import expect_fits
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served

USERS = "/p/larkspur/users"


@pytest.fixture
def admin(page: Page, clinics: Clinics, site: Served) -> Page:
    """The admin's browser."""
    page.context.add_cookies([signed_in_cookie(clinics, "admin", site)])
    return page


def test_everybody_can_use_the_list_and_the_answer_about_an_address(admin: Page, site: Served) -> None:
    expect_light(admin, site.url(USERS))
    expect_usable_by_everyone(admin)
    expect_fits(admin, width=390)
    admin.get_by_label("E-mail address").fill("ana@larkspur.example")
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("status")).to_contain_text("A patient with this address would get no visit")
    expect_usable_by_everyone(admin)


def test_everybody_can_use_the_page_of_a_person_and_its_questions(admin: Page, site: Served, clinics: Clinics) -> None:
    provider = f"{USERS}/{clinics.people['provider'].staff_id}"
    for path in (provider, f"{provider}/switch", f"{USERS}/invite"):
        admin.goto(site.url(path))
        expect_usable_by_everyone(admin)
        expect_fits(admin, width=390)


def test_somebody_is_invited(admin: Page, site: Served) -> None:
    admin.goto(site.url(USERS))
    admin.get_by_role("link", name="Invite somebody").click()
    admin.get_by_label("Name").fill("Nell " + "Long" * 30)
    admin.get_by_label("E-mail address").fill("nell@larkspur.org")
    admin.get_by_role("button", name="Invite").click()
    assert "/account/invitation/" in admin.get_by_label("Invitation link").input_value()
    expect_usable_by_everyone(admin)
    admin.get_by_role("link", name="Done").click()
    expect(admin.get_by_text("Invited")).to_be_visible()
    expect_fits(admin)
