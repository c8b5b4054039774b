"""Saved answers and deliveries of DrChrono that hold nothing for us say what they are, and are read as nothing else."""

import pytest

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors.drchrono.translate import TRANSLATOR

DIAGNOSIS = '{"receiver":{"id":77},"object":{"id":91,"patient":5550031,"doctor":40011,"name":"Hay fever"}}'
SUMMARY = '{"id":5550031,"chart_id":"FEOR000001","first_name":"Oriel","last_name":"Fen","date_of_birth":"1990-02-03"}'


@pytest.mark.parametrize("event", ["PATIENT_PROBLEM_CREATE", "PATIENT_ALLERGY_MODIFY", "APPOINTMENT_NOTE_DELETE"])
def test_what_is_filed_under_a_patient_is_not_read_as_the_patient(event: str) -> None:
    with pytest.raises(AnswerUnreadable, match="none of"):
        TRANSLATOR.page_from_file(f"POST / HTTP/1.1\r\nX-drchrono-event: {event}\r\n\r\n{DIAGNOSIS}".encode())


def test_the_event_of_a_patient_is_told_from_the_head_alone() -> None:
    head = "POST / HTTP/1.1\r\nX-Drchrono-Event:PATIENT_CREATE\r\nAccept: */*\r\n\r\n"
    whole = '{"receiver":{"id":77},"object":{"id":5550031,"first_name":"Oriel","email":""}}'
    assert TRANSLATOR.page_from_file((head + whole).encode()).kind is RecordKind.PATIENT
    with pytest.raises(AnswerUnreadable, match="a part of patients"):
        TRANSLATOR.page_from_file((head + whole.replace(',"email":""', "")).encode())


@pytest.mark.parametrize("body", [SUMMARY, f"[{SUMMARY}]", '{"results":[' + SUMMARY + "]}"])
def test_a_summary_of_patients_is_not_read_as_patients_without_an_e_mail(body: str) -> None:
    with pytest.raises(AnswerUnreadable, match="/api/patients"):
        TRANSLATOR.page_from_file(body.encode())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"results":[{"id":1,"patient":5,"icd_code":"J30"}]}', "It has id, patient, icd_code"),
        ('{"results":[{"appointment":"8","coverage_details":{},"patient":5}]}', "coverage_details"),
        ('{"scheduled_time":["This field is required."],"office":["Unknown."]}', "refusal.*scheduled_time, office"),
        ('[{"id":1,"username":"oriel","permissions":{},"timezone":"US/Eastern"}]', "This is a user"),
        ('["Name a doctor or a date."]', "sentences"),
        ('{"access_token":"t","expires_in":1}', "sign-in"),
        ('{"secret_token":"t"}', "It has secret_token"),
        ("<!DOCTYPE html><html></html>", "HTML"),
        ("", "empty"),
    ],
)
def test_what_holds_nothing_for_us_says_what_it_is(body: str, told: str) -> None:
    with pytest.raises(AnswerUnreadable, match=told):
        TRANSLATOR.page_from_file(body.encode())
