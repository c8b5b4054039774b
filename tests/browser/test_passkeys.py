"""Passkeys in a real browser, with a device that is only pretended."""

import pytest
from playwright.sync_api import expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.pages import OpenPage
from tests.browser.troubles import Troubles
from tests.stage.clinic import Clinics
from tests.stage.people import PASSWORD
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served


def _named(address: str) -> str:
    """Passkeys belong to a name, not to a number."""
    return address.replace("127.0.0.1", "localhost")


@pytest.fixture
def troubles(site: Served) -> Troubles:
    return Troubles(_named(site.url("/")))


def test_a_passkey_is_added_and_signs_in_alone(open_page: OpenPage, clinics: Clinics, site: Served) -> None:
    page = open_page()
    at = _named(site.url(""))
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.context.add_cookies([{**signed_in_cookie(clinics, "front", site), "url": f"{at}/"}])
    page.goto(f"{at}/account/2fa/webauthn/add/")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Sign in with it alone").check()
    expect_usable_by_everyone(page)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("1 added")).to_be_visible()
    page.goto(f"{at}/account/2fa/webauthn/")
    expect_usable_by_everyone(page)
    page.context.clear_cookies()
    page.goto(f"{at}/account/login/?next=/p/larkspur/users")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Frida Front").first).to_be_visible()
