"""Signing in, in a real browser: from the invitation to the practice, for everyone, and with nothing foreign."""

import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.people import PASSWORD
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from visitsync.storage import staff

SCRIPTS_OF_PASSKEYS = 4
CHOSEN = "four herons in a row"


def _code(secret: str) -> str:
    """As an app on a phone shows it; near the end of its half minute that of the next is waited for."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    if (left := 30 - time.time() % 30) < 5:  # the library checks codes by the real clock
        time.sleep(left)
    code: str = format_hotp_value(hotp_value(secret, int(time.time() // 30)))
    return code


def test_from_the_invitation_to_the_practice(page: Page, clinics: Clinics, site: Served) -> None:
    from visitsync.web.accounts.invitations import invite

    larkspur = clinics.practice_id("larkspur")
    with clinics.database.practice(larkspur) as transaction:
        member = staff.add_staff(
            transaction, clinics.vault, name="Nell New", email="nell@larkspur.org", role="front desk"
        )
    page.goto(site.url(urlsplit(invite(larkspur, member.staff_id)).path))
    expect_usable_by_everyone(page)
    page.get_by_label("Choose a password").fill(CHOSEN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Set up the second step")).to_be_visible()
    assert page.locator(".qr").evaluate("(picture) => picture.complete && picture.naturalWidth > 50")
    expect_usable_by_everyone(page)
    page.get_by_text("No camera?").click()
    page.get_by_label("Enter the six digits").fill(_code(page.locator(".secret").inner_text()))
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    expect_usable_by_everyone(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", level=1, name="Today")).to_be_visible()


def test_both_steps_by_keyboard_alone_and_out_again(page: Page, clinics: Clinics, site: Served) -> None:
    page.goto(site.url("/p/larkspur/users"))
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("frida@larkspur.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_label("Code").focus()
    page.keyboard.type(clinics.people["front"].codes[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Users")).to_be_visible()
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/", "/account/password/reset/done/"])
def test_everybody_can_use_what_strangers_see(page: Page, site: Served, clinics: Clinics, path: str) -> None:
    page.goto(site.url(path))
    expect_usable_by_everyone(page)
    expect_light(page, site.url(path), most_scripts=SCRIPTS_OF_PASSKEYS)


@pytest.mark.parametrize("path", ["2fa/", "password/change/", "logout/", "reauthenticate/", "2fa/reauthenticate/"])
def test_everybody_can_use_the_pages_of_their_account(page: Page, clinics: Clinics, site: Served, path: str) -> None:
    page.context.add_cookies([signed_in_cookie(clinics, "front", site)])
    page.goto(site.url(f"/account/{path}"))
    expect_usable_by_everyone(page)
