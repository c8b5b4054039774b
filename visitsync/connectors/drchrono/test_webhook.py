"""DrChrono's webhooks: who may knock, and what a knock is worth."""

import hashlib
import hmac
from pathlib import Path

import msgspec
import pytest

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors.drchrono.webhook import challenge_answer, is_genuine, read_hint

SECRET = "a-secret-of-nobody"
BODY = (Path(__file__).parent / "fixtures" / "webhook_delivery.json").read_bytes()
DIGEST = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()


def headers(event: str = "APPOINTMENT_MODIFY", **more: str) -> dict[str, str]:
    return {"x-drchrono-event": event, "x-drchrono-delivery": "990017", **more}


def a_body(**thing: object) -> bytes:
    return msgspec.json.encode({"receiver": {}, "object": thing})


def test_the_handshake_answers_with_a_digest_of_the_message_alone() -> None:
    expected = hmac.new(SECRET.encode(), b"r4nd0m", hashlib.sha256).hexdigest()
    assert challenge_answer("r4nd0m", SECRET) == {"secret_token": expected}


@pytest.mark.parametrize("message", ["", "x" * 2000])
def test_a_handshake_without_a_usable_message_is_not_answered(message: str) -> None:
    assert challenge_answer(message, SECRET) is None


def test_a_handshake_never_gives_the_message_back() -> None:
    answer = challenge_answer("<script>alert(1)</script>\udcff", SECRET)
    assert answer is not None
    assert "script" not in str(answer)


def test_the_secret_itself_is_the_signature() -> None:
    assert is_genuine({"x-drchrono-signature": SECRET}, BODY, [SECRET])


def test_while_a_secret_is_changed_both_are_good() -> None:
    for secret in (SECRET, "the-new-one"):
        assert is_genuine({"x-drchrono-signature": secret}, BODY, [SECRET, "the-new-one"])


def test_a_digest_of_the_raw_body_is_good_only_where_it_is_accepted() -> None:
    signed = {"x-drchrono-signature": DIGEST}
    assert is_genuine(signed, BODY, [SECRET], accepts_digest=True)
    assert not is_genuine(signed, BODY, [SECRET])
    assert not is_genuine(signed, BODY + b" ", [SECRET], accepts_digest=True)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "wrong",
        SECRET[:-1],
        SECRET.upper(),
        f" {SECRET}",
        f"sha1={DIGEST}",
        f"sha256={DIGEST}",
        DIGEST.upper(),
        "\udcff",
    ],
)
def test_any_other_signature_is_none(signature: str) -> None:
    assert not is_genuine({"x-drchrono-signature": signature}, BODY, [SECRET], accepts_digest=True)


def test_no_signature_no_secret_no_entry() -> None:
    assert not is_genuine({}, BODY, [SECRET], accepts_digest=True)
    assert not is_genuine({"x-drchrono-signature": ""}, BODY, [""], accepts_digest=True)
    assert not is_genuine({"x-drchrono-signature": ""}, BODY, [])


def test_a_delivery_is_a_hint_where_to_look_and_nothing_more() -> None:
    hint = read_hint(headers(), BODY)
    assert (hint.kind, hint.record_id, hint.doctor_id, hint.office_id) == (
        RecordKind.APPOINTMENT,
        "61200351",
        "40011",
        "7002",
    )
    assert (hint.event, hint.delivery_id) == ("APPOINTMENT_MODIFY", "990017")


def test_forged_values_have_no_effect_on_the_hint() -> None:
    honest = read_hint(headers(), a_body(id="7", doctor=1, office=2, status="", patient=3))
    forged = read_hint(headers(), a_body(id="7", doctor=1, office=2, status="Cancelled", patient=9, deleted_flag=True))
    assert honest == forged


@pytest.mark.parametrize("event", ["APPOINTMENT_CREATE", "APPOINTMENT_DELETE", "appointment_modify", "PATIENT_CREATE"])
def test_events_about_appointments_and_patients_are_hints(event: str) -> None:
    assert read_hint(headers(event), a_body(id=5)).record_id == "5"


@pytest.mark.parametrize(
    "event",
    ["PING", "", "PATIENT_PROBLEM_CREATE", "PATIENT_FLAG_CMODIFY", "TASK_MODIFY", "CLINICAL_NOTE_LOCK", "x" * 500],
)
def test_other_events_are_no_hints_and_no_errors(event: str) -> None:
    assert read_hint(headers(event), b'{"receiver": {}}').kind is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"receiver": {}}', b'{"object": 5}', b'{"object": {"id": {}}}'])
def test_a_body_that_is_no_delivery_is_refused(body: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        read_hint(headers(), body)


def test_an_id_given_twice_is_refused() -> None:
    with pytest.raises(AnswerUnreadable):
        read_hint(headers(), b'{"receiver": {}, "object": {"id": "1", "id": "2"}}')


def test_a_delivery_without_a_number_is_known_by_its_bytes() -> None:
    bare = {"x-drchrono-event": "APPOINTMENT_MODIFY"}
    first, again, other = read_hint(bare, BODY), read_hint(bare, BODY), read_hint(bare, BODY + b" ")
    assert first.delivery_id == again.delivery_id != other.delivery_id
