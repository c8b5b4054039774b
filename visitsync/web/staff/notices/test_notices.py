"""Notices, as people of the practice choose them, and as a mail stops them."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from django.urls import reverse

from tests.stage.clinic import Clinics
from tests.stage.counting import counted_statements
from visitsync.domain.role import Role
from visitsync.domain.telling_choices import USUAL, Choices, Kind
from visitsync.storage import audit, telling_choices, tellings
from visitsync.storage.tellings import MailState, Telling
from visitsync.sync.office import OfficeCache
from visitsync.sync.telling.stop_link import Stop, stop_token
from visitsync.sync.telling.turn import tell
from visitsync.web.staff.notices.addresses import page_address, stop_address

NOTICES = "/p/larkspur/notices"
WITH_MAIL = override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
AsPerson = Callable[[str], Client]
FORM = {
    "digest": "1",
    "digest_at": "06:15",
    "warning": "1",
    "hours": "8",
    "quiet_from": "21:00",
    "quiet_until": "06:00",
}


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        ("admin", {"digest", "warning", "alarm"}),
        ("front", {"digest", "warning"}),
        ("provider", {"digest"}),
        ("reader", set()),
        ("operator", {"alarm"}),
    ],
)
def test_everybody_begins_with_what_is_usual_for_their_role(as_person: AsPerson, who: str, kinds: set[str]) -> None:
    page = as_person(who).get(NOTICES).content.decode()
    assert set(re.findall(r'name="(digest|warning|alarm)" value="1" checked', page)) == kinds
    assert "This is what is usual for your role" in page


def test_nobody_is_offered_what_their_role_may_not_see(as_person: AsPerson) -> None:
    provider = as_person("provider").get(NOTICES).content.decode()
    operator = as_person("operator").get(NOTICES).content.decode()
    assert 'name="alarm"' not in provider
    assert 'name="digest"' not in operator
    assert 'name="warning"' not in operator
    for page in (provider, operator):
        assert 'name="location"' not in page
        assert 'name="provider"' not in page


def test_what_is_chosen_is_kept_noted_and_taken_back(as_person: AsPerson, clinics: Clinics) -> None:
    client = as_person("front")
    location = f"{clinics.opened['larkspur'].connection_id}:{_location(client)}"
    answer = client.post(f"{NOTICES}/choose", FORM | {"location": location, "provider": "nonsense"})
    assert (answer.status_code, answer["Location"]) == (302, NOTICES)
    chosen = _choices(clinics, "front")
    assert chosen.wants == {Kind.DIGEST, Kind.WARNING}
    assert (chosen.digest_at.isoformat(), chosen.hours_ahead) == ("06:15:00", 8)
    assert chosen.quiet is not None
    assert [one.hour for one in chosen.quiet] == [21, 6]
    assert chosen.locations == {location}
    assert chosen.practitioners == frozenset()
    assert _acts(clinics)[0] == "notices-chosen"
    assert 'value="06:15"' in client.get(NOTICES).content.decode()
    client.post(f"{NOTICES}/usual")
    assert _choices(clinics, "front") == USUAL[Role.FRONT_DESK]
    assert _acts(clinics)[0] == "notices-usual"


def test_midnight_is_a_time_and_no_quiet_hours_are_a_choice(as_person: AsPerson, clinics: Clinics) -> None:
    client = as_person("front")
    client.post(f"{NOTICES}/choose", FORM | {"digest_at": "00:00", "quiet_from": "00:00", "quiet_until": "05:00"})
    page = client.get(NOTICES).content.decode()
    assert page.count('value="00:00"') == 2
    client.post(f"{NOTICES}/choose", FORM | {"quiet_from": "", "quiet_until": ""})
    assert _choices(clinics, "front").quiet is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"quiet_until": ""}, "Quiet hours need a beginning and an end"),
        ({"quiet_from": "<script>"}, "Quiet hours need a beginning and an end"),
        ({"digest_at": ""}, "Say at what time it should come"),
        ({"digest_at": "99:99"}, "Say at what time it should come"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_nothing_is_kept(
    as_person: AsPerson, clinics: Clinics, wrong: dict[str, str], words: str
) -> None:
    answer = as_person("front").post(f"{NOTICES}/choose", FORM | wrong)
    assert answer.status_code == 422
    assert words in _words(answer)
    assert '<option value="8" selected>' in answer.content.decode(), "what else was given stays"
    assert _choices(clinics, "front") == USUAL[Role.FRONT_DESK]


def test_a_form_can_take_no_kind_that_the_role_does_not_have(as_person: AsPerson, clinics: Clinics) -> None:
    as_person("provider").post(
        f"{NOTICES}/choose",
        FORM | {"alarm": "1", "role": "admin", "hours": "99999", "staff_id": str(clinics.people["admin"].staff_id)},
    )
    assert _choices(clinics, "provider").wants == {Kind.DIGEST, Kind.WARNING}
    assert _choices(clinics, "provider").hours_ahead == 4
    assert _choices(clinics, "admin") == USUAL[Role.ADMIN]


def test_nobody_of_another_practice_has_this_page(as_person: AsPerson) -> None:
    stranger = as_person("other-admin")
    assert stranger.get(NOTICES).status_code == 404
    assert stranger.post(f"{NOTICES}/choose", FORM).status_code == 404
    assert stranger.post(f"{NOTICES}/usual").status_code == 404


def test_everybody_sees_only_what_they_themselves_were_told(as_person: AsPerson, clinics: Clinics) -> None:
    _tell(clinics, "front", "Tomorrow: 14 visits, 2 need you", mail=MailState.SENT)
    _tell(clinics, "admin", "DrChrono: Running late", mail=MailState.GIVEN_UP)
    words = _words(as_person("front").get(NOTICES))
    assert "Today Tomorrow: 14 visits, 2 need you 9:30 AM · E-mailed" in words
    assert "Running late" not in words
    assert "The e-mail could not be delivered" in _words(as_person("admin").get(NOTICES))


def test_what_was_told_is_shown_as_text(as_person: AsPerson, clinics: Clinics) -> None:
    _tell(clinics, "front", "<script>alert(1)</script> \u202e {{ 7 }}")
    page = as_person("front").get(NOTICES).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_without_a_mail_server_the_page_says_so_and_with_one_where_mails_go(as_person: AsPerson) -> None:
    client = as_person("front")
    assert "No e-mail is sent from here yet" in _words(client.get(NOTICES))
    with WITH_MAIL:
        assert "E-mails go to frida@larkspur.example" in _words(client.get(NOTICES))


def test_the_page_asks_the_database_little_however_much_was_told(as_person: AsPerson, clinics: Clinics) -> None:
    client = as_person("front")
    client.get(NOTICES)
    with counted_statements() as few:
        client.get(NOTICES)
    for number in range(60):
        _tell(clinics, "front", f"Tomorrow: {number} visits")
    with counted_statements() as many:
        client.get(NOTICES)
    assert len(many) <= len(few) <= 20


def test_the_link_in_a_mail_asks_first_and_stops_only_that_kind(clinics: Clinics) -> None:
    client = Client(raise_request_exception=False)
    address = _stop_address(clinics, "admin", Kind.DIGEST)
    asked = client.get(address)
    assert "You would no longer get the morning overview from Larkspur" in _words(asked)
    assert _choices(clinics, "admin") == USUAL[Role.ADMIN], "a scanner of mails looks at links, too"
    for _ in range(2):
        done = client.post(address, {"List-Unsubscribe": "One-Click"})
        assert (done.status_code, "Stopped" in _words(done)) == (200, True)
    assert _choices(clinics, "admin").wants == {Kind.WARNING, Kind.ALARM}
    assert _acts(clinics).count("notices-stopped") == 1


def test_the_link_works_without_a_forms_token_and_names_nobody(clinics: Clinics) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    address = _stop_address(clinics, "admin", Kind.ALARM)
    assert strict.post(address).status_code == 200
    page = strict.get(address).content.decode()
    assert "Ana" not in page
    assert "ana@" not in page


def test_links_that_are_not_ours_lead_nowhere(clinics: Clinics) -> None:
    client = Client(raise_request_exception=False)
    other = stop_token(clinics.vault, Stop(uuid4(), uuid4(), Kind.ALARM))
    assert [client.post(stop_address(one)).status_code for one in ("x", "A" * 68, other)] == [404, 404, 404]


def test_a_link_of_somebody_who_left_stops_nothing_and_says_nothing_else(clinics: Clinics) -> None:
    practice_id = clinics.practice_id("larkspur")
    token = stop_token(clinics.vault, Stop(practice_id, uuid4(), Kind.ALARM))
    assert Client(raise_request_exception=False).post(stop_address(token)).status_code == 200


def test_the_overview_counts_what_today_lists_as_needing_somebody(as_person: AsPerson, clinics: Clinics) -> None:
    tell(clinics.engine, OfficeCache(), clinics.practice_id("larkspur"), sends_mail=False)
    listed = [
        re.search(r'Needs somebody <span class="count">(\d+)', as_person("front").get(address).content.decode())
        for address in ("/p/larkspur/today", "/p/larkspur/today?day=2026-11-25")
    ]
    counts = [found[1] for found in listed if found is not None]
    words = _words(as_person("front").get(NOTICES))
    assert re.findall(r"(?:Today|Tomorrow): \d+ visits, (\d+) need you", words) == counts
    assert len(counts) == 2


@pytest.mark.parametrize("page", ["today", "my-day", "attention", "connections", "notices"])
def test_mails_lead_to_pages_that_are_there(clinics: Clinics, page: str) -> None:
    assert page_address("larkspur", page) == reverse(page, kwargs={"practice": "larkspur"})
    assert stop_address("abc") == reverse("stop-mail", kwargs={"token": "abc"})


def _words(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    body = answer.content.decode().partition("<body")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).replace(" .", ".")


def _staff_id(clinics: Clinics, who: str) -> UUID:
    staff_id = clinics.people[who].staff_id
    assert staff_id is not None
    return staff_id


def _choices(clinics: Clinics, who: str) -> Choices:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        listener = telling_choices.listener(transaction, _staff_id(clinics, who), clinics.clock())
    assert listener is not None
    return listener.choices


def _tell(clinics: Clinics, who: str, title: str, *, mail: MailState = MailState.NONE) -> None:
    now = clinics.clock()
    telling = Telling(
        telling_id=uuid4(), staff_id=_staff_id(clinics, who), kind=Kind.DIGEST, title=title, leads_to="today",
        told_at=now, good_until=now + timedelta(hours=1), mail=mail,
    )  # fmt: skip
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        tellings.save(transaction, [telling], [], now=now)


def _acts(clinics: Clinics) -> list[str]:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        return [one.entry.act for one in audit.entries(transaction, clinics.vault)]


def _stop_address(clinics: Clinics, who: str, kind: Kind) -> str:
    stop = Stop(clinics.practice_id("larkspur"), _staff_id(clinics, who), kind)
    return stop_address(stop_token(clinics.vault, stop))


def _location(client: Client) -> str:
    found = re.search(r'name="location" value="[^":]+:([^"]+)"', client.get(NOTICES).content.decode())
    assert found is not None
    return found[1]
