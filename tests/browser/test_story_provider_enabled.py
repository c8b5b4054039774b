"""A story: a provider is enabled. Visits that were linked to nobody link by themselves, and the provider sees them."""

from playwright.sync_api import expect

from tests.browser.pages import OpenPage
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served

UNLINKED = "Ezra Bellweather"


def test_the_admin_links_a_provider_and_the_visits_are_on_their_day(
    open_page: OpenPage, clinics: Clinics, site: Served
) -> None:
    provider, admin = open_page(), open_page()
    for page, key in ((provider, "provider"), (admin, "admin")):
        page.context.add_cookies([signed_in_cookie(clinics, key, site)])
    provider.goto(site.url("/p/larkspur/my-day"))
    expect(provider.get_by_text("No visits of yours today")).to_be_visible()

    admin.goto(site.url("/p/larkspur/users"))
    admin.get_by_role("link", name="Priya Provider").click()
    choices = admin.get_by_label("Provider in the EMR")
    choices.select_option(label=choices.get_by_role("option", name=UNLINKED).inner_text())
    admin.get_by_role("button", name="See what would follow").click()
    expect(admin.get_by_text("What would follow")).to_be_visible()
    admin.get_by_role("button", name="Yes, link them").click()
    expect(admin.get_by_role("status")).to_contain_text("now ready")
    expect(admin.get_by_role("link", name=f"Take the link away to {UNLINKED}")).to_be_visible()

    provider.reload()
    expect(provider.get_by_role("heading", name="Next")).to_be_visible()
    expect(provider.locator(".own").first).to_contain_text("Ready")
