"""What every answer carries, whatever it is; and what nobody is ever answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.conf import settings
from django.test import Client, override_settings

from tests.stage.clinic import HOSTS
from tests.stage.people import PASSWORD
from tests.web_security.routes import Route, routes, values_of
from visitsync.web import site
from visitsync.web.door import ALWAYS, PAGE_POLICY
from visitsync.web.site import Site

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

As = Callable[[str], Client]

CLOSED = ("/docs", "/redoc", "/openapi.json", "/metrics", "/admin/", "/.git/config", "/.env", "/debug", "/graphql",
          "/server-status", "/static/", "/static/../visitsync/web/site.py", "/static/%2e%2e/%2e%2e/etc/passwd",
          "/account/signup/", "/account/email/", "/__debug__/", "/p/", "/p/larkspur/", "/p/larkspur")  # fmt: skip
TOLD_BY_A_CARELESS_PAGE = (
    "Traceback",
    "visitsync/web",
    "psycopg",
    "Django",
    "SELECT",
    "select ",
    "UndefinedTable",
    "/p/<",
)


def _filled(clinics: Clinics) -> Iterator[tuple[Route, str]]:
    values = values_of(clinics, "larkspur") | {"uidb36": "1", "key": "x-y", "pk": 1, "token": "x", "emr": "drchrono"}
    for route in routes():
        yield route, route.filled(values)


def _amiss(answer: Any) -> list[str]:
    """What the headers of this answer lack."""
    found, is_page = answer.headers, answer.headers.get("Content-Type", "").startswith("text/html")
    wanted = dict(ALWAYS)
    if is_page:
        wanted |= {"Content-Security-Policy": PAGE_POLICY, "Referrer-Policy": "same-origin"}
    lacking = [f"{name}: {found.get(name)}" for name, value in wanted.items() if not _is_met(name, found, value)]
    told_too_much = [name for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin") if name in found]
    return lacking + told_too_much


def _is_met(name: str, found: Any, wanted: str) -> bool:
    """Some pages are stricter still: allauth's keep more things from being cached or referred."""
    value = found.get(name, "")
    return value == wanted or (name == "Cache-Control" and "no-store" in value) or value == "no-referrer"


@pytest.mark.parametrize("key", ["admin", ""])
def test_every_answer_carries_all_headers(key: str, clinics: Clinics, as_person: As, stranger: Client) -> None:
    client = as_person(key) if key else stranger
    assert not [
        f"{route.pattern} {answer.status_code}: {found}"
        for route, address in _filled(clinics)
        for answer in (client.get(address, headers={"origin": "https://evil.example"}), client.put(address))
        if (found := _amiss(answer))
    ]


def test_errors_carry_them_too_and_tell_nothing(clinics: Clinics, as_person: As, server: psycopg.Connection) -> None:
    client = as_person("front")
    client.get("/p/larkspur/today")
    server.execute("alter table appointment rename to gone")
    answers = {
        500: client.get("/p/larkspur/today"),
        404: client.get("/p/larkspur/appointments/<script>/x"),
        400: client.get("/p/larkspur/today", headers={"host": "evil.example"}),
        403: Client(enforce_csrf_checks=True, headers={"accept": "text/html"}).post("/account/login/", {"login": "x"}),
        405: client.trace("/p/larkspur/today", headers={"x-secret": "canary"}),
    }
    for status, answer in answers.items():
        text = answer.content.decode()
        assert answer.status_code == status
        assert not _amiss(answer), status
        assert not any(words in text for words in (*TOLD_BY_A_CARELESS_PAGE, "canary", "<script>/x")), status
    assert "Something broke on our side" in answers[500].content.decode()


def test_programs_get_one_word_about_errors(clinics: Clinics, server: psycopg.Connection) -> None:
    server.execute("alter table practice rename to gone")
    answer = Client(raise_request_exception=False).get("/p/larkspur/today")
    assert answer.status_code in (302, 500)
    assert Client().get("/nowhere").json() == {"error": "not found"}


@pytest.mark.parametrize("path", CLOSED)
def test_there_is_nothing_but_the_site(path: str, clinics: Clinics, as_person: As) -> None:
    answer = as_person("admin").get(path)
    assert answer.status_code == 404
    assert not _amiss(answer)


def test_it_is_not_in_debug_mode_and_knows_its_names(clinics: Clinics) -> None:
    assert settings.DEBUG is False
    assert list(settings.ALLOWED_HOSTS) == list(HOSTS)


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host"])
def test_links_in_answers_never_follow_a_header(name: str, clinics: Clinics, stranger: Client) -> None:
    answer = stranger.post(
        "/account/password/reset/", {"email": "ana@larkspur.example"}, headers={name: "evil.example"}
    )
    assert answer.status_code in (302, 400)
    assert "evil.example" not in f"{answer.headers} {answer.content.decode()}"


def test_cookies_behind_tls_stay_with_this_host_and_out_of_reach_of_scripts(clinics: Clinics) -> None:
    behind_tls = Site(hosts=HOSTS, database_url="dbname=none", secret_key="k")
    with override_settings(**site._cookies(behind_tls)):
        client = Client(headers={"accept": "text/html", "x-forwarded-proto": "https"})
        client.get("/account/login/", secure=True)
        page = client.get("/account/login/", secure=True).content.decode()
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        client.post(
            "/account/login/",
            {"login": "ana@larkspur.example", "password": PASSWORD, "csrfmiddlewaretoken": token},
            secure=True,
        )
        assert {name for name in client.cookies if client.cookies[name].value} == {
            "__Host-visitsync",
            "__Host-visitsync-form",
        }
        for name, cookie in client.cookies.items():
            assert cookie["secure"], name
            assert cookie["httponly"], name
            assert cookie["samesite"] in ("Lax", "Strict"), name
            assert (cookie["path"], cookie["domain"]) == ("/", ""), name


class Inline(HTMLParser):
    """Gathers what our policy forbids in a page, so that it is found without a browser, too."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("style", "iframe", "object", "embed", "base", "meta") and "http-equiv" in given | {tag: "meta"}:
            self.found.append(tag)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append("script without src")
        self.found.extend(f"{tag} {name}" for name in given if name.startswith("on") or name in ("style", "srcdoc"))
        self.found.extend(
            f"{tag} {name}={value}" for name, value in given.items() if _leads_away(tag, name, value or "")
        )


def _leads_away(tag: str, name: str, value: str) -> bool:
    if value.lower().lstrip().startswith(("javascript:", "vbscript:")):
        return True
    loads = name in ("src", "action", "formaction", "poster") or (name == "href" and tag in ("link", "use"))
    return loads and value.startswith(("http:", "https:", "//"))


@pytest.mark.parametrize("key", ["admin", "provider", ""])
def test_no_page_holds_scripts_styles_or_foreign_files(
    key: str, clinics: Clinics, as_person: As, stranger: Client
) -> None:
    client, wrong, seen = as_person(key) if key else stranger, {}, 0
    for route, address in _filled(clinics):
        answer = client.get(address)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            reading = Inline()
            reading.feed(answer.content.decode())
            seen += 1
            if reading.found:
                wrong[route.pattern] = reading.found
    assert not wrong
    assert seen > 5
