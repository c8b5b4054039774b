"""The answer, as people of the practice get it: what to do, the checks, checking again, mending it here."""

import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.stage.clinic import Clinics
from tests.stage.counting import counted_statements
from tests.stage.show import answer_about
from tests.stage.working import chart_mended
from visitsync.storage import audit, practices
from visitsync.storage.audit_entry import Recorded
from visitsync.storage.practices import ConnectionState
from visitsync.sync.asked_checks import MOST_IN_A_WHILE

AsPerson = Callable[[str], Client]
Work = Callable[[], int]
PART = {"HX-Request": "true"}


def test_the_leading_reason_tells_what_to_do_who_can_and_by_when_it_works(
    as_person: AsPerson, clinics: Clinics
) -> None:
    words = _words(as_person("front").get(answer_about(clinics, "email-missing")))
    todo = words.split("What to do", 1)[1].split("The seven checks", 1)[0]
    assert "No e-mail on the record" in todo
    assert "Ask the patient for an e-mail address" in todo
    assert "The front desk can do this" in todo
    assert "Once that is done, it comes right by itself, by " in todo


def test_every_check_is_there_with_its_evidence_and_the_failing_ones_with_their_fix(
    as_person: AsPerson, clinics: Clinics
) -> None:
    words = _words(as_person("front").get(answer_about(clinics, "email-missing")))
    checks = words.split("The seven checks", 1)[1].split("What happened", 1)[0]
    assert checks.count("Fine:") + checks.count("To be fixed:") + checks.count("Waiting:") == 7
    failing = "The patient has a valid e-mail of their own E-mail on the record: none. No e-mail on the record"
    assert f"To be fixed: {failing}" in checks
    assert "Telemedicine" in checks.split("To be fixed:", 1)[0], "evidence of what was passed"


def test_r6_a_staff_members_address_leads_to_users(as_person: AsPerson, clinics: Clinics) -> None:
    page = as_person("front").get(answer_about(clinics, "email-is-staff")).content.decode()
    assert '<a class="button" href="/p/larkspur/users">Go to Users</a>' in page


def test_what_will_be_no_visit_has_nothing_to_be_fixed(as_person: AsPerson, clinics: Clinics) -> None:
    assert "to be fixed" not in _words(as_person("front").get(answer_about(clinics, "over")))


def test_what_the_patient_is_told_and_the_facts_for_the_call_are_there(as_person: AsPerson, clinics: Clinics) -> None:
    address = answer_about(clinics, "email-missing")
    words = _words(as_person("front").get(address))
    assert "What the patient would be told" in words
    assert f"Number {address.rsplit('/', 1)[1]} EMR DrChrono Booked as" in words
    assert "First read from DrChrono." in words


def test_what_is_not_this_practices_own_does_not_exist(as_person: AsPerson, clinics: Clinics) -> None:
    theirs = answer_about(clinics, "email-missing")
    assert as_person("other-admin").get(theirs.replace("larkspur", "juniper")).status_code == 404
    assert as_person("other-admin").post(_act("check", theirs).replace("larkspur", "juniper")).status_code == 404
    assert as_person("front").get(f"{theirs}0000").status_code == 404


@pytest.mark.parametrize("what", ["check", "test-visit", "household", "vote"])
def test_who_may_only_look_can_do_nothing(as_person: AsPerson, clinics: Clinics, what: str) -> None:
    address = answer_about(clinics, "email-missing")
    assert "Check again" not in _words(as_person("reader").get(address))
    assert as_person("reader").post(_act(what, address)).status_code == 403


def test_a_fix_in_the_emr_shows_at_once_when_it_is_checked_again(
    as_person: AsPerson, clinics: Clinics, work: Work
) -> None:
    front, address = as_person("front"), answer_about(clinics, "email-missing")
    with chart_mended(clinics, address, email="mended.by.phone@example.org"):
        began = _words(front.post(_act("check", address), headers=PART))
        assert "In the queue" in began or "Nobody is looking it up" in began
        assert work() == 1
    ended = front.get(_act("checking", address), headers=PART)
    assert ended.headers["HX-Retarget"] == "#answer"
    assert "Now: ready" in _words(ended)
    assert "The visit is there, and its provider sees it." in _words(front.get(address))
    assert "check-again" in {one.entry.act for one in _trail(clinics)}


def test_where_nothing_changed_that_is_said_and_no_script_is_needed(
    as_person: AsPerson, clinics: Clinics, work: Work
) -> None:
    front, address = as_person("front"), answer_about(clinics, "email-missing")
    assert front.post(_act("check", address)).headers["Location"] == address
    work()
    assert "Nothing has changed DrChrono shows the same as before." in _words(front.get(address))


def test_without_a_worker_it_says_that_nobody_looks(as_person: AsPerson, clinics: Clinics) -> None:
    front, address = as_person("front"), answer_about(clinics, "email-missing")
    front.post(_act("check", address))
    assert "Nobody is looking it up at the moment" in _words(front.get(address))


def test_an_emr_that_does_not_answer_is_named(as_person: AsPerson, clinics: Clinics, work: Work) -> None:
    front, address = as_person("front"), answer_about(clinics, "email-missing")
    faults = clinics.sets["larkspur"].app.faults
    faults.switch_on("outage", times=None, match="GET /api")
    try:
        front.post(_act("check", address))
        work()
    finally:
        faults.clear("outage")
    words = _words(front.get(address))
    assert "DrChrono is not answering" in words
    assert "Try again in a minute" in words or "It can be asked again" in words


def test_however_often_it_is_pressed_the_emr_is_asked_once(as_person: AsPerson, clinics: Clinics, work: Work) -> None:
    front, address = as_person("front"), answer_about(clinics, "email-missing")
    for _ in range(5):
        front.post(_act("check", address))
    assert work() == 1
    answer = front.post(_act("check", address), headers=PART)
    assert "You can try again in" in _words(answer)
    assert work() == 0


def test_many_appointments_of_one_connection_are_not_checked_all_at_once(
    as_person: AsPerson, clinics: Clinics, work: Work
) -> None:
    front = as_person("front")
    for address in _addresses(clinics, MOST_IN_A_WHILE + 3):
        front.post(_act("check", address))
    assert work() == MOST_IN_A_WHILE


def test_a_paused_connection_is_not_asked(as_person: AsPerson, clinics: Clinics, work: Work) -> None:
    front, address = as_person("front"), answer_about(clinics, "email-missing")
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        practices.change_state(transaction, opened.connection_id, ConnectionState.PAUSED)
    front.post(_act("check", address))
    assert work() == 0
    assert "Check again" not in _words(front.get(address))


def test_a_test_visit_is_declared_and_taken_back(as_person: AsPerson, clinics: Clinics) -> None:
    front, address = as_person("front"), answer_about(clinics, "email-missing")
    front.post(_act("test-visit", address), {"is": "test"})
    assert "Test visit" in _words(front.get(address))
    front.post(_act("test-visit", address), {"is": "real"})
    assert "It is no test after all" not in _words(front.get(address))


def test_patients_with_one_address_are_linked_as_a_household_here(as_person: AsPerson, clinics: Clinics) -> None:
    front, address = as_person("front"), answer_about(clinics, "email-shared")
    page = front.get(address).content.decode()
    relatives = re.findall(r'name="patient" value="([^"]+)"', page)
    assert relatives
    front.post(_act("household", address), {"patient": [*relatives, "999999"]})
    assert "Same family?" not in _words(front.get(address))


def test_an_admin_accepts_a_spelling_and_the_front_desk_cannot(as_person: AsPerson, clinics: Clinics) -> None:
    address = answer_about(clinics, "type-misspelt")
    assert "Accept this spelling" not in _words(as_person("front").get(address))
    assert as_person("front").post(_act("spelling", address)).status_code == 403
    admin = as_person("admin")
    assert "Accept this spelling" in _words(admin.get(address))
    admin.post(_act("spelling", address))
    assert "Looks like a misspelt" not in _words(admin.get(address))


def test_yes_is_counted_and_no_leads_to_asking_for_help(as_person: AsPerson, clinics: Clinics) -> None:
    front, address = as_person("front"), answer_about(clinics, "email-missing")
    assert front.post(_act("vote", address), {"helped": "yes"}).headers["Location"] == address
    assert 'aria-pressed="true"' in front.get(address).content.decode()
    assert "/help-requests/new/" in front.post(_act("vote", address), {"helped": "no"}).headers["Location"]
    assert "0 of 1 answers helped" in _words(front.get("/p/larkspur/help-requests"))


def test_every_view_is_in_the_trail(as_person: AsPerson, clinics: Clinics) -> None:
    address = answer_about(clinics, "email-missing")
    as_person("front").get(address)
    entry = _trail(clinics)[0].entry
    assert (entry.act, entry.object_id) == ("view-answer", address.rsplit("/", 1)[1])


def test_how_far_a_check_is_opened_by_itself_leads_to_the_whole_answer(as_person: AsPerson, clinics: Clinics) -> None:
    whole = answer_about(clinics, "email-missing")
    part = whole.replace("/appointments/", "/appointments/checking/")
    assert as_person("front").get(part).headers["Location"] == whole


def test_an_answer_takes_few_questions_to_the_database(as_person: AsPerson, clinics: Clinics) -> None:
    front, address = as_person("front"), answer_about(clinics, "email-missing")
    front.get(address)
    with counted_statements() as asked:
        front.get(address)
    assert len(asked) <= 30, "\n".join(asked)


def _addresses(clinics: Clinics, count: int) -> list[str]:
    opened = clinics.opened["larkspur"]
    with clinics.database.practice(opened.practice_id) as transaction:
        rows: Sequence[Any] = transaction.execute(
            """select connection_id, appointment_id from appointment
               where practice_id = %s and outcome = 'ready' limit %s""",
            (opened.practice_id, count),
        ).fetchall()
    assert len(rows) == count
    return [f"/p/larkspur/appointments/{connection}/{appointment}" for connection, appointment in rows]


def _act(what: str, address: str) -> str:
    return address.replace("/appointments/", f"/appointments/{what}/")


def _trail(clinics: Clinics) -> list[Recorded]:
    """The newest first."""
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        return sorted(audit.entries(transaction, clinics.vault), key=lambda one: -one.number)


def _words(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:500]
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(unescape(text).split())
