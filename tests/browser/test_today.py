"""Today in a real browser: for everyone, by keyboard, without script, and alive while it stays open."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.pages import OpenPage
from tests.browser.reflow import expect_fits
from tests.browser.weight import expect_light
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served

TODAY = "/p/larkspur/today"
NOW_AND_THEN = "every 20s"


@pytest.fixture
def front(page: Page, clinics: Clinics, site: Served) -> Page:
    """The front desk's browser."""
    page.context.add_cookies([signed_in_cookie(clinics, "front", site)])
    return page


@pytest.mark.parametrize("path", [TODAY, f"{TODAY}?day=2026-11-28", f"{TODAY}/print"])
def test_everybody_can_use_it(front: Page, site: Served, path: str) -> None:
    front.goto(site.url(path))
    expect_usable_by_everyone(front)
    expect_fits(front, width=390)


def test_it_is_light(front: Page, site: Served) -> None:
    expect_light(front, site.url(TODAY))


def test_choosing_a_provider_shows_theirs_at_once_and_keeps_it_in_the_address(front: Page, site: Served) -> None:
    front.goto(site.url(TODAY))
    front.get_by_label("Provider").focus()
    front.get_by_label("Provider").select_option(label="Imara Osei")
    expect(front.get_by_text("Percival Stokes")).to_have_count(0)
    expect(front.get_by_text("Junko Arai")).to_have_count(1)
    expect(front.get_by_role("status").first).to_have_text(re.compile("^Filtered: .* ready"))
    expect(front.get_by_label("Provider")).to_be_focused()
    assert "provider=" in front.url
    assert "location=" not in front.url
    front.reload()
    expect(front.get_by_label("Provider")).to_have_value(re.compile(":"))
    expect(front.get_by_text("Percival Stokes")).to_have_count(0)
    front.get_by_role("link", name=re.compile("^Tomorrow")).click()
    expect(front.get_by_role("heading", level=1)).to_have_text("Tomorrow")
    expect(front.get_by_text("Bruno Keller")).to_have_count(0)


def test_without_script_days_and_filters_work_by_the_button(
    open_page: OpenPage, clinics: Clinics, site: Served
) -> None:
    page = open_page(java_script_enabled=False)
    page.context.add_cookies([signed_in_cookie(clinics, "front", site)])
    page.goto(site.url(TODAY))
    page.get_by_label("Provider").select_option(label="Noor Haddad")
    page.get_by_label("Day", exact=True).fill("2026-11-25")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tomorrow")
    expect(page.get_by_text("Bruno Keller")).to_have_count(1)
    expect(page.get_by_text("Isolde Brandt")).to_have_count(0)


def test_on_a_phone_the_filters_are_a_sheet_that_a_button_opens(
    open_page: OpenPage, clinics: Clinics, site: Served
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.context.add_cookies([signed_in_cookie(clinics, "front", site)])
    page.goto(site.url(TODAY))
    expect(page.get_by_label("Provider")).to_be_hidden()
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Provider").select_option(label="Imara Osei")
    expect(page.get_by_text("Percival Stokes")).to_have_count(0)
    expect(page.get_by_label("Provider")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Provider")).to_be_hidden()


def test_what_changes_appears_by_itself_and_leaves_focus_and_place_alone(
    front: Page, clinics: Clinics, site: Served
) -> None:
    _ask_often(front)
    front.goto(site.url(TODAY))
    row = front.locator("#live a", has_text="Cornelius Abbott")
    row.focus()
    place = front.evaluate("scrollY")
    assert place > 0
    with front.expect_response(lambda answer: "seen=" in answer.url) as quiet:
        pass
    assert quiet.value.status == 204
    _give_stokes_an_address(clinics, "percival.stokes@example.net")
    try:
        expect(front.get_by_role("status").first).to_have_text(re.compile("^Updated: 1 needs a fix"))
        expect(row).to_be_focused()
        first = front.locator("#live .rows a").first
        expect(first).not_to_contain_text("Percival Stokes")
    finally:
        _give_stokes_an_address(clinics, "", is_read=False)


def test_an_open_page_says_that_it_asks_by_itself(front: Page, site: Served) -> None:
    _ask_often(front)
    front.goto(site.url(TODAY))
    with front.expect_request(lambda request: "seen=" in request.url) as asked:
        pass
    assert asked.value.headers["x-by-itself"] == "1"


def _ask_often(page: Page) -> None:
    """The page as it is, but for its patience."""

    def hurry(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(NOW_AND_THEN, "every 300ms"))

    page.route(re.compile(f"{TODAY}$"), hurry)


def _give_stokes_an_address(clinics: Clinics, email: str, *, is_read: bool = True) -> None:
    stage = clinics.sets["larkspur"]
    stokes = next(one for one in stage.clinic.patients if one.last_name == "Stokes")
    stage.clinic.change_patient(stokes.id, email=email)
    if is_read:
        clinics.clock.advance(timedelta(minutes=16))
        stage.clock.advance(timedelta(minutes=16))
        clinics.sync()
