"""Takes pictures of pages as somebody of the cast sees them: `python -m tests.stage.show FOLDER PERSON PATH…`.

For instance `python -m tests.stage.show pictures front /p/larkspur/today`. `{answer:CODE}` in a path stands for
the address of an appointment about which that reason is found.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.screenshots import take_screenshots
from tests.stage.clinic import Clinics
from tests.stage.curtain import raised
from tests.stage.signing_in import signed_in_cookie
from tests.stage.site import Served


def main(folder: str, person: str, *paths: str) -> None:
    with raised() as (browser, site, clinics):
        show(browser, site, clinics, Path(folder), person, paths)


def show(browser: Browser, site: Served, clinics: Clinics, folder: Path, person: str, paths: tuple[str, ...]) -> None:
    """One picture of each path, wide and phone, light and dark."""
    context = browser.new_context()
    context.add_cookies([signed_in_cookie(clinics, person, site)])
    page = context.new_page()
    for path in paths:
        address = re.sub(r"\{answer:(.+?)\}", lambda found: answer_about(clinics, found[1]), path)
        answer = page.goto(site.url(address))
        print(address, answer.status if answer else "", page.title())
        for one in take_screenshots(page, folder, re.sub(r"\W+", "-", path).strip("-") or "front"):
            print("  ", one)


def answer_about(clinics: Clinics, code: str) -> str:
    """The address of the answer to an appointment of Larkspur about which this reason leads."""
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        row = transaction.execute(
            "select connection_id, appointment_id from appointment where practice_id = %s "
            "and convert_from(findings, 'UTF8') like %s order by start_at desc limit 1",
            (opened.practice_id, f'[{{"code":"{code}"%' if code else "[]%"),
        ).fetchone()
    assert row is not None, code
    return f"/p/larkspur/appointments/{row[0]}/{row[1]}"


if __name__ == "__main__":
    main(*sys.argv[1:])
