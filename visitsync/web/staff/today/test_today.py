"""Today, as people of the practice get it."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.stage.clinic import Clinics
from tests.stage.counting import counted_statements
from tests.stage.reading import words_of
from visitsync.storage import audit, practices
from visitsync.storage.practices import ConnectionState

TODAY = "/p/larkspur/today"
TOMORROW = f"{TODAY}?day=2026-11-25"
BY_ITSELF = {"HX-Request": "true", "X-By-Itself": "1"}
AsPerson = Callable[[str], Client]


def test_what_needs_somebody_comes_first_the_soonest_on_top_with_reason_and_fix(as_person: AsPerson) -> None:
    words = words_of(as_person("front").get(TODAY))
    needing, everything = words.split("Needs somebody", 1)[1].split("By time", 1)
    names = ("Percival Stokes", "Gideon Marsh", "Odette Marchand", "Rosalind Ames", "Yusuf Demir")
    assert sorted(names, key=needing.index) == list(names)
    assert "10:30 AM Percival Stokes Noor Haddad · New York Office Needs a fix Within the hour" in needing
    assert "No e-mail on the record Ask the patient for an e-mail address" in needing
    assert "Ingrid Solberg" not in needing
    assert "Ingrid Solberg" in everything


def test_everything_is_listed_by_time_with_now_between_what_began_and_what_comes(as_person: AsPerson) -> None:
    words = words_of(as_person("front").get(TODAY)).split("By time", 1)[1]
    order = ("8:00 AM", "Ingrid Solberg", "Tobias Renner", " Now ", "Junko Arai", "Lavinia", "Cornelius Abbott")
    shown = [one for one in order if one in words]
    assert sorted(shown, key=words.index) == shown
    assert " Now " not in words_of(as_person("front").get(TOMORROW))


def test_a_near_miss_is_shown_as_one_and_not_counted_as_a_visit(as_person: AsPerson) -> None:
    words = words_of(as_person("front").get(TODAY))
    assert "11:30 AM Gideon Marsh Noor Haddad · New York Office Near miss" in words
    assert "2 need a fix" in words
    assert "2 near misses" in words


def test_who_was_not_read_yet_is_told_kindly(as_person: AsPerson) -> None:
    words = words_of(as_person("front").get(TODAY))
    assert "4:30 PM Name is being read Imara Osei" in words
    assert "Expected by today 9:45 AM" in words
    assert "8:00 AM Not read: it was over already" in words


def test_times_are_by_the_practices_clocks_with_those_of_the_place_beside(as_person: AsPerson) -> None:
    words = words_of(as_person("front").get(TODAY))
    assert "12:00 PM 11:00 AM CST Odette Marchand" in words


def test_a_test_visit_is_labelled(as_person: AsPerson) -> None:
    assert "Test Patient Test visit Imara Osei" in words_of(as_person("front").get(TODAY))


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("?day=2026-11-25", "Tomorrow"),
        ("?day=2027-01-04", "Mon, Jan 4, 2027"),
        ("?span=week", "Tue, Nov 24 – Mon, Nov 30"),
        ("?day=9999-99-99&location=what&provider=%00&span=year", "Today"),
    ],
)
def test_any_day_and_a_week_are_an_address_and_nonsense_is_today(as_person: AsPerson, query: str, title: str) -> None:
    answer = as_person("front").get(TODAY + query)
    assert answer.status_code == 200
    assert f"<h1>{title}</h1>" in answer.content.decode()


def test_filters_stay_in_the_address_and_in_all_that_leads_elsewhere(as_person: AsPerson, clinics: Clinics) -> None:
    provider = f"{clinics.opened['larkspur'].connection_id}:{_practitioner(clinics, 'Noor Haddad')}"
    answer = as_person("front").get(TODAY, {"provider": provider})
    page, words = answer.content.decode(), words_of(answer)
    assert "Percival Stokes" in words
    assert "Junko Arai" not in words
    assert f"?{urlencode({'day': '2026-11-25', 'provider': provider})}" in unescape(page)
    assert answer["HX-Push-Url"] == f"{TODAY}?{urlencode({'provider': provider})}"
    assert "Show everything" in words


def test_where_the_choice_leaves_nothing_the_way_back_is_shown(as_person: AsPerson, clinics: Clinics) -> None:
    provider = f"{clinics.opened['larkspur'].connection_id}:{_practitioner(clinics, 'Teodor Lindqvist')}"
    words = words_of(as_person("front").get(TODAY, {"provider": provider, "day": "2026-11-28"}))
    assert "Nothing here for this choice" in words


def test_a_day_without_visits_says_so_and_where_to_look(as_person: AsPerson) -> None:
    assert "Nothing is booked as telemedicine for this day" in words_of(
        as_person("front").get(f"{TODAY}?day=2026-11-28")
    )


def test_an_open_page_that_asks_is_told_nothing_while_nothing_changed(as_person: AsPerson) -> None:
    client = as_person("front")
    seen = _seen(client.get(TODAY))
    assert client.get(TODAY, {"seen": seen}, headers=BY_ITSELF).status_code == 204
    told = client.get(TODAY, {"seen": "older.older"}, headers=BY_ITSELF)
    assert told.status_code == 200
    assert "Updated: 2 need a fix" in told.content.decode()
    assert _seen(told) == seen
    assert "<html" not in told.content.decode()


def test_what_changed_in_the_emr_is_told_to_an_open_page(as_person: AsPerson, clinics: Clinics) -> None:
    client = as_person("front")
    seen = _seen(client.get(TODAY))
    clinic = clinics.sets["larkspur"].clinic
    stokes = next(one for one in clinic.patients if one.last_name == "Stokes")
    clinic.change_patient(stokes.id, email="percival.stokes@example.net")
    _later(clinics)
    try:
        clinics.sync()
        told = client.get(TODAY, {"seen": seen}, headers=BY_ITSELF)
        assert "Updated: 1 needs a fix" in told.content.decode()
    finally:
        clinic.change_patient(stokes.id, email="")


def test_what_only_reads_on_is_shown_and_not_said_aloud(as_person: AsPerson, clinics: Clinics) -> None:
    client = as_person("front")
    seen = _seen(client.get(TOMORROW))
    _later(clinics, minutes=6)
    clinics.sync()
    told = client.get(f"{TOMORROW}&seen={seen}", headers=BY_ITSELF)
    assert told.status_code == 200
    assert 'id="news"' not in told.content.decode()


def test_the_quiet_line_says_when_the_emr_was_read(as_person: AsPerson) -> None:
    assert "DrChrono was read today 9:30 AM, next" in words_of(as_person("front").get(TODAY))


def test_a_paused_connection_is_a_calm_notice_with_what_to_do(as_person: AsPerson, clinics: Clinics) -> None:
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        practices.change_state(transaction, opened.connection_id, ConnectionState.PAUSED)
    words = words_of(as_person("front").get(TODAY))
    assert words.count("The connection is paused") == 1, "told once, on top, and not with every visit"
    assert "DrChrono: The connection is paused" in words
    assert "Needs a fix Within the hour No e-mail on the record" in words


def test_a_connection_that_is_read_too_late_is_told(as_person: AsPerson, clinics: Clinics) -> None:
    clinics.clock.advance(timedelta(minutes=40))
    assert "DrChrono: Running late It has not been read completely for longer than is normal" in words_of(
        as_person("front").get(TODAY)
    )


def test_an_emr_that_pushes_to_nobody_is_told(as_person: AsPerson, clinics: Clinics) -> None:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        practices.add_connection(transaction, emr="greenway_intergy", base_url="")
    assert "Greenway Intergy: No sender is registered" in words_of(as_person("front").get(TODAY))


def test_the_print_view_is_one_plain_list_with_its_date(as_person: AsPerson) -> None:
    answer = as_person("front").get(f"{TODAY}/print?day=2026-11-25")
    words = words_of(answer)
    assert "Telemedicine visits: Tomorrow Larkspur Family Practice · Wed, Nov 25, 2026" in words
    assert "Clara Whitcombe Noor Haddad New York Office Needs a fix No e-mail on the record. Ask" in words
    assert "<nav" not in answer.content.decode()


def test_looking_and_printing_are_in_the_trail_and_asking_by_itself_is_not(
    as_person: AsPerson, clinics: Clinics
) -> None:
    client = as_person("front")
    client.get(TODAY)
    client.get(f"{TODAY}/print?day=2026-11-25")
    client.get(TODAY, headers=BY_ITSELF)
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        entries = [one.entry for one in audit.entries(transaction, clinics.vault)]
    assert [(one.act, one.object_id, one.who.name) for one in entries if one.object_kind == "day"] == [
        ("print-day", "2026-11-25", "Frida Front"),
        ("view-day", "2026-11-24", "Frida Front"),
    ]


def test_hostile_names_are_shown_as_text(as_person: AsPerson, clinics: Clinics) -> None:
    clinic = clinics.sets["larkspur"].clinic
    junko = next(one for one in clinic.patients if one.last_name == "Arai")
    clinic.change_patient(junko.id, first_name="<script>alert(1)</script>", last_name="\u202egnirts " + "long " * 200)
    _later(clinics)
    try:
        clinics.sync()
        page = as_person("front").get(TODAY).content.decode()
        assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page
    finally:
        clinic.change_patient(junko.id, first_name="Junko", last_name="Arai")


@pytest.mark.parametrize("query", ["", "?span=week", "?seen=x"])
def test_the_number_of_queries_does_not_grow_with_the_day(as_person: AsPerson, query: str) -> None:
    client = as_person("front")
    client.get(TODAY)
    with counted_statements() as asked:
        assert client.get(TODAY + query).status_code == 200
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


MOST_QUERIES = 20


def _later(clinics: Clinics, minutes: int = 16) -> None:
    """By default so much that charts that changed are read again."""
    clinics.clock.advance(timedelta(minutes=minutes))
    clinics.sets["larkspur"].clock.advance(timedelta(minutes=minutes))


def _seen(answer: Any) -> str:
    found = re.search(r'id="seen" name="seen" value="([^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


def _practitioner(clinics: Clinics, name: str) -> str:
    from visitsync.connector_kit.pages import RecordKind
    from visitsync.storage import catalog

    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        entries = catalog.entries(transaction, opened.connection_id, RecordKind.PRACTITIONER)
    return next(one.id for one in entries.values() if one.name == name)
