"""Saved answers of Prime Suite are found in the wrappers of its platform, or say what they are instead."""

import pytest

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import RawRecord
from visitsync.connectors.greenway_prime_suite.fixtures import NEW_YORK, saved
from visitsync.connectors.greenway_prime_suite.translate import TRANSLATOR


@pytest.mark.parametrize("name", ["d", "PatientListGetResult"])
@pytest.mark.parametrize("fixture", ["schedule.json", "demographics.json"])
def test_an_answer_is_the_same_in_a_wrapper(name: str, fixture: str) -> None:
    bare = TRANSLATOR.split(TRANSLATOR.page_from_file(saved(fixture)))
    wrapped = TRANSLATOR.split(TRANSLATOR.page_from_file(b'{"%s":%s}' % (name.encode(), saved(fixture).strip())))
    assert [each.id for each in wrapped] == [each.id for each in bare]
    assert {each.kind for each in wrapped} == {each.kind for each in bare}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"Visits":[{"PatientID":4411,"VisitID":8}]}', "It has Visits"),
        ('{"PatientID":4411,"Problems":[{"Name":"Hay fever"}]}', "It has PatientID, Problems"),
        ('{"CareProviders":[]}', "It has CareProviders"),
        ('"No such user"', "single text"),
        ("Developer Inactive", "no JSON"),
        ("", "empty"),
    ],
)
def test_what_holds_nothing_for_us_says_what_it_is(body: str, told: str) -> None:
    with pytest.raises(AnswerUnreadable, match=told):
        TRANSLATOR.page_from_file(body.encode())


def test_the_time_that_makes_no_sense_is_named() -> None:
    row = b'{"AppointmentID":5,"ScheduleDate":"11/17/2026","StartTime":null,"AppointmentTime":"noon","Type":null,'
    row += b'"Resource":null,"Visit":null,"Tracking":null,"Patient":null}'
    (found,) = TRANSLATOR.split(TRANSLATOR.page_from_file(row))
    assert isinstance(found, RawRecord)
    with pytest.raises(RecordUnreadable, match="ScheduleDate and AppointmentTime"):
        TRANSLATOR.appointment(found, NEW_YORK)
