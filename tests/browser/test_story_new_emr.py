"""A whole story: an admin connects a new EMR from nothing, and its first visit is ready."""

import re

from playwright.sync_api import Page, expect

from tests.browser.everyone import expect_usable_by_everyone
from tests.browser.test_connections import CONNECTIONS, prove
from tests.stage.clinic import Clinics
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served
from tests.stage.unconnected import Set, unconnected
from visitsync.simulator_kit.staging import TELEMEDICINE
from visitsync.storage import practices
from visitsync.sync.jobs import TASKS, Workshop


def test_an_admin_connects_a_new_emr_from_nothing_to_its_first_ready_visit(
    page: Page, clinics: Clinics, site: Served
) -> None:
    page.context.add_cookies([signed_in_cookie(clinics, "admin", site)])
    stage = unconnected("athenahealth")
    with stage.server:
        _give_access(page, site, stage)
        _leave_and_come_back(page, site)
        _choose_what_is_telemedicine(page)
        page.get_by_role("button", name="Continue").click()  # the time zones are as athenahealth says
        _enable_everybody(page)
        _read_for_the_first_time(page, clinics)
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("athenahealth is connected. From now on it is read by itself.")).to_be_visible()
    expect(page.get_by_role("region", name="How it is").get_by_text("Fine")).to_be_visible()
    page.get_by_role("link", name="Connections").first.click()
    expect(page.get_by_role("link", name="athenahealth")).to_be_visible()


def _give_access(page: Page, site: Served, stage: Set) -> None:
    page.goto(site.url(f"{CONNECTIONS}/new"))
    page.get_by_role("button", name="Choose athenahealth").click()
    prove(page)
    page.get_by_label("Address of athenahealth").fill(stage.base_url)
    page.get_by_label("Practice ID").fill(stage.credentials["practice_id"])
    page.get_by_label("Client ID").fill(stage.credentials["client_id"])
    page.get_by_label("Client secret").fill("mistyped")
    page.locator("summary", has_text="Settings of athenahealth").click()
    page.get_by_label("Requests per second").fill("100")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("We cannot sign in to athenahealth")).to_be_visible()
    expect(page.get_by_text("athenahealth did not accept these credentials")).to_be_visible()
    page.get_by_label("Client secret").fill(stage.credentials["client_secret"])
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="It works")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^It lists \d+ appointment type IDs, 3 departments"))).to_be_visible()


def _leave_and_come_back(page: Page, site: Served) -> None:
    page.goto(site.url(CONNECTIONS))
    expect(page.get_by_text("Being set up")).to_be_visible()
    page.get_by_role("link", name="Go on with the set-up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is telemedicine")


def _choose_what_is_telemedicine(page: Page) -> None:
    expect_usable_by_everyone(page)
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    page.get_by_label(re.compile(rf"^{TELEMEDICINE} Likely")).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Time zones")


def _enable_everybody(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Providers")
    for provider in page.get_by_role("checkbox").all():
        provider.check()
    page.get_by_role("button", name="Continue").click()


def _read_for_the_first_time(page: Page, clinics: Clinics) -> None:
    expect(page.get_by_text("1 mark of telemedicine chosen")).to_be_visible()
    page.get_by_role("button", name="Start the first reading").click()
    expect(page.get_by_text("0 appointments")).to_be_visible()
    _work(clinics)
    expect(page.get_by_role("heading", name="This was found")).to_be_visible()
    ready = page.locator("div.figure", has_text="Ready").locator("dd")
    assert int(ready.inner_text()) > 0
    expect_usable_by_everyone(page)


def _work(clinics: Clinics) -> None:
    """What a worker process does with the job that was put in, by the worker's own task."""
    practice_id = clinics.practice_id("larkspur")
    with clinics.database.practice(practice_id) as transaction:
        newest = practices.connections(transaction)[-1].connection_id
    with clinics.database.shared() as shared:
        rows = shared.execute(
            "delete from procrastinate_jobs where queueing_lock = %s and status = 'todo' returning args",
            [f"sync {newest}"],
        ).fetchall()
    workshop = Workshop(
        database=clinics.database,
        open_link=lambda practice, connection, progress: clinics.engine.link(practice, connection, progress=progress),
        is_stopping=lambda: False,
    )
    for (arguments,) in rows:
        TASKS["sync_connection"](workshop, **arguments)
