"""Trials of what senders are answered: good, refused on purpose, in both modes, never with a patient in it."""

import msgspec
import pytest

from visitsync.connector_kit.hl7v2.profile import GENERIC
from visitsync.connector_kit.hl7v2.sample import NOW, adt, header, received, siu


def answer(body: bytes, **settings: str) -> list[list[str]]:
    """The segments of the answer, each by fields."""
    return [line.split("|") for line in received(body, **settings).answer.decode().rstrip("\r").split("\r")]


def test_a_good_message_is_answered_with_sender_and_receiver_swapped() -> None:
    body = siu(msh={5: "VISITSYNC", 6: "CLOUD", 11: "P", 12: "2.5.1"})
    head, verdict = answer(body)
    assert head == [
        "MSH", "^~\\&", "VISITSYNC", "CLOUD", "CADENZA", "HOLLOW", "20261019141300.000-0400", "", "ACK^S12^ACK", "VS1",
        "P", "2.5.1",
    ]  # fmt: skip
    assert verdict == ["MSA", "AA", "M1"]


@pytest.mark.parametrize(
    ("version", "kind"), [("2.3", "ACK"), ("2.3.1", "ACK^S12^ACK"), ("2.5", "ACK^S12^ACK"), ("", "ACK")]
)
def test_the_answer_is_of_the_messages_version(version: str, kind: str) -> None:
    assert answer(siu(msh={12: version}))[0][8] == kind


def test_a_rule_that_blocks_a_visit_is_no_reason_to_refuse() -> None:
    no_email = received(siu(pid={1: "1", 3: "8801", 5: "Okonkwo"}))
    no_start = received(siu("S12", "NTE|1", sch={11: ""}))
    assert no_email.refusal == no_start.refusal == ""
    assert no_email.page is not None
    assert no_start.page is not None


@pytest.mark.parametrize(
    ("body", "code", "location", "number"),
    [
        (siu(sch={1: "", 2: ""}), "AE", "SCH^1^2", "101"),
        (siu().replace(b"\rSCH", b"\rXCH"), "AE", "SCH^1", "100"),
        (siu(pid={1: "1", 5: "Okonkwo^Adaeze"}), "AE", "PID^1^3", "101"),
        (siu(sch={8: "20", 9: "MIN", 10: "^^20^20261022093000", 11: ""}), "AE", "SCH^1^10", "102"),
        (adt(pid={3: ""}), "AE", "PID^1^3", "101"),
        (adt().replace(b"\rPID", b"\rXID"), "AE", "PID^1", "100"),
        (adt("A40"), "AE", "MRG^1", "100"),
        (adt("A40", "MRG|"), "AE", "MRG^1^1", "101"),
        (siu(msh={9: "ORU^R01"}), "AR", "MSH^1^9^1^1", "200"),
        (siu("S99"), "AR", "MSH^1^9^1^2", "201"),
        (adt("A99"), "AR", "MSH^1^9^1^2", "201"),
        (siu(msh={11: "T"}), "AR", "MSH^1^11", "202"),
        (siu(msh={11: "D"}), "AR", "MSH^1^11", "202"),
        (siu(msh={12: "3.0"}), "AR", "MSH^1^12", "203"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_its_code(body: bytes, code: str, location: str, number: str) -> None:
    reception = received(body)
    assert reception.page is None
    assert reception.refusal
    _, verdict, error = answer(body)
    assert verdict[:3] == ["MSA", code, "M1"]
    assert (error[2], error[3].split("^")[0], error[4]) == (location, number, "E")
    assert "Okonkwo" not in reception.answer.decode() + reception.refusal


def test_before_version_2_5_an_answer_has_no_error_segment() -> None:
    assert len(answer(siu(msh={12: "2.4"}, sch={1: "", 2: ""}))) == 2


@pytest.mark.parametrize("body", [b"", b"GET / HTTP/1.0", b"MSH", b"\x00\x01", b"PID|1||5", b"MSHXYZ" * 100])
def test_what_is_no_message_is_refused_without_its_number(body: bytes) -> None:
    reception = received(body)
    assert (reception.page, bool(reception.refusal)) == (None, True)
    head, verdict = answer(body)
    assert head[0] == "MSH"
    assert verdict[:3] == ["MSA", "AE", ""]


@pytest.mark.parametrize(
    "body", [siu("S23"), siu("S24", pid=None), siu("S27"), adt("A37"), adt("A24"), adt("A43"), adt("A23"), adt("A02")]
)
def test_what_concerns_nobody_is_accepted_and_not_kept(body: bytes) -> None:
    reception = received(body)
    assert (reception.page, reception.refusal) == (None, "")
    assert answer(body)[1][1] == "AA"


def test_broadcasts_are_taken_in_where_that_is_set() -> None:
    assert received(siu("S27"), broadcasts="read").page is not None


def test_a_message_without_a_number_is_answered_without_one() -> None:
    assert answer(siu(msh={10: ""}))[1] == ["MSA", "AA", ""]


def test_test_messages_are_taken_where_that_is_set() -> None:
    assert received(siu(msh={11: "T"}), processing_ids="P, T").page is not None
    assert received(siu(msh={11: ""}), processing_ids="P, T").page is not None
    assert received(siu(msh={11: "P^T"})).page is not None


@pytest.mark.parametrize("number", ["0", "-1", "17"])
def test_a_sequence_number_does_no_harm(number: str) -> None:
    assert received(siu(msh={13: number})).page is not None


@pytest.mark.parametrize(
    ("accept", "application", "good", "bad"),
    [
        ("", "", "CA", "CE"),
        ("AL", "NE", "CA", "CE"),
        ("NE", "NE", "", ""),
        ("ER", "NE", "", "CE"),
        ("SU", "NE", "CA", ""),
        ("NE", "AL", "AA", "AE"),
        ("NE", "ER", "", "AE"),
    ],
)
def test_a_strict_sender_is_answered_as_it_asks(accept: str, application: str, good: str, bad: str) -> None:
    asks = {15: accept, 16: application}
    for body, code in ((siu(msh=asks), good), (siu(msh=asks, sch={1: "", 2: ""}), bad)):
        told = received(body, ack_mode="enhanced").answer
        assert (told.decode().split("\r")[1].split("|")[1] if told else "") == code
    assert answer(siu(msh=asks))[1][1] == "AA"  # the usual mode


def test_an_answer_is_never_answered() -> None:
    reception = received(header("S12", kind="ACK").encode() + b"\rMSA|AA|VS1")
    assert (reception.answer, reception.page, reception.refusal) == (b"", None, "")


def test_the_same_bytes_are_the_same_delivery_and_a_reused_number_is_another() -> None:
    first, again = received(siu()), received(siu())
    other = received(siu("S15"))
    assert first.delivery_id == again.delivery_id
    assert first.delivery_id != other.delivery_id
    assert len({received(body).delivery_id for body in (b"x", b"y")}) == 2


def test_a_batch_is_answered_message_by_message() -> None:
    batch = b"BHS|^~\\&\r" + siu() + siu(sch={1: "", 2: ""}, msh={10: "M2"}) + adt(msh={10: "M3"}) + b"BTS|3\r"
    reception = received(batch)
    assert reception.page is not None
    assert reception.page.body.count(b"MSH|") == 2
    answers = [line.split("|") for line in reception.answer.decode().split("\r")]
    assert [each[1:3] for each in answers if each[0] == "MSA"] == [["AA", "M1"], ["AE", "M2"], ["AA", "M3"]]
    assert len({each[9] for each in answers if each[0] == "MSH"}) == 3


def test_answers_use_the_delimiters_of_the_message() -> None:
    body = siu().replace(b"^", b"!").replace(b"~", b"%").replace(b"|", b"$")
    assert received(body).answer.startswith(b"MSH$!%\\&$")


def test_the_time_of_sending_is_told_and_a_clock_ahead_is_not_believed() -> None:
    assert received(siu()).sent_at == NOW.replace(minute=12, second=5)
    assert received(siu(msh={7: "20270101000000"})).sent_at == NOW
    assert received(siu(msh={7: ""})).sent_at == NOW
    assert received(siu(msh={7: "20261019191205+0100"})).sent_at == NOW.replace(minute=12, second=5)


def test_settings_that_names_depend_on_ride_along() -> None:
    page = received(siu(), namespace="none", type_places="SCH-7").page
    assert page is not None
    assert page.asked["namespace"] == "none"
    assert page.asked["arrived"] == NOW.isoformat()


def test_a_write_in_is_taken_where_the_sender_has_them() -> None:
    profile = msgspec.structs.replace(GENERIC, without_patient_id="write-in")
    assert received(siu(pid={1: "1", 5: "HOLD"}), profile).page is not None
    assert received(siu(pid={1: "1", 5: "HOLD"})).page is None
