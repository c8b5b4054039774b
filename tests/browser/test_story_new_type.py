"""A story: an admin connects a new type. Preview, connect, the visits appear; then undo, and they are gone."""

import re

from playwright.sync_api import Page, expect

from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served

NOTICE = "What was changed"


def test_an_admin_connects_a_new_type(page: Page, clinics: Clinics, site: Served) -> None:
    page.context.add_cookies([signed_in_cookie(clinics, "admin", site)])
    before = _visits(clinics)
    page.goto(site.url("/p/larkspur/today"))
    page.get_by_role("link", name="Types and providers").first.click()

    row = page.locator("#list li").filter(has=page.locator(".main-line", has_text=re.compile(r"^Video Consult$")))
    expect(row).to_contain_text("Not connected")
    expect(row).to_contain_text("Sounds like video")
    row.get_by_role("link", name="Connect").click()
    asked = row.locator(".asked")
    expect(asked.locator(".verdict")).to_contain_text(re.compile(r"^\d+ would start syncing"))
    promised, unread = map(int, re.findall(r"\d+", asked.locator(".verdict").inner_text())[:2])
    expect(asked.locator(".turns > li").first).to_contain_text("Video Consult")
    assert _visits(clinics) == before, "a preview changes nothing"

    asked.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("status", name=NOTICE)).to_contain_text("Connected “Video Consult”")
    expect(page.get_by_role("status", name=NOTICE)).to_contain_text(re.compile(r"\d+ now ready"))
    expect(row).to_contain_text("by Ana Admin")
    clinics.sync()  # what a worker does next: the records of those who were not known so far
    clinics.sync()
    appeared = _visits(clinics) - before
    assert promised - unread <= len(appeared) <= promised, "what stands in a record that is not read, nobody knows"

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status", name=NOTICE)).to_contain_text("Took back: Connected “Video Consult”")
    expect(page.get_by_role("status", name=NOTICE)).to_contain_text("stopped")
    expect(row).to_contain_text("Not connected")
    assert _visits(clinics).isdisjoint(appeared)


def _visits(clinics: Clinics) -> set[str]:
    """The appointments of Larkspur that have a visit now."""
    practice_id = clinics.practice_id("larkspur")
    with clinics.database.practice(practice_id) as transaction:
        rows = transaction.execute(
            "select appointment_id from visit where practice_id = %s and state = 'active'", (practice_id,)
        ).fetchall()
    return {str(row[0]) for row in rows}
