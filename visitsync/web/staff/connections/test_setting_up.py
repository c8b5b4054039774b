"""Setting up step by step: what is entered is kept, what is forbidden is refused, and nothing begins by itself."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from tests.push.senders import listening
from tests.stage.clinic import Clinics
from tests.stage.unconnected import SENDS_WITHIN_SECONDS, Set, unconnected
from visitsync.storage import practice_settings, practices
from visitsync.storage.database import Transaction
from visitsync.storage.practices import ConnectionState, StoredConnection
from visitsync.sync.pipeline import sync

AsPerson = Callable[[str], Client]
NEW = "/p/larkspur/connections/new"
HOSTILE = "<script>alert(1)</script>‮" + "x" * 1_000


@pytest.fixture(scope="module")
def athena() -> Iterator[Set]:
    """A pretend athenahealth that nobody has connected yet."""
    stage = unconnected("athenahealth")
    with stage.server:
        yield stage


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com",
        "https://169.254.169.254/latest",
        "https://10.0.0.7/api",
        "https://user:secret@example.com",
        "https://[::ffff:10.0.0.1]/",
        "file:///etc/passwd",
        "gopher://example.com",
        "https://exa mple.com",
    ],
)
def test_an_address_that_requests_must_not_go_to_is_refused_with_the_reason(
    clinics: Clinics, proven: AsPerson, address: str
) -> None:
    client = proven("admin")
    step = _begun(client, "athenahealth")
    before = _new(clinics)
    answer = client.post(step, {"base_url": address, "credential-practice_id": "1", "credential-client_id": "a"})
    assert answer.status_code == 422
    assert "Requests and passwords only go to public https addresses." in answer.content.decode()
    assert _new(clinics).base_url == before.base_url


def test_nothing_is_asked_of_an_emr_before_its_first_reading_is_started(
    clinics: Clinics, proven: AsPerson, athena: Set
) -> None:
    client = proven("admin")
    step = _begun(client, "athenahealth")
    page = client.post(step, _form(athena), follow=True).content.decode()
    assert "It works" in page
    assert "We can sign in to athenahealth" in page
    assert _new(clinics).state is ConnectionState.PAUSED
    assert _count(clinics, "appointment") == 0


def test_what_was_done_is_still_there_when_somebody_comes_back(clinics: Clinics, proven: AsPerson, athena: Set) -> None:
    client = proven("admin")
    step = _begun(client, "athenahealth")
    client.post(step, _form(athena))
    marks = step.replace("access", "marks")
    listed = re.findall(r'name="value" value="([^"]+)"', client.get(marks).content.decode())
    client.post(marks, {"kind": "type", "value": listed[:2]})
    back = proven("operator").get(step.replace("/access", ""), follow=True)
    assert back.redirect_chain[-1][0].endswith("/set-up/places")
    assert _approved(clinics) == set(listed[:2])
    client.post(marks, {"kind": "type", "value": listed[1:2]})
    assert _approved(clinics) == set(listed[1:2])


def test_steps_after_the_access_wait_until_it_works(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    step = _begun(client, "athenahealth")
    for later in ("marks", "places", "providers", "reading"):
        assert client.get(step.replace("access", later))["Location"] == step
        assert client.post(step.replace("access", later))["Location"] == step
    assert client.get(step.replace("access", "sender")).status_code == 404
    assert client.get(step.replace("access", "elsewhere")).status_code == 404
    assert _new(clinics).state is ConnectionState.PAUSED


def test_credentials_that_do_not_work_are_said_to_be_so_and_asked_for_again(
    clinics: Clinics, proven: AsPerson, athena: Set
) -> None:
    client = proven("admin")
    step = _begun(client, "athenahealth")
    answer = client.post(step, _form(athena) | {"credential-client_secret": "wrong-secret"}, follow=True)
    page = answer.content.decode()
    assert "We cannot sign in to athenahealth" in page
    assert "wrong-secret" not in page
    assert "Continue" not in page


def test_a_setting_that_the_emr_does_not_have_in_that_form_is_refused(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    answer = client.post(_begun(client, "athenahealth"), {"base_url": "", "setting-window_days": "a fortnight"})
    assert answer.status_code == 422
    assert "only one of" in answer.content.decode()


def test_a_set_up_that_was_never_tried_can_be_removed_and_one_that_works_cannot(
    clinics: Clinics, proven: AsPerson, athena: Set
) -> None:
    client = proven("admin")
    step = _begun(client, "athenahealth")
    client.post(step.replace("access", "remove"))
    assert client.get(step).status_code == 404
    step = _begun(client, "athenahealth")
    client.post(step, _form(athena))
    assert "Pause it instead" in client.post(step.replace("access", "remove"), follow=True).content.decode()
    assert client.get(step).status_code == 200


def test_a_connection_that_is_set_up_has_no_steps_any_more(clinics: Clinics, proven: AsPerson) -> None:
    connection = clinics.opened["larkspur"].connection_id
    for step in ("access", "marks", "reading"):
        answer = proven("admin").post(f"/p/larkspur/connections/{connection}/set-up/{step}", {"finish": "1"})
        assert answer["Location"] == f"/p/larkspur/connections/{connection}"


def test_whatever_is_typed_is_shown_as_text(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    step = _begun(client, "hl7v2")
    client.post(step, {})
    sender = step.replace("access", "sender")
    page = client.post(sender, {"name": HOSTILE, "network": "203.0.113.7"}, follow=True).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    refused = client.post(sender, {"name": HOSTILE, "network": HOSTILE})
    assert refused.status_code == 422
    assert "<script>alert" not in refused.content.decode()


def test_a_sender_is_let_in_for_this_practice_only_and_sent_away_again(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    step = _begun(client, "hl7v2")
    client.post(step, {})
    sender = step.replace("access", "sender")
    page = client.post(sender, {"name": "Engine", "network": "203.0.113.7"}, follow=True).content.decode()
    assert "203.0.113.7" in page
    assert _new(clinics).state is ConnectionState.ACTIVE
    other = proven("other-admin")
    theirs = _begun(other, "hl7v2", "juniper")
    other.post(theirs, {})
    found = re.search(r'name="remove" value="([^"]+)"', page)
    assert found is not None
    other.post(theirs.replace("access", "sender"), {"remove": found[1]})
    assert "203.0.113.7/32" in client.get(sender).content.decode()
    client.post(sender, {"remove": found[1]})
    assert "203.0.113.7/32" not in client.get(sender).content.decode()


def test_a_listener_that_does_not_run_is_told(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    step = _begun(client, "hl7v2")
    client.post(step, {})
    sender = step.replace("access", "sender")
    assert "Nobody may send yet" in client.get(sender).content.decode()
    client.post(sender, {"name": "Engine", "network": "203.0.113.7"})
    assert "Our listener does not run" in client.get(sender).content.decode()


def test_the_first_message_of_an_emr_that_pushes_shows_while_one_waits(
    clinics: Clinics, proven: AsPerson, tmp_path: Path
) -> None:
    client = proven("admin")
    stage = unconnected("greenway_intergy")
    with stage.server, listening(clinics.database, clinics.vault, tmp_path, clock=clinics.clock) as listener:
        step = _begun(client, "greenway_intergy")
        assert "It works" in client.post(step, _form(stage), follow=True).content.decode()
        sender = step.replace("access", "sender")
        client.post(sender, {"name": "Intergy", "network": "127.0.0.1", "port": str(listener.port)})
        assert "Waiting for it" in client.get(sender, headers={"HX-Request": "true"}).content.decode()
        stage.app.controls()["target"]({"address": f"127.0.0.1:{listener.port}"})
        ends = time.monotonic() + SENDS_WITHIN_SECONDS
        while "Waiting for it" in (heard := client.get(sender, headers={"HX-Request": "true"}).content.decode()):
            assert time.monotonic() < ends, heard
            time.sleep(0.2)
        stage.wait_until_all_is_sent()
    assert re.search(r"\d+ messages? came", heard)
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        identity = _id(transaction)
    sync(clinics.engine.link(clinics.practice_id("larkspur"), identity))
    client.post(sender, {"onward": "1"})
    marks = client.get(step.replace("access", "marks")).content.decode()
    assert 'name="value"' in marks, "what messages named can be chosen"
    assert "This was found" in client.get(step.replace("access", "reading")).content.decode()


def test_who_may_send_is_changed_after_the_set_up_too(clinics: Clinics, proven: AsPerson) -> None:
    client = proven("admin")
    step = _begun(client, "hl7v2")
    client.post(step, {})
    reading = step.replace("access", "reading")
    client.post(reading, {"finish": "1"})
    assert client.get(reading).status_code == 200, "nothing is finished that was not begun"
    client.post(reading)
    client.post(reading, {"finish": "1"})
    client.post(step.replace("set-up/access", "pause"), {"reason": "x"})
    sender = step.replace("access", "sender")
    page = client.post(sender, {"name": "Engine", "network": "203.0.113.9"}, follow=True).content.decode()
    assert "203.0.113.9/32" in page
    assert 'aria-label="Steps"' not in page
    assert _new(clinics).state is ConnectionState.PAUSED, "letting a sender in resumes nothing"
    assert client.post(sender, {"onward": "1"})["Location"] == step.replace("/set-up/access", "")


def _begun(client: Client, emr: str, slug: str = "larkspur") -> str:
    """The address of the first step of a new connection."""
    return str(client.post(f"/p/{slug}/connections/new", {"emr": emr})["Location"])


def _form(stage: Set) -> dict[str, str]:
    given = {f"credential-{name}": value for name, value in stage.credentials.items()}
    return given | {"base_url": stage.base_url, "setting-requests_per_second": "100"}


def _new(clinics: Clinics) -> StoredConnection:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        return practices.connections(transaction)[-1]


def _approved(clinics: Clinics) -> set[str]:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        return {one.value for one in practice_settings.approvals(transaction, _id(transaction))}


def _id(transaction: Transaction) -> UUID:
    return practices.connections(transaction)[-1].connection_id


def _count(clinics: Clinics, table: str) -> int:
    with clinics.database.practice(clinics.practice_id("larkspur")) as transaction:
        row = transaction.execute(
            f"select count(*) from {table} where practice_id = %s and connection_id = %s".encode(),
            (transaction.practice_id, _id(transaction)),
        ).fetchone()
    assert row is not None
    return int(row[0])
