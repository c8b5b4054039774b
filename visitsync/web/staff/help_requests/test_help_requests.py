"""Requests for help: facts without patients, a case to say on the telephone, mailed once, shown with their state."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from html import unescape
from typing import Any

import msgspec
import pytest
from django.test import Client

from tests.stage.clinic import Clinics
from tests.stage.counting import counted_statements
from visitsync.storage import help_requests
from visitsync.storage.help_requests import HelpRequest
from visitsync.sync.mailing_help import TASK, HelpDesk, mail_help_request
from visitsync.sync.telling.posting import MailServerAway
from visitsync.web.parts import give, parts
from visitsync.web.staff.help_requests.scrubbing import scrubbed

LIST = "/p/larkspur/help-requests"
AsPerson = Callable[[str], Client]


def test_a_request_gets_a_case_and_carries_facts_and_no_patient(as_person: AsPerson, clinics: Clinics) -> None:
    answer = _asked(as_person("front"), clinics, "Percival Stokes called from 555-123-4567, it is still red")
    [request] = _kept(clinics)
    assert re.fullmatch(r"[2-9A-HJ-NP-RT-Z]{3}-[2-9A-HJ-NP-RT-Z]{3}", request.case_id)
    assert f"Your request is case {request.case_id}." in _words(answer)
    assert "What looked like patient data was taken out" in _words(answer)
    assert request.note == "[name] [name] called from [number], it is still red"
    assert request.facts["Reasons"].startswith("email-missing")
    assert "Stokes" not in str(request.facts)


def test_what_is_sent_is_shown_before_it_is_sent(as_person: AsPerson, clinics: Clinics) -> None:
    words = _words(as_person("front").get(_new(clinics)))
    assert "No patient data, please" in words
    assert "Reasons email-missing" in words


def test_it_is_mailed_once_to_whoever_answers_without_patient_data(as_person: AsPerson, clinics: Clinics) -> None:
    _asked(as_person("front"), clinics, "It stays red.")
    [arguments] = _waiting(clinics)
    server = MailServer()
    for _ in range(2):
        mail_help_request(_desk(clinics, server), **arguments)
    [sent] = server.taken
    [request] = _kept(clinics)
    assert sent["To"] == "help@visitsync.example"
    assert sent["Subject"] == f"Visitsync: request for help {request.case_id}"
    assert "It stays red." in sent.get_content()
    assert "Stokes" not in sent.as_string()
    assert request.mailed_at is not None


def test_a_mail_server_that_is_away_is_asked_again_later(as_person: AsPerson, clinics: Clinics) -> None:
    _asked(as_person("front"), clinics, "")
    [arguments] = _waiting(clinics)
    with clinics.database.shared() as connection:
        connection.execute("delete from procrastinate_jobs")
    mail_help_request(_desk(clinics, MailServer(is_away=True)), **arguments)
    assert _waiting(clinics) == [arguments]
    assert _kept(clinics)[0].mailed_at is None


def test_where_nobody_gets_mail_it_is_kept_in_the_app(as_person: AsPerson, clinics: Clinics) -> None:
    give(msgspec.structs.replace(parts(), support_address=""))
    words = _words(_asked(as_person("front"), clinics, ""))
    assert _waiting(clinics) == []
    assert "kept here only" in words


def test_anybody_of_the_practice_says_how_it_stands_and_sees_who_did(as_person: AsPerson, clinics: Clinics) -> None:
    _asked(as_person("front"), clinics, "")
    [request] = _kept(clinics)
    address = f"{LIST}/{request.request_id}"
    assert as_person("reader").post(address, {"state": "closed"}).status_code == 403
    assert as_person("admin").post(address, {"state": "gone"}).status_code == 404
    words = _words(as_person("admin").post(address, {"state": "answered"}, follow=True))
    assert f"Marked as answered: {request.case_id}." in words
    assert "Answered Ana Admin , today" in words


def test_another_practices_request_does_not_exist(as_person: AsPerson, clinics: Clinics) -> None:
    _asked(as_person("front"), clinics, "")
    [request] = _kept(clinics)
    theirs = f"/p/juniper/help-requests/{request.request_id}"
    assert as_person("other-admin").post(theirs, {"state": "closed"}).status_code == 404
    assert request.case_id not in _words(as_person("other-admin").get("/p/juniper/help-requests"))


def test_the_note_is_sealed(as_person: AsPerson, clinics: Clinics) -> None:
    _asked(as_person("front"), clinics, "heliotrope")
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        row = transaction.execute("select note from help_request where practice_id = %s", (transaction.practice_id,))
        assert b"heliotrope" not in row.fetchall()[0][0]


def test_the_list_takes_few_questions_to_the_database(as_person: AsPerson, clinics: Clinics) -> None:
    front = as_person("front")
    for _ in range(3):
        _asked(front, clinics, "<script>alert(1)</script>")
    with counted_statements() as asked:
        page = front.get(LIST).content.decode()
    assert len(asked) <= 20, "\n".join(asked)
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada Quux called", "[name] [name] called"),
        ("write to ada@mail.example please", "write to [e-mail] please"),
        ("born 04/12/1990, or 1990-04-12", "born [date], or [date]"),
        ("born April 12, 1990", "born [date]"),
        ("call (555) 123-4567", "call [number]"),
        ("Mrs. Ferris is waiting", "[name] is waiting"),
        ("Check 2 stays red since 10:30", "Check 2 stays red since 10:30"),
        ("May I ask", "May I ask"),
    ],
)
def test_what_looks_like_patient_data_is_taken_out(typed: str, kept: str) -> None:
    assert scrubbed(typed, names=("Ada Quux",)) == kept


class MailServer:
    """The far side of the wire."""

    sender = "visitsync@practice.example"

    def __init__(self, *, is_away: bool = False) -> None:
        self.taken: list[EmailMessage] = []
        self._is_away = is_away

    def deliver(self, message: EmailMessage) -> None:
        if self._is_away:
            raise MailServerAway
        self.taken.append(message)


def _desk(clinics: Clinics, server: MailServer) -> HelpDesk:
    return HelpDesk(
        database=clinics.database,
        vault=clinics.vault,
        clock=clinics.clock,
        post=server,
        address="help@visitsync.example",
    )


def _asked(person: Client, clinics: Clinics, note: str) -> Any:
    return person.post(_new(clinics), {"note": note}, follow=True)


def _new(clinics: Clinics) -> str:
    person = "Percival Stokes"
    return _address_of(clinics, person).replace("/appointments/", "/help-requests/new/")


def _address_of(clinics: Clinics, person: str) -> str:
    assert person
    stage = clinics.sets["larkspur"]
    chart = next(one for one in stage.clinic.patients if f"{one.first_name} {one.last_name}" == person)
    booked = next(one for one in stage.clinic.appointments if one.patient_id == chart.id)
    connection = clinics.opened["larkspur"].connection_id
    return f"/p/larkspur/appointments/{connection}/{stage.app.vendor_id(booked.id)}"


def _kept(clinics: Clinics) -> list[HelpRequest]:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        return help_requests.latest(transaction, clinics.vault, at_most=9)


def _waiting(clinics: Clinics) -> list[dict[str, str]]:
    with clinics.database.shared() as connection:
        rows = connection.execute("select args from procrastinate_jobs where task_name = %s", (TASK,)).fetchall()
    return [row[0] for row in rows]


def _words(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:500]
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(unescape(text).split())
