"""Notices in a real browser: for everyone, by keyboard, without script."""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.accessibility import shown
from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.pages import OpenPage
from tests.browser.reflow import expect_fits
from tests.browser.troubles import Troubles
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from visitsync.domain.telling_choices import Kind
from visitsync.storage import tellings
from visitsync.storage.tellings import MailState, Telling
from visitsync.sync.telling.letter import Links, html
from visitsync.sync.telling.stop_link import Stop, stop_token

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
OF_PAGES_ONLY = {"region", "landmark-one-main"}
"""What axe asks of pages; a mail stands in a page of its reader's mail program."""
NOTICES = "/p/larkspur/notices"
LONG = "DrChrono: The connection must be signed in again and again " + "Featherstonehaugh" * 6


@pytest.fixture
def admin(page: Page, clinics: Clinics, site: Served) -> Page:
    """An admin's browser, who was told a few things."""
    page.context.add_cookies([signed_in_cookie(clinics, "admin", site)])
    return page


@pytest.fixture
def told(clinics: Clinics) -> None:
    """One of everything, of two days."""
    now = clinics.clock()
    staff_id = clinics.people["admin"].staff_id
    assert staff_id is not None
    said = [
        (Kind.DIGEST, "Tomorrow: 14 visits, 2 need you", False, MailState.SENT, 0),
        (Kind.WARNING, "3 visits are not ready, the first at 10:30 AM", False, MailState.WAITING, 1),
        (Kind.ALARM, LONG, False, MailState.GIVEN_UP, 20),
        (Kind.ALARM, "All clear: DrChrono works as usual again", True, MailState.UNCLEAR, 19),
    ]
    made = [
        Telling(
            telling_id=uuid4(), staff_id=staff_id, kind=kind, title=title, lines=("10:30 AM, 11:00 AM",),
            is_all_clear=is_clear, leads_to="today", told_at=now - timedelta(hours=hours),
            good_until=now + timedelta(hours=1), mail=mail,
        )
        for kind, title, is_clear, mail, hours in said
    ]  # fmt: skip
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        tellings.save(transaction, made, [], now=now)


def test_everybody_can_use_it(admin: Page, site: Served, told: None) -> None:
    admin.goto(site.url(NOTICES))
    expect_usable_by_everyone(admin)
    expect_fits(admin, width=390)


def test_everybody_can_use_it_with_all_its_choices_open(admin: Page, site: Served) -> None:
    admin.goto(site.url(NOTICES))
    admin.get_by_text("Only some locations or providers").click()
    expect(admin.get_by_role("group", name="Locations")).to_be_visible()
    expect_usable_by_everyone(admin)


def test_it_is_light(admin: Page, site: Served, told: None) -> None:
    expect_light(admin, site.url(NOTICES))


def test_it_is_chosen_by_keyboard_and_said_to_be_kept(admin: Page, site: Served) -> None:
    admin.goto(site.url(NOTICES))
    admin.get_by_label("A connection is not as usual").focus()
    admin.keyboard.press("Space")
    admin.get_by_label("At most so long before").focus()
    admin.keyboard.press("ArrowDown")
    admin.get_by_role("button", name="Save").press("Enter")
    expect(admin.get_by_role("status").first).to_contain_text("Saved. From now on you are told that way.")
    expect(admin.get_by_label("A connection is not as usual")).not_to_be_checked()
    expect(admin.get_by_label("At most so long before")).to_have_value("6")
    admin.get_by_role("button", name="Back to what is usual").click()
    expect(admin.get_by_label("A connection is not as usual")).to_be_checked()
    expect(admin.get_by_text("This is what is usual for your role")).to_be_visible()


def test_half_of_quiet_hours_is_said_at_the_field(admin: Page, site: Served, troubles: Troubles) -> None:
    troubles.expect("status of 422")
    admin.goto(site.url(NOTICES))
    admin.get_by_label("Until", exact=True).fill("")
    admin.get_by_role("button", name="Save").click()
    wrong = admin.get_by_label("From", exact=True)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_accessible_description(re.compile("Quiet hours need a beginning and an end"))
    expect_usable_by_everyone(admin)


def test_without_script_everything_can_be_chosen(open_page: OpenPage, clinics: Clinics, site: Served) -> None:
    page = open_page(java_script_enabled=False)
    page.context.add_cookies([signed_in_cookie(clinics, "front", site)])
    page.goto(site.url("/p/larkspur/today"))
    page.get_by_role("link", name="Notices").first.click()
    page.get_by_text("Only some locations or providers").click()
    page.get_by_label("Imara Osei").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Imara Osei")).to_be_checked()
    expect(page.get_by_text("now all of them")).to_have_count(0)


@pytest.mark.parametrize("kind", Kind)
def test_mails_are_legible_for_everyone_wide_and_narrow_light_and_dark(page: Page, kind: Kind) -> None:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    telling = Telling(
        telling_id=uuid4(), staff_id=uuid4(), kind=kind, title=LONG, lines=("10:30 AM, 11:00 AM",),
        leads_to="today", told_at=now, good_until=now, mail=MailState.SENT,
    )  # fmt: skip
    links = Links(more="https://visits.example/1", choices="https://visits.example/2", stop="https://visits.example/3")
    page.set_content(html(telling, "Larkspur <b>Family</b> Practice", links))
    expect(page.get_by_role("heading", level=1)).to_have_text(LONG)
    expect(page.get_by_text("<b>Family</b>")).to_be_visible()
    for scheme in SCHEMES:
        with shown(page, color_scheme=scheme):
            contrast = [one for one in Axe().run(page).response["violations"] if one["id"] not in OF_PAGES_ONLY]
            assert contrast == []
    expect_fits(page, width=320)


def test_the_link_in_a_mail_stops_it_after_a_button(page: Page, clinics: Clinics, site: Served) -> None:
    staff_id = clinics.people["admin"].staff_id
    assert staff_id is not None
    token = stop_token(clinics.vault, Stop(clinics.practice_id("larkspur"), staff_id, Kind.WARNING))
    page.goto(site.url(f"/stop-mail/{token}"))
    expect_usable_by_everyone(page)
    page.get_by_role("button", name="Stop them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stopped")
    expect_usable_by_everyone(page)
