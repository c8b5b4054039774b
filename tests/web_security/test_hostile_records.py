"""What an EMR holds is shown as text, whatever it says: in every page, in what is searched, in lists to take along."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.web_security.hostile import ATTACKS, ELSEWHERE, LOOKED_AT, SLUG, Thistle, a_hostile_practice
from tests.web_security.routes import staff_routes, values_of

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@pytest.fixture
def thistle(clinics: Clinics) -> Iterator[Thistle]:
    with a_hostile_practice(clinics) as thistle:
        yield thistle


def _client(thistle: Thistle, key: str) -> Client:
    from visitsync.web.accounts.models import User

    client = Client(raise_request_exception=False, headers={"accept": "text/html"})
    client.force_login(User.objects.get(id=thistle.clinics.people[key].user_id))
    return client


class Alive(HTMLParser):
    """Finds attacks that became part of a page instead of its text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("iframe", "img", "object", "embed", "style", "base"):
            self.found.append(tag)
        for name, value in attrs:
            leads = name in ("href", "src", "action", "srcset", "srcdoc", "formaction") or name.startswith("hx-")
            if name.startswith("on") or (leads and (ELSEWHERE in (value or "") or "javascript:" in (value or ""))):
                self.found.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _addresses(thistle: Thistle) -> list[str]:
    values = values_of(thistle.clinics, SLUG)
    return [f"/p/{SLUG}/{path}" for path in LOOKED_AT] + [
        one.filled(values) for one in staff_routes() if "appointment" not in one.parameters
    ]


@pytest.mark.parametrize("key", ["admin", "provider"])
def test_attacks_are_text_on_every_page(key: str, thistle: Thistle) -> None:
    client, alive, text = _client(thistle, key), {}, ""
    for address in (*_addresses(thistle), *thistle.answers):
        answer = client.get(address, follow=True)
        assert answer.status_code < 500, address
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            reading = Alive()
            reading.feed(answer.content.decode())
            text += "".join(reading.texts)
            if reading.found:
                alive[address] = reading.found
    assert not alive
    assert "60481729" not in text
    if key == "admin":
        for name in ("script", "picture", "svg", "template", "other templates", "format", "formula", "database"):
            assert ATTACKS[name] in text, name


def test_every_hostile_appointment_was_read_and_has_its_answer(thistle: Thistle) -> None:
    client = _client(thistle, "admin")
    statuses = {address: client.get(address).status_code for address in thistle.answers}
    missing = [address for address, status in statuses.items() if status != 200]
    assert len(missing) <= 2, "what holds half a letter or NUL may stand among what could not be read"


def test_lists_to_take_along_hold_no_formulas(thistle: Thistle) -> None:
    client, cells = _client(thistle, "admin"), 0
    for route in staff_routes():
        if ".csv" in route.pattern:
            address = route.filled(values_of(thistle.clinics, SLUG))
            answer = client.get(address)
            answer = client.post(address, {"reason": "audit"}) if answer.status_code == 405 else answer
            assert answer.status_code == 200
            disposition = answer.headers["Content-Disposition"]
            assert "\r" not in disposition
            assert "attachment" in disposition
            for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))):
                cells += len(row)
                assert not [cell for cell in row if cell.startswith(FORMULA)]
    assert cells


TYPED = (
    "%",
    "_",
    "%%%",
    "\\",
    "' or 1=1 --",
    "x" * 10_000,
    "\0",
    "🦜" * 3_000,
    "(" * 2_000,
    "\ud83d".encode("utf-8", "surrogatepass"),
)


def test_what_is_typed_into_find_is_no_pattern_and_no_statement(thistle: Thistle) -> None:
    client = _client(thistle, "admin")
    for typed in TYPED:
        answer = client.post(f"/p/{SLUG}/find", {"q": typed}, follow=True)
        assert answer.status_code == 200, typed[:10]
        assert len(answer.content) < 100_000, typed[:10]
