"""Saved answers of athenahealth that hold nothing for us say what they are, so that the right one can be saved."""

import pytest

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.pages import RecordKind
from visitsync.connectors.athenahealth.translate import TRANSLATOR

FREE = '{"date":"12/01/2026","appointmentid":"771","departmentid":"31","starttime":"09:00","reasonid":["-1"]}'


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"totalcount":2,"appointments":[' + FREE + "]}", "free times"),
        (f"[{FREE}]", "free times"),
        ('{"totalcount":1,"waitlistentries":[{"waitlistid":8,"patientid":5,"departmentid":31}]}', "wait list"),
        ('[{"appointmentreminderid":61,"patientid":5,"departmentid":31,"approximatedate":"12/01/2026"}]', "reminders"),
        ('{"patientappointmentreasons":[{"reasonid":9,"reason":"Cough"}]}', "reasons"),
        ('{"encounters":[{"encounterid":4,"appointmentid":771,"departmentid":31}]}', "encounters"),
        ('{"requestUri":"https://x","responseBody":"{}","status":{"code":400}}', "responseBody"),
        ('{"appointmentids":{"771":"09:00"}}', "It has appointmentids"),
        ("<h1>Developer Inactive</h1>", "gateway"),
        ("", "empty"),
    ],
)
def test_what_holds_nothing_for_us_says_what_it_is(body: str, told: str) -> None:
    with pytest.raises(AnswerUnreadable, match=told):
        TRANSLATOR.page_from_file(body.encode())


def test_an_open_slot_that_says_so_and_an_empty_list_are_no_free_times() -> None:
    slot = FREE.replace('"reasonid"', '"appointmentstatus":"o","reasonid"')
    for body in ('{"appointments":[' + slot + "]}", '{"totalcount":0,"appointments":[]}'):
        assert TRANSLATOR.page_from_file(body.encode()).kind is RecordKind.APPOINTMENT
