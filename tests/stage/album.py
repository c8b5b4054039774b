"""Takes the pictures that the documents show, of invented people: `python -m tests.stage.album docs/screenshots`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Literal

import msgspec
from playwright.sync_api import Browser

from tests.browser.accessibility import Scheme
from tests.browser.screenshots import SIZES
from tests.stage.clinic import Clinics
from tests.stage.curtain import raised
from tests.stage.past_weeks import live, three_months
from tests.stage.show import answer_about
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served

LARGEST_BYTES = 200_000


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One page as one person sees it first."""

    name: str
    path: str
    """`{answer:CODE}` stands for an appointment about which that reason is found."""
    person: str = "admin"
    size: Literal["wide", "phone"] = "wide"
    scheme: Scheme = "light"


PICTURES = (
    Picture(name="today-wide", path="/p/larkspur/today", person="front"),
    Picture(name="today-wide-dark", path="/p/larkspur/today", person="front", scheme="dark"),
    Picture(name="today-phone", path="/p/larkspur/today", person="front", size="phone"),
    Picture(name="answer-wide", path="{answer:email-missing}", person="front"),
    Picture(name="answer-phone", path="{answer:email-missing}", person="front", size="phone"),
    Picture(name="find-wide", path="/p/larkspur/find?q=haddad+tomorrow", person="front"),
    Picture(name="attention-wide", path="/p/larkspur/attention"),
    Picture(name="connections-wide", path="/p/larkspur/connections"),
    Picture(name="types-wide", path="/p/larkspur/types"),
    Picture(name="users-wide", path="/p/larkspur/users"),
    Picture(name="help-wide", path="/p/larkspur/help"),
)

AFTER_THREE_MONTHS = Picture(name="activity-wide", path="/p/larkspur/activity?days=90")


def main(folder: str) -> None:
    with raised() as (browser, site, clinics):
        for picture in PICTURES:
            take(browser, site, clinics, Path(folder), picture)
        three_months_pass(clinics)
        take(browser, site, clinics, Path(folder), AFTER_THREE_MONTHS)


def three_months_pass(clinics: Clinics) -> None:
    """What Activity counts. Single visits of those weeks cannot be shown, so that this comes last."""
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        live(transaction, opened.connection_id, three_months(clinics.clock()))


def take(browser: Browser, site: Served, clinics: Clinics, folder: Path, picture: Picture) -> None:
    """Writes it as NAME.png. Raises ValueError if that is too large for a document."""
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport=SIZES[picture.size], color_scheme=picture.scheme, reduced_motion="reduce")
    if picture.person:
        context.add_cookies([signed_in_cookie(clinics, picture.person, site)])
    page = context.new_page()
    address = re.sub(r"\{answer:(.+?)\}", lambda found: answer_about(clinics, found[1]), picture.path)
    page.goto(site.url(address))
    path = folder / f"{picture.name}.png"
    size = len(page.screenshot(path=path, animations="disabled", caret="hide"))
    print(path, f"{size / 1_000:.0f} kB")
    context.close()
    if size > LARGEST_BYTES:
        raise ValueError(f"{path} has {size} bytes: at most {LARGEST_BYTES}. Show less of the page.")


if __name__ == "__main__":
    main(*sys.argv[1:])
