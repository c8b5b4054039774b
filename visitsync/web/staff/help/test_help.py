"""Help: about every reason of the catalogue, and about this practice as it is set up now."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.stage.clinic import NOW, Clinics
from tests.stage.counting import counted_statements
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors import connector_for, supported_emrs
from visitsync.domain.appointment import MarkKind
from visitsync.domain.evidence_text import NOT_KNOWN
from visitsync.domain.explanation import SECTIONS
from visitsync.domain.reasons import REASONS
from visitsync.storage import catalog, practice_settings, practices
from visitsync.storage.database import Database
from visitsync.storage.practice_settings import Author
from visitsync.storage.vault import Vault
from visitsync.sync.in_general import in_general, screens
from visitsync.sync.office import office_of
from visitsync.web.staff.help.advice import OTHER_GROUPS, WHO, all_advice
from visitsync.web.staff.help.article import sections

HELP = "/p/larkspur/help"
AsPerson = Callable[[str], Client]
ANA = Author("Ana Admin", NOW)


def test_every_reason_of_the_catalogue_has_its_text_here(as_person: AsPerson, clinics: Clinics) -> None:
    client = as_person("front")
    whole, printed = client.get(HELP).content.decode(), _words(client.get(f"{HELP}/print"))
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        advice = all_advice(office_of(transaction, clinics.vault, NOW))
    assert {one.code for one in advice} == set(REASONS)
    for one in advice:
        assert f'href="{HELP}/reasons/{one.code}"' in whole
        for text in (one.title, one.fixes[0].text, one.who, one.when):
            assert " ".join(text.split()) in printed, (one.code, text)


def test_every_reason_has_a_page_with_all_its_text(as_person: AsPerson, clinics: Clinics) -> None:
    client = as_person("front")
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        advice = all_advice(office_of(transaction, clinics.vault, NOW))
    for one in advice:
        words = _words(client.get(f"{HELP}/reasons/{one.code}"))
        for text in (one.title, one.means, one.says[0].text, one.fixes[0].text, one.who, one.when):
            assert text, one.code
            assert " ".join(text.split()) in words, (one.code, text)


@pytest.mark.parametrize("emr", supported_emrs())
def test_no_sentence_leaves_a_gap_in_any_emrs_words(
    database: Database, vault: Vault, practices_own: Callable[[str], None], practice_id: UUID, emr: str
) -> None:
    practices_own(emr)
    with database.practice(practice_id) as transaction:
        office = office_of(transaction, vault, NOW)
    for screen, always in screens(office):
        for code in REASONS:
            words = in_general(code, screen, always)
            for text in (words.title, words.sentence, words.fix):
                assert NOT_KNOWN not in text, code
                assert not re.search(r"[{}]|^[a-z]{3,} ", text) or text.startswith(connector_for(emr).MANIFEST.name), (
                    code
                )


@pytest.fixture
def practices_own(database: Database, practice_id: UUID) -> Callable[[str], None]:
    def connect(emr: str) -> None:
        with database.practice(practice_id) as transaction:
            practices.add_connection(transaction, emr=emr, base_url="https://emr.example.net")

    return connect


def test_every_group_and_every_owner_is_named() -> None:
    assert {one.cause[0] for one in REASONS.values() if one.section is None} <= set(OTHER_GROUPS)
    assert {one.owner for one in REASONS.values()} <= set(WHO)


def test_a_practice_without_any_emr_has_the_article_in_usual_words(
    database: Database, vault: Vault, practice_id: UUID
) -> None:
    with database.practice(practice_id) as transaction:
        office = office_of(transaction, vault, NOW)
    assert [one.title for one in sections(office, all_advice(office))] == list(SECTIONS.values())


def test_two_emrs_each_have_their_own_words_and_times(
    database: Database, vault: Vault, practices_own: Callable[[str], None], practice_id: UUID
) -> None:
    practices_own("drchrono")
    practices_own("greenway_intergy")
    with database.practice(practice_id) as transaction:
        office = office_of(transaction, vault, NOW)
    told = {one.code: one for one in all_advice(office)}
    assert "15 minutes (DrChrono) or 30 minutes (Greenway Intergy)" in told["email-missing"].when
    assert [one.emr_name for one in told["email-missing"].fixes] == ["DrChrono", "Greenway Intergy"]
    assert told["connection-paused"].fixes[0].emr_name == ""
    assert told["access-switched-off"].title == "Access is switched off in the EMR"


def test_it_says_what_this_practices_screens_call_it(as_person: AsPerson) -> None:
    larkspur = _words(as_person("front").get(HELP))
    assert "Appointment profile in DrChrono Telehealth Follow-Up Telemedicine Visit" in larkspur
    assert "DrChrono 3–15 minutes more than 30 minutes" in larkspur
    assert "Enabled, from DrChrono Imara Osei" in larkspur
    assert "Not enabled Ezra Bellweather" in larkspur
    assert "Kareo" not in larkspur
    assert "Kareo" in _words(as_person("other-admin").get("/p/juniper/help"))


def test_a_setting_that_is_changed_shows_at_once(as_person: AsPerson, clinics: Clinics) -> None:
    client, opened = as_person("front"), clinics.opened["larkspur"]
    before = _words(client.get(HELP))
    with clinics.database.practice(opened.practice_id) as transaction:
        practice_settings.approve(
            transaction, opened.connection_id, ANA, kind=MarkKind.TYPE, value="Evening Video", is_id=False
        )
        entries = catalog.entries(transaction, opened.connection_id, RecordKind.PRACTITIONER)
        ezra = next(one.id for one in entries.values() if one.name == "Ezra Bellweather")
        catalog.connect(transaction, opened.connection_id, RecordKind.PRACTITIONER, ezra)
        transaction.execute(
            """update connection set settings = settings
               || '{"required_demographics": "first name | insurance", "sync_months": "2"}'::jsonb"""
        )
        transaction.execute("update practice set closures = %s", ([date(2026, 12, 24)],))
    after = _words(client.get(HELP))
    for told in ("Evening Video", "Required with DrChrono first name insurance", "2 months ahead", "Thu, Dec 24, 2026"):
        assert told not in before
        assert told in after
    assert "Not enabled" not in after
    assert "Evening Video" in _words(client.get(f"{HELP}/reasons/type-not-approved"))


def test_one_reason_is_a_short_page_with_all_that_matters(as_person: AsPerson) -> None:
    words = _words(as_person("front").get(f"{HELP}/reasons/email-missing"))
    assert "No e-mail on the record Check 2: The patient has a valid e-mail of their own Needs a fix" in words
    assert "What to do Ask the patient for an e-mail address and enter it as Email in the demographics" in words
    assert "Who can The front desk." in words
    assert "When it works then Within 15 minutes of the change in the EMR" in words


def test_a_reason_that_nobody_knows_is_no_page(as_person: AsPerson) -> None:
    assert as_person("front").get(f"{HELP}/reasons/no-such-reason").status_code == 404


@pytest.mark.parametrize(
    ("question", "told", "not_told"),
    [
        ("misspelt", "Looks like a misspelt telemedicine appointment profile", "A group visit"),
        ("BELLWEATHER", "7. The provider is enabled for telemedicine", "1. Booked as"),
        ("e-mail staff", "The e-mail belongs to a staff login", "No insurance"),
        ("zzzz", "Try fewer or other words", "What else answers may say"),
    ],
)
def test_what_speaks_of_the_words_asked_for_is_found(
    as_person: AsPerson, question: str, told: str, not_told: str
) -> None:
    words = _words(as_person("front").get(HELP, {"q": question}))
    assert told in words
    assert not_told not in words


def test_asked_while_typing_it_answers_with_what_was_found_alone(as_person: AsPerson) -> None:
    answer = as_person("front").get(HELP, {"q": "provider"}, headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<div id="found"')


@pytest.mark.parametrize("question", ["<script>alert(1)</script>", "\u202egnirts", "x" * 1000, "\0"])
def test_hostile_words_are_shown_as_text(as_person: AsPerson, question: str) -> None:
    answer = as_person("front").get(HELP, {"q": question})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert "x" * 101 not in answer.content.decode()


@pytest.mark.parametrize("who", ["admin", "front", "reader", "provider", "operator"])
def test_everybody_of_the_practice_may_read_it_and_is_led_nowhere_they_may_not_go(
    as_person: AsPerson, who: str
) -> None:
    client = as_person(who)
    for path in ("", "/print", "/reasons/email-missing", "?q=e-mail"):
        page = client.get(HELP + path)
        assert page.status_code == 200
        for address in set(re.findall(r'href="(/p/[^"#]*)', page.content.decode())):
            assert client.get(unescape(address)).status_code == 200, address


def test_who_is_not_of_the_practice_finds_nothing(as_person: AsPerson) -> None:
    assert as_person("other-admin").get(HELP).status_code == 404


@pytest.mark.parametrize("path", ["", "/print", "?q=e-mail", "/reasons/email-missing"])
def test_it_asks_little_of_the_database(as_person: AsPerson, path: str) -> None:
    client = as_person("front")
    client.get(HELP)
    with counted_statements() as asked:
        client.get(HELP + path)
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


MOST_QUERIES = 12


def _words(answer: Any) -> str:
    page = re.sub(r"<(script|style|head).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
