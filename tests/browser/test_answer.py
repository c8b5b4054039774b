"""The answer in a real browser: for everyone, in every state, and followed live while it is checked again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.show import answer_about
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from tests.stage.working import carry_out_checks


@pytest.fixture
def admin(page: Page, clinics: Clinics, site: Served) -> Page:
    """The admin's browser: nobody sees more on this page."""
    page.context.add_cookies([signed_in_cookie(clinics, "admin", site)])
    return page


@pytest.mark.parametrize("code", ["email-missing", "email-shared", "type-misspelt", "type-not-approved", "cancelled"])
def test_everybody_can_use_it_however_the_appointment_stands(
    admin: Page, site: Served, clinics: Clinics, code: str
) -> None:
    admin.goto(site.url(answer_about(clinics, code)))
    expect_usable_by_everyone(admin)


def test_it_is_light(admin: Page, site: Served, clinics: Clinics) -> None:
    expect_light(admin, site.url(answer_about(clinics, "email-missing")))


def test_checking_again_is_followed_live_and_told_to_whoever_listens(
    admin: Page, site: Served, clinics: Clinics
) -> None:
    admin.goto(site.url(answer_about(clinics, "email-missing")))
    admin.get_by_role("button", name="Check again").click()
    expect(admin.locator("#progress .progress")).to_be_visible()
    expect_usable_by_everyone(admin)
    carry_out_checks(clinics)
    expect(admin.locator("#progress")).to_contain_text("Nothing has changed")
    expect(admin.locator("#spoken")).to_contain_text("Nothing has changed")
    admin.get_by_role("button", name="Check again").click()
    expect(admin.get_by_text("You can try again in")).to_be_visible()
    assert carry_out_checks(clinics) == 0


def test_help_is_asked_for_from_an_answer(admin: Page, site: Served, clinics: Clinics) -> None:
    admin.goto(site.url(answer_about(clinics, "email-missing")))
    admin.get_by_role("button", name="No, I need help").click()
    expect_usable_by_everyone(admin)
    admin.get_by_label("What did you expect?").fill("It stays red, says somebody@mail.example")
    admin.get_by_role("button", name="Ask for help").click()
    expect(admin.get_by_text("It stays red, says [e-mail]")).to_be_visible()
    expect_usable_by_everyone(admin)
    admin.get_by_role("button", name="Answered").click()
    expect(admin.get_by_role("status")).to_contain_text("Marked as answered")
