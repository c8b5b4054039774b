"""Find, as people of the practice get it: what fits, what is no telemedicine, and what has never come in."""

import re
import time
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.stage.clinic import Clinics
from tests.stage.counting import counted_statements
from tests.stage.show import answer_about
from tests.stage.working import carry_out_checks
from visitsync.storage import audit

FIND = "/p/larkspur/find"
BEGIN = f"{FIND}/look-up"
PART = {"HX-Request": "true"}
AsPerson = Callable[[str], Client]


def test_what_is_typed_brings_up_its_appointments_with_outcome_reason_and_fix(as_person: AsPerson) -> None:
    words = _typed(as_person("front"), "Percival Stokes")
    assert "Needs a fix" in words
    assert "No e-mail on the record" in words
    assert "Ask the patient for an e-mail address" in words


def test_a_number_finds_its_one_appointment_and_leads_to_its_answer(as_person: AsPerson, clinics: Clinics) -> None:
    address = answer_about(clinics, "email-missing")
    answer = as_person("front").post(FIND, {"q": address.rsplit("/", 1)[1]}, headers=PART)
    assert f'href="{address}"' in answer.content.decode()
    assert "1 appointment found." in _words(answer)


def test_what_is_typed_never_stands_in_an_address(as_person: AsPerson) -> None:
    front = as_person("front")
    sent_on = front.post(FIND, {"q": "Percival Stokes"})
    assert sent_on.status_code == 302
    part = front.post(FIND, {"q": "Percival Stokes"}, headers=PART)
    for address in (sent_on.headers["Location"], part.headers["HX-Replace-Url"]):
        assert "Percival" not in address
        assert "Stokes" not in address
        assert "No e-mail on the record" in _words(front.get(address)), "Back leads to it again"


def test_what_another_practice_sealed_or_somebody_made_up_does_not_open(as_person: AsPerson) -> None:
    theirs = as_person("other-admin").post("/p/juniper/find", {"q": "Percival"}).headers["Location"].partition("=")[2]
    for made_up in (theirs, "x", "AAAA", "é", "A" * 900):
        assert "Where is it?" in _words(as_person("front").get(FIND, {"s": made_up}))


def test_a_near_miss_says_what_was_meant(as_person: AsPerson, clinics: Clinics) -> None:
    number = answer_about(clinics, "type-misspelt").rsplit("/", 1)[1]
    words = _typed(as_person("front"), number)
    assert "Near miss" in words
    assert "differs from the approved" in words


def test_what_is_no_telemedicine_says_why_and_what_to_change(as_person: AsPerson, clinics: Clinics) -> None:
    number = answer_about(clinics, "type-not-approved").rsplit("/", 1)[1]
    words = _typed(as_person("front"), number)
    assert "Found, but not booked as telemedicine" in words
    assert "which is not an approved telemedicine" in words
    assert "Telehealth Follow-Up, Telemedicine Visit" in words


def test_what_was_never_received_says_when_its_emr_was_read_and_whether_that_is_normal(as_person: AsPerson) -> None:
    words = _typed(as_person("front"), "999123456")
    assert "Not received" in words
    assert (
        "We have not received it. From booking to visit it usually takes 3–15 minutes. Last complete reading: today"
        in words
    )
    assert "3–15 minutes after booking; more than 30 is not normal" in words
    assert "Still normal" in words
    assert "Look up number 999123456 in DrChrono now" in words


def test_a_name_that_nobody_has_asks_for_the_number(as_person: AsPerson) -> None:
    assert "Appointment number in DrChrono" in _typed(as_person("front"), "Zebedee Nobody")


def test_who_may_only_look_cannot_have_it_looked_up(as_person: AsPerson, clinics: Clinics) -> None:
    reader = as_person("reader")
    assert "Look up number" not in _typed(reader, "999123456")
    assert reader.post(BEGIN, _wish(clinics, "999123456")).status_code == 403


def test_looked_up_where_the_emr_has_none_of_that_number(as_person: AsPerson, clinics: Clinics) -> None:
    front = as_person("front")
    progress = front.post(BEGIN, _wish(clinics, "999123456")).headers["Location"]
    assert 'hx-trigger="every 1s"' in front.get(progress).content.decode()
    assert carry_out_checks(clinics) == 1
    words = _words(front.get(progress, headers=PART))
    assert "DrChrono has no appointment with this number" in words
    assert "Look it up again" in words


def test_looked_up_where_the_emr_has_it_and_it_was_never_read(as_person: AsPerson, clinics: Clinics) -> None:
    front, stage = as_person("front"), clinics.sets["larkspur"]
    like = next(one for one in stage.clinic.appointments if one.patient_id and one.has_video_room)
    booked = stage.clinic.book(
        patient_id=like.patient_id,
        practitioner_id=like.practitioner_id,
        location_id=like.location_id,
        type_id=like.type_id,
        start=like.start,
    )
    try:
        number = str(stage.app.vendor_id(booked.id))
        assert "Not received" in _typed(front, number)
        progress = front.post(BEGIN, _wish(clinics, number)).headers["Location"]
        carry_out_checks(clinics)
        assert "Found in DrChrono" in _words(front.get(progress))
        assert "1 appointment found." in _typed(front, number)
    finally:
        stage.clinic.delete(booked.id)


@pytest.mark.parametrize("number", ["Percival Stokes", "p@mail.example", "11/24/2026", "555-123-4567", "", "stokes"])
def test_what_may_name_somebody_is_no_number_and_nothing_is_asked(
    as_person: AsPerson, clinics: Clinics, number: str
) -> None:
    answer = as_person("front").post(BEGIN, _wish(clinics, number), follow=True)
    assert "Type the appointment's number" in _words(answer)
    assert carry_out_checks(clinics) == 0


def test_the_connection_of_another_practice_does_not_exist(as_person: AsPerson, clinics: Clinics) -> None:
    theirs = {"connection": str(clinics.opened["juniper"].connection_id), "number": "999123456"}
    assert as_person("front").post(BEGIN, theirs).status_code == 404
    assert as_person("front").post(BEGIN, {**theirs, "connection": "x"}).status_code == 404


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "\u202eevil 1", "%_%", "x" * 1_000, "a\0b", "{{7*7}}"])
def test_whatever_is_typed_is_shown_as_text(as_person: AsPerson, typed: str) -> None:
    answer = as_person("front").post(FIND, {"q": typed}, headers=PART)
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()
    assert "49" not in answer.content.decode().split("Not received")[-1][:40]


def test_each_search_is_in_the_trail_with_what_was_typed_sealed(as_person: AsPerson, clinics: Clinics) -> None:
    _typed(as_person("front"), "Percival Stokes")
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        newest = audit.entries(transaction, clinics.vault)[0].entry
        stored = transaction.execute(
            "select details from audit_entry where practice_id = %s order by number desc limit 1",
            (transaction.practice_id,),
        ).fetchone()
    assert (newest.act, newest.details) == ("search", {"query": "Percival Stokes"})
    assert stored is not None
    assert b"Percival" not in stored[0]


@pytest.mark.parametrize("typed", ["Percival Stokes", "tomorrow", "999123456"])
def test_a_search_is_quick_and_takes_few_questions(as_person: AsPerson, typed: str) -> None:
    front = as_person("front")
    _typed(front, typed)
    with counted_statements() as asked:
        began = time.process_time()
        _typed(front, typed)
        spent = time.process_time() - began
    assert len(asked) <= 32, "\n".join(asked)
    assert spent < 0.2


def _wish(clinics: Clinics, number: str) -> dict[str, str]:
    return {"connection": str(clinics.opened["larkspur"].connection_id), "number": number}


def _typed(person: Client, text: str) -> str:
    return _words(person.post(FIND, {"q": text}, headers=PART))


def _words(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:500]
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(unescape(text).split())
