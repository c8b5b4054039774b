"""Every page × role × practice, from the site map itself: what is not yours does not exist, and asking is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.test import Client

from tests.stage.people import CAST, PASSWORD
from tests.web_security.routes import Route, guessed, routes, staff_routes, values_of
from tests.web_security.tables import changed, contents, contents_of
from visitsync.domain.role import ALLOWS
from visitsync.storage import audit
from visitsync.storage.audit import Selection
from visitsync.storage.audit_entry import Entry

if TYPE_CHECKING:
    from tests.stage.clinic import Clinics

As = Callable[[str], Client]

OPEN_TO_ALL = frozenset({"health", "ready", "csp-report", "hooks/<slug:emr>/<str:token>", "stop-mail/<str:token>"})
"""What programs ask: each proves itself by what it brings, or tells nothing."""
OF_ONESELF = ("account/", "connected/<slug:emr>")
"""Signing in, one's own account, and coming back from an EMR's sign-in page."""
WANTS_A_QUESTION = ("catalog-provider", "catalog-preview", "find-look-up", "answer-checking", "my-day-visit",
                    "users-link", "users-unlink")  # fmt: skip
"""Pages about something asked before, or of one's own; else they say that there is nothing."""
METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
OF_JUNIPER = ("Juniper", "juniper", "Bob Admin")
FILLED_IN = {"reason": "we moved", "name": "X", "role": "provider", "to": "off", "helped": "yes", "state": "done"}
LARKSPURS = tuple(one for one in CAST if one.practice == "larkspur")


def _names(found: list[Route]) -> list[str]:
    return [f"{one.name} {one.pattern}" for one in found]


def _asked(client: Client, address: str) -> Any:
    """By GET, or by POST where it is only ever sent something; with what the forms insist on."""
    answer = client.get(address)
    return client.post(address, FILLED_IN) if answer.status_code == 405 else answer


def proven(client: Client) -> Client:
    """Having shown just now who they are, so that nothing else stands before what is asked for."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def _refusals(clinics: Clinics, slug: str) -> list[Entry]:
    with clinics.database.practice(clinics.practice_id(slug)) as transaction:
        return [one.entry for one in audit.entries(transaction, clinics.vault, Selection(act="refused"), limit=2_000)]


def test_every_address_is_a_staff_page_that_says_what_it_needs_or_is_known_to_be_open(clinics: Clinics) -> None:
    silent = [one for one in staff_routes() if one.permission is None]
    assert not silent, _names(silent)
    others = [one for one in routes() if not one.is_staffs and one.pattern]
    unknown = [one for one in others if one.pattern not in OPEN_TO_ALL and not one.pattern.startswith(OF_ONESELF)]
    assert not unknown, _names(unknown)


def test_no_address_of_a_practice_holds_a_number_that_can_be_counted_up(clinics: Clinics) -> None:
    assert not [one.pattern for one in staff_routes() if "int" in one.parameters.values()]


@pytest.mark.parametrize("key", [one.key for one in LARKSPURS])
def test_a_role_opens_its_pages_and_is_refused_the_others(key: str, clinics: Clinics, as_person: As) -> None:
    client, values = as_person(key), values_of(clinics, "larkspur")
    allowed = ALLOWS[clinics.people[key].person.role]
    wrong, refused = [], []
    for route in staff_routes():
        answer = _asked(client, route.filled(values))
        if route.permission in allowed:
            is_right = answer.status_code in (200, 204, 302, 400, 404, 409, 422)
        else:
            is_right = answer.status_code == 403
            refused.append(route.name)
        if not is_right:
            wrong.append(f"{route.name}: {answer.status_code}")
    assert not wrong
    noted = [one for one in _refusals(clinics, "larkspur") if one.why == "not allowed by their role"]
    assert sorted(one.object_id for one in noted) == sorted(refused)
    assert {one.who.id for one in noted} <= {str(clinics.people[key].staff_id)}


def test_an_admin_opens_every_page_that_can_be_opened(clinics: Clinics, as_person: As) -> None:
    client, values = as_person("admin"), values_of(clinics, "larkspur")
    assert not [
        f"{one.name}: {answer.status_code}"
        for one in staff_routes()
        if one.name not in WANTS_A_QUESTION
        and (answer := client.get(one.filled(values))).status_code not in (200, 302, 405)
    ]


@pytest.mark.parametrize("key", ["other-admin", "nobody"])
def test_a_practice_where_one_does_not_work_does_not_exist(key: str, clinics: Clinics, as_person: As) -> None:
    client, values = as_person(key), values_of(clinics, "larkspur")
    wrong, asked = [], []
    for route in staff_routes():
        answer = _asked(client, route.filled(values))
        nowhere = _asked(client, route.filled(values | {"practice": "no-such-practice"}))
        if answer.status_code != 404 or answer.content != nowhere.content or nowhere.status_code != 404:
            wrong.append(f"{route.name}: {answer.status_code}, {nowhere.status_code}")
        asked.append(route.name)
    assert not wrong
    noted = [one for one in _refusals(clinics, "larkspur") if one.why == "does not work here"]
    assert sorted(one.object_id for one in noted) == sorted(asked)
    assert {one.who.id for one in noted} == {str(clinics.people[key].user_id)}
    assert not _refusals(clinics, "juniper")


def test_whoever_works_at_two_practices_stands_in_one_at_a_time(clinics: Clinics, as_person: As) -> None:
    client = proven(as_person("operator"))
    for slug, other in (("larkspur", "juniper"), ("juniper", "larkspur")):
        mixed = values_of(clinics, other) | {"practice": slug}
        for route in staff_routes():
            if "connection" in route.parameters:
                answer = _asked(client, route.filled(mixed))
                assert answer.status_code in (403, 404), route.name


@pytest.mark.parametrize("key", ["admin", "provider"])
def test_ids_of_another_practice_and_guessed_ones_are_nothing_here(
    key: str, clinics: Clinics, as_person: As, server: psycopg.Connection
) -> None:
    client, own = proven(as_person(key)), values_of(clinics, "larkspur")
    allowed = ALLOWS[clinics.people[key].person.role]
    before = contents_of(server, clinics.practice_id("juniper"))
    with_ids = [one for one in staff_routes() if one.permission in allowed and "uuid" in one.parameters.values()]
    wrong = []
    for values in (values_of(clinics, "juniper") | {"practice": "larkspur"}, guessed(own)):
        for route in with_ids:
            noted = len(_refusals(clinics, "larkspur"))
            answer = _asked(client, route.filled(values))
            is_kept = len(_refusals(clinics, "larkspur")) == noted + 1
            if answer.status_code != 404 or not is_kept:
                wrong.append(f"{route.name}: {answer.status_code}, {'kept' if is_kept else 'not kept'}")
    assert not wrong
    assert with_ids
    assert not changed(before, contents_of(server, clinics.practice_id("juniper")))


def test_nobody_signed_in_is_led_to_signing_in_and_back(clinics: Clinics, stranger: Client) -> None:
    values = values_of(clinics, "larkspur")
    for route in staff_routes():
        address = route.filled(values)
        answer = _asked(stranger, address)
        assert answer.status_code == 302, route.name
        assert answer.headers["Location"].startswith("/account/login/?next=%2Fp%2Flarkspur"), route.name
        part = stranger.post(address, headers={"HX-Request": "true"})
        if part.status_code != 405:
            assert (part.content, part.headers["HX-Redirect"][:15]) == (b"", "/account/login/"), route.name


def test_without_a_second_step_there_is_only_setting_it_up(clinics: Clinics, as_person: As) -> None:
    from allauth.mfa.models import Authenticator

    client, values = as_person("admin"), values_of(clinics, "larkspur")
    Authenticator.objects.filter(user_id=clinics.people["admin"].user_id).delete()
    for route in staff_routes():
        answer = _asked(client, route.filled(values))
        assert (answer.status_code, answer.headers["Location"]) == (302, "/account/2fa/totp/activate/"), route.name


FORGED = (
    {"data": {"name": "x", "confirmed": "1"}},
    {"data": "name=x&confirmed=1", "content_type": "text/plain"},
    {"data": "name=x&confirmed=1", "content_type": "application/x-www-form-urlencoded"},
    {"data": b'{"name": "x"}', "content_type": "application/json"},
)
"""What a page elsewhere can have a browser send: multipart, a form's two other encodings; and JSON."""


@pytest.fixture
def lured(clinics: Clinics) -> Client:
    """An admin's signed-in browser on somebody else's page, without our token."""
    from visitsync.web.accounts.models import User

    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(User.objects.get(id=clinics.people["admin"].user_id))
    return client


def test_forms_sent_from_elsewhere_are_refused_and_change_nothing(
    lured: Client, clinics: Clinics, server: psycopg.Connection
) -> None:
    values = values_of(clinics, "larkspur") | {"uidb36": "1", "key": "x", "pk": 1, "token": "x", "emr": "drchrono"}
    before = contents(server)
    wrong = []
    for route in (one for one in routes() if one.pattern not in OPEN_TO_ALL):
        for form in FORGED:
            for method in (lured.post, lured.put, lured.patch, lured.delete):
                answer = method(route.filled(values), **form, headers={"origin": "https://evil.example"})
                if answer.status_code != 403:
                    wrong.append(f"{route.name}: {answer.status_code}")
    assert not wrong
    assert not changed(before, contents(server))


def _unsafe(route: Route, client: Client, address: str) -> Iterator[tuple[str, int]]:
    for method in METHODS[3:]:
        yield method, getattr(client, method)(address).status_code


def test_methods_that_no_page_knows_are_refused(clinics: Clinics, as_person: As) -> None:
    client, values = as_person("admin"), values_of(clinics, "larkspur")
    wrong = [
        f"{route.name} {method}: {status}"
        for route in staff_routes()
        for method, status in _unsafe(route, client, route.filled(values))
        if status != 405
    ]
    assert not wrong


@pytest.mark.parametrize("key", ["admin", "provider"])
def test_looking_never_changes_anything(key: str, clinics: Clinics, as_person: As, server: psycopg.Connection) -> None:
    client, values = as_person(key), values_of(clinics, "larkspur")
    before = contents(server)
    for route in routes():
        if route.is_staffs or not route.parameters:
            for method in (client.get, client.head):
                if route.name != "account_logout":
                    method(route.filled(values), {"confirmed": "1", "to": "off", "group": "x", "state": "done"})
        after = contents(server)
        assert not changed(before, after), route.name


NAMES = ("practice", "practice_id", "tenant", "tenant_id", "connection", "connection_id", "staff", "staff_id", "member",
         "id", "appointment", "provider", "location", "group", "family", "subject", "number", "value", "type", "sort",
         "to", "next", "s", "request_id", "entry", "key", "name", "change")  # fmt: skip
POWERS = {"role": "admin", "is_staff": "1", "is_superuser": "1", "is_active": "", "eligible": "1", "outcome": "ready",
          "status": "ready", "state": "active", "_method": "DELETE"}  # fmt: skip
HEADERS = ("X-Practice", "X-Tenant-Id", "X-Forwarded-User", "X-User-Id", "X-Original-URL", "X-Rewrite-URL",
           "X-HTTP-Method-Override")  # fmt: skip


def test_ids_of_another_practice_in_body_query_and_headers_reach_nothing(
    clinics: Clinics, as_person: As, server: psycopg.Connection
) -> None:
    client, own, theirs = proven(as_person("admin")), values_of(clinics, "larkspur"), values_of(clinics, "juniper")
    before = contents_of(server, clinics.practice_id("juniper"))
    wrong = []
    for planted in (theirs["connection"], theirs["staff_id"], clinics.practice_id("juniper"), "juniper"):
        fields = dict.fromkeys(NAMES, str(planted)) | POWERS
        headers = dict.fromkeys(HEADERS, str(planted))
        for route in staff_routes():
            address = route.filled(own)
            for answer in (client.get(address, fields, headers=headers), client.post(address, fields, headers=headers)):
                text = answer.content.decode()
                if answer.status_code == 500 or any(name in text.replace(str(planted), "") for name in OF_JUNIPER):
                    wrong.append(f"{route.name}: {answer.status_code}")
    assert not wrong
    assert not changed(before, contents_of(server, clinics.practice_id("juniper")))


@pytest.mark.parametrize("key", ["front", "reader", "provider", "operator"])
def test_fields_that_nobody_asked_for_give_nobody_more_than_they_had(
    key: str, clinics: Clinics, as_person: As, server: psycopg.Connection
) -> None:
    client, values = as_person(key), values_of(clinics, "larkspur")
    mine = str(clinics.people[key].staff_id)
    query = b"select staff_id::text, role, is_active from staff order by 1"
    before = server.execute(query).fetchall()
    for route in staff_routes():
        client.post(route.filled(values), POWERS | {"staff_id": mine, "staff": mine, "member": mine})
    assert server.execute(query).fetchall() == before
