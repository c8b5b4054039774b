"""A story: the front desk gets a call. Search, answer, the fix in the EMR, check again, ready: in one flow."""

from playwright.sync_api import Page, expect

from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from tests.stage.working import carry_out_checks, chart_mended


def test_the_front_desk_gets_a_call(page: Page, clinics: Clinics, site: Served) -> None:
    page.context.add_cookies([signed_in_cookie(clinics, "front", site)])
    page.goto(site.url("/p/larkspur/today"))
    page.get_by_role("link", name="Find", exact=True).first.click()

    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("percival stokes")
    page.get_by_role("link", name="Percival Stokes").click()
    todo = page.get_by_role("region", name="No e-mail on the record")
    expect(todo).to_contain_text("Ask the patient for an e-mail address")
    expect(todo).to_contain_text("The front desk can do this")

    with chart_mended(clinics, page.url, email="percival.stokes@mail.example.org"):
        page.get_by_role("button", name="Check again").click()
        expect(page.locator("#progress .progress")).to_be_visible()
        carry_out_checks(clinics)
        expect(page.locator("#progress")).to_contain_text("Now: ready")

    expect(page.get_by_role("heading", level=1)).to_have_text("Percival Stokes")
    expect(page.get_by_text("The visit is there, and its provider sees it.")).to_be_visible()
    expect(page.get_by_role("list").filter(has_text="Visit created.").last).to_be_visible()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("Thank you, that is good to know.")).to_be_visible()
