"""Saved answers of CareCloud that hold nothing for us say what they are, and parts of charts are not read as charts."""

import pytest

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors.carecloud.translate import TRANSLATOR

PART = '{"id":"7d1f","first_name":"ILSE","last_name":"MARROW","date_of_birth":"1990-02-03","chart_number":"9"}'
CHART = PART.replace('"chart_number"', '"email_address":null,"chart_number"')


@pytest.mark.parametrize(
    "body", ['[{"patient":' + PART + "}]", '{"patient":' + PART + "}", '{"patient":' + PART + ',"insurances":[]}']
)
def test_a_part_of_a_chart_is_not_read_as_a_chart_without_an_e_mail(body: str) -> None:
    with pytest.raises(AnswerUnreadable, match="read it by its id"):
        TRANSLATOR.page_from_file(body.encode())
    assert TRANSLATOR.page_from_file(body.replace(PART, CHART).encode()).kind is RecordKind.PATIENT


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{}", "none of"),
        ('{"fault":{"faultstring":"no such token"}}', "It has fault"),
        ('{"encounters":[{"id":1}]}', "It has encounters"),
        ('[{"appointment_template":{"id":1}}]', "It has appointment_template"),
        ('["Start date is no date"]', "none of"),
        ('"Not allowed"', "single text"),
        ("<html></html>", "HTML"),
        ("", "empty"),
    ],
)
def test_what_holds_nothing_for_us_says_what_it_is(body: str, told: str) -> None:
    with pytest.raises(AnswerUnreadable, match=told):
        TRANSLATOR.page_from_file(body.encode())
