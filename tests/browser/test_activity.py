"""Activity and the trail in a real browser: for everyone, by keyboard, and files that are really kept."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.reflow import expect_fits
from tests.browser.weight import expect_light
from tests.stage.clinic import NOW, Clinics
from tests.stage.past_weeks import live, read, three_months
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served

ACTIVITY = "/p/larkspur/activity"
TRAIL = f"{ACTIVITY}/trail"


@pytest.fixture
def admin(page: Page, clinics: Clinics, site: Served) -> Page:
    """An admin's browser, at a practice as after three months of use."""
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        transaction.execute("update visit set booked_at = null")
        live(transaction, opened.connection_id, three_months(NOW))
        for days in (199, 3, 2):
            read(transaction, opened.connection_id, NOW - timedelta(days=days), changed=17, repaired=1)
    page.context.add_cookies([signed_in_cookie(clinics, "admin", site)])
    return page


@pytest.mark.parametrize("path", [f"{ACTIVITY}?days=90", TRAIL, f"{TRAIL}?act=vote"])
def test_everybody_can_use_it(admin: Page, site: Served, path: str) -> None:
    admin.goto(site.url(path))
    for closed in admin.locator("main details").all():
        closed.locator("summary").click()
    expect_usable_by_everyone(admin)
    expect_fits(admin, width=390)


@pytest.mark.parametrize("path", [f"{ACTIVITY}?days=90", TRAIL])
def test_it_is_light(admin: Page, site: Served, path: str) -> None:
    expect_light(admin, site.url(path))


def test_a_reader_of_the_screen_is_told_what_a_picture_shows(admin: Page, site: Served) -> None:
    admin.goto(site.url(ACTIVITY))
    told = "Ready when they began 99 of 107 were ready when they began. The table has the numbers."
    expect(admin.get_by_role("img", name=told)).to_be_visible()


def test_a_table_and_a_list_are_kept_under_their_names(admin: Page, site: Served) -> None:
    admin.goto(site.url(f"{ACTIVITY}?days=7"))
    with admin.expect_download() as table:
        admin.get_by_role("link", name="CSV of “What stood in the way”").click()
    assert table.value.suggested_filename == "larkspur-causes-2026-11-18-to-2026-11-24.csv"
    admin.get_by_label("From", exact=True).fill("2026-11-24")
    admin.get_by_label("How long").select_option(label="Seven days")
    with admin.expect_download() as visits:
        admin.get_by_role("button", name="Download CSV").click()
    assert visits.value.suggested_filename == "larkspur-visits-2026-11-24-to-2026-11-30.csv"
    assert "Percival Stokes" in Path(visits.value.path()).read_text(encoding="utf-8-sig")
    admin.get_by_role("link", name="Who did what").click()
    expect(admin.get_by_text("Took a list with names away as a file").last).to_be_visible()


def test_the_trail_is_narrowed_by_keyboard_alone(admin: Page, site: Served) -> None:
    admin.goto(site.url("/p/larkspur/today"))
    admin.goto(site.url(TRAIL))
    admin.get_by_label("What").focus()
    admin.keyboard.type("Looked at a day")
    admin.get_by_role("button", name="Show").focus()
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("listitem").filter(has_text="Looked at a day")).to_have_count(1)
    expect(admin.get_by_role("listitem").filter(has_text="Signed in")).to_have_count(0)
    admin.get_by_role("link", name="Show everything").click()
    expect(admin.get_by_role("listitem").filter(has_text="Looked at this trail").first).to_be_visible()
