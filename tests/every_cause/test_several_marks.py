"""Practices that mark telemedicine in several places: what does not agree is named, mark by mark."""

from datetime import timedelta

import pytest

from tests.every_cause.conftest import OpenPractice
from tests.every_cause.practice import EMRS, Practice, codes_of
from tests.every_cause.told import word
from tests.every_cause.walked import walks
from tests.nothing_lost.vendors import VENDORS
from visitsync.domain.appointment import MarkKind
from visitsync.simulator_kit.staging import OFFICE_VISIT, TELEMEDICINE, VIRTUAL_LOCATION, a_booking

SOON = timedelta(minutes=5)


def _stage(practice: Practice, name: str) -> int:
    appointment_id: int = practice.house.vendor.module.SCENARIOS[name].provoke(practice.clinic)
    return appointment_id


def _fix(practice: Practice, name: str, appointment_id: int) -> None:
    practice.house.vendor.module.SCENARIOS[name].fix(practice.clinic, appointment_id)
    practice.later(SOON)


@pytest.mark.parametrize("emr", EMRS)
@walks("condition-not-met")
def test_a6_the_right_type_in_the_wrong_place_says_which_place_it_must_be(
    emr: str, open_practice: OpenPractice
) -> None:
    practice, place = open_practice(emr), word(VENDORS[emr], "location")
    practice.approve(VIRTUAL_LOCATION, kind=MarkKind.LOCATION)
    booked = _stage(practice, "A6")
    practice.sync()
    answer = practice.why(booked)
    [words] = answer.explanations
    assert (answer.outcome, words.code, words.owner) == ("needs_fix", "condition-not-met", "front desk")
    assert f"its {place} is “Main Street”; it must be Virtual Care" in words.sentence
    assert f"the {place} of" in words.fix or f"its {place} to Virtual Care" in words.fix
    _fix(practice, "A6", booked)
    assert (practice.why(booked).outcome, practice.codes(booked)) == ("ready", [])


@walks("condition-not-met")
def test_a6_a_profile_that_says_video_and_a_reason_that_does_not_disagree(open_practice: OpenPractice) -> None:
    practice = open_practice("drchrono")
    practice.approve(TELEMEDICINE, kind=MarkKind.REASON)
    booked = _stage(practice, "A6-reason")
    practice.sync()
    [words] = practice.why(booked).explanations
    assert words.code == "condition-not-met"
    assert "its reason is “Office Visit”; it must be Telemedicine Visit" in words.sentence
    _fix(practice, "A6-reason", booked)
    assert practice.codes(booked) == []


@walks("type-misspelt", "nothing-marks-it", "type-not-approved")
def test_a7_where_any_mark_will_do_each_of_them_is_asked_for(open_practice: OpenPractice) -> None:
    practice = open_practice("drchrono", settings={"agreement": "any"})
    practice.approve(TELEMEDICINE, kind=MarkKind.REASON)
    by_reason, misspelt, unmarked = (_stage(practice, name) for name in ("ready-by-reason", "A2-reason", "A7"))
    practice.sync()
    assert (practice.why(by_reason).outcome, practice.codes(by_reason)) == ("ready", [])
    [near] = practice.why(misspelt).explanations
    assert near.code == "type-misspelt"
    assert near.title == "Looks like a misspelt telemedicine reason"
    nothing = practice.why(unmarked)
    assert codes_of(nothing) == ["nothing-marks-it"]
    assert "has no appointment profile or reason" in nothing.explanations[0].sentence
    for name, booked in (("A2-reason", misspelt), ("A7", unmarked)):
        _fix(practice, name, booked)
        assert practice.why(booked).outcome == "ready"


@pytest.mark.parametrize("emr", EMRS)
@walks("no-types-approved", "video-in-note")
def test_a3_a_practice_that_approved_nothing_yet_is_told_so_and_what_speaks_of_video_stands_out(
    emr: str, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    practice.withdraw(TELEMEDICINE)
    booked, office = a_booking(practice.clinic).id, _stage(practice, "A1")
    practice.sync()
    answer = practice.why(booked)
    assert (answer.outcome, codes_of(answer)) == ("needs_fix", ["video-in-note", "no-types-approved"])
    assert practice.codes(office)[-1] == "no-types-approved"
    practice.approve(TELEMEDICINE)
    practice.later(SOON)
    assert practice.why(booked).outcome == "ready"
    assert practice.codes(office) == ["type-not-approved"]
    assert OFFICE_VISIT in practice.why(office).booked_as
