"""Appointments that are moved, rebooked, deleted, edited in series, or gone before anybody saw them; and groups."""

from datetime import timedelta

import pytest

from tests.every_cause.conftest import OpenPractice
from tests.every_cause.practice import EMRS, Practice, codes_of
from tests.every_cause.told import told_by, word
from tests.every_cause.walked import walks
from tests.nothing_lost.vendors import VENDORS
from visitsync.connector_kit.pages import RecordKind
from visitsync.simulator_kit.scenarios import SCENARIOS
from visitsync.simulator_kit.staging import OFFICE_VISIT, TELEMEDICINE, a_booking, the_type
from visitsync.sync.hints import Hint, receive, take_hints

SOON, A_DAY = timedelta(minutes=5), timedelta(hours=25)
each_emr = pytest.mark.parametrize("emr", EMRS)


@each_emr
@walks("no-longer-listed", "deleted-in-emr")
def test_f9_a_deletion_that_nothing_announces_is_told_in_two_steps(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = a_booking(practice.clinic, in_days=4).id
    for _ in range(9):
        a_booking(practice.clinic, in_days=4)
    practice.sync()
    assert practice.why(booked).outcome == "ready"
    practice.clinic.delete(booked)
    practice.later(A_DAY)
    answer = practice.why(booked)
    [words] = answer.explanations
    assert (answer.outcome, words.code, words.owner) == ("ready", "no-longer-listed", "front desk")
    assert f"A complete reading of {practice.name_of_emr}'s schedule no longer showed it (today" in words.sentence
    practice.later(A_DAY)
    answer = practice.why(booked)
    [words] = answer.explanations
    assert (answer.outcome, words.code) == ("cancelled", "deleted-in-emr")
    assert f"It was {word(VENDORS[emr], 'gone')}." in words.sentence
    assert "Does the patient know?" in words.fix
    assert answer.visit is not None
    assert answer.visit.state == "cancelled"


@walks("deleted-in-emr")
def test_f1_where_cancelled_rows_vanish_nobody_is_told_that_it_was_not_cancelled(open_practice: OpenPractice) -> None:
    practice = open_practice("greenway_prime_suite", cancellations="vanish")
    booked, *_ = [a_booking(practice.clinic, in_days=4).id for _ in range(10)]
    practice.sync()
    practice.clinic.cancel(booked)
    for _ in range(2):
        practice.later(A_DAY)
    answer = practice.why(booked)
    [words] = answer.explanations
    assert (answer.outcome, words.code) == ("cancelled", "deleted-in-emr")
    assert words.title == "No longer in Greenway Prime Suite"
    assert words.sentence.endswith("schedule. It was cancelled or deleted there.")


@each_emr
def test_f5_editing_a_series_takes_the_visit_away_and_the_history_says_when(
    emr: str, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    booked = _a_series(practice)
    before = practice.why(booked)
    assert before.outcome == "ready"
    practice.clinic.retype(booked, the_type(practice.clinic, OFFICE_VISIT).id)
    practice.later(SOON)
    after = practice.why(booked)
    assert after.outcome == "not_telemedicine"
    assert set(codes_of(after)) <= {"type-not-approved", "mark-taken-away"}, "touched, it may have another number"
    [answer] = practice.ask(before.appointment_id).answers
    judged = [event.outcome for event in answer.history if event.what == "judged"]
    assert judged[-2] == "ready"
    assert judged[-1] in {"not_telemedicine", "cancelled"}, "where a touched occurrence gets another number"
    assert answer.history[-1].what == "visit cancelled"
    practice.clinic.retype(booked, the_type(practice.clinic, TELEMEDICINE).id)
    practice.later(SOON)
    assert practice.why(booked).outcome == "ready"
    practice.until(lambda: _visits(practice) == 8, within=A_DAY)


@each_emr
@walks("mark-taken-away")
def test_f5_a_video_visit_that_becomes_another_sort_says_what_it_was(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = a_booking(practice.clinic)
    practice.sync()
    assert practice.why(booked.id).outcome == "ready"
    practice.pass_time(SOON)
    practice.clinic.retype(booked.id, the_type(practice.clinic, OFFICE_VISIT).id)
    practice.later(SOON)
    answer = practice.why(booked.id)
    was = next(one for one in answer.explanations if one.code == "mark-taken-away")
    assert answer.outcome == "not_telemedicine"
    assert was.sentence.startswith("Until today 10:1")
    assert "the visit then returns" in was.fix
    practice.clinic.retype(booked.id, the_type(practice.clinic, TELEMEDICINE).id)
    practice.later(SOON)
    assert (practice.why(booked.id).outcome, practice.codes(booked.id)) == ("ready", [])


@each_emr
def test_f5_an_occurrence_that_is_moved_leaves_no_second_visit_behind(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = _a_series(practice)
    start = practice.clinic.appointments[booked].start
    practice.clinic.move(booked, start=start + timedelta(days=1))
    practice.later(SOON)
    assert practice.why(booked).outcome == "ready"
    practice.until(lambda: _visits(practice) == 8, within=A_DAY)


@each_emr
@walks("rescheduled", "cancelled")
def test_f7_a_rebooking_answers_for_the_old_entry_and_for_the_new_one(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    old = a_booking(practice.clinic)
    practice.sync()
    assert practice.why(old.id).outcome == "ready"
    new = practice.clinic.rebook(old.id, start=old.start + timedelta(days=1))
    practice.later(SOON)
    before, after = practice.why(old.id), practice.why(new.id)
    assert (before.outcome, after.outcome) == ("cancelled", "ready")
    assert (before.visit and before.visit.state, after.visit and after.visit.state) == ("cancelled", "active")
    assert codes_of(before) in (["cancelled"], ["rescheduled"])
    assert tuple(codes_of(after)) == told_by(VENDORS[emr])["F7"].codes


@walks("record-gone")
def test_f8_what_the_emr_mentions_and_no_longer_has_is_not_called_unheard_of(open_practice: OpenPractice) -> None:
    practice = open_practice("drchrono")
    booked = a_booking(practice.clinic)
    shown = practice.house.vendor_id(booked.id)
    practice.clinic.delete(booked.id)
    with practice.house.database.practice(practice.house.place.practice_id) as transaction:
        receive(
            transaction, practice.house.link.vault, practice.connection_id, body=b"{}", media_type="application/json",
            delivery_id="1", hints=[Hint(kind=RecordKind.APPOINTMENT, id=shown)], now=practice.house.now(),
        )  # fmt: skip
    take_hints(practice.house.link)
    [absent] = practice.ask(shown).not_received
    assert [one.code for one in absent.explanations] == ["record-gone"]
    assert "DrChrono mentioned this appointment and, when asked, no longer knew it" in absent.explanations[0].sentence
    assert "record-gone" not in [one.code for one in practice.ask("4711").not_received[0].explanations]


@walks("group-visit")
def test_f6_a_group_says_how_many_get_no_visit_of_their_own(open_practice: OpenPractice) -> None:
    practice = open_practice("kareo", settings={"details": "always"})
    booked = SCENARIOS["F6"].provoke(practice.clinic)
    practice.sync()
    answer = practice.why(booked)
    [words] = answer.explanations
    assert (answer.outcome, words.code, words.owner) == ("ready", "group-visit", "front desk")
    assert "4 patients are booked together; only the first gets a visit. 1 of the others have" in words.sentence
    assert SCENARIOS["F6"].fix is not None
    practice.pass_time(SOON)
    SCENARIOS["F6"].fix(practice.clinic, booked)
    practice.later(SOON)
    assert practice.codes(booked) == []


@each_emr
def test_f1_whatever_is_cancelled_in_the_emr_can_be_taken_back(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = a_booking(practice.clinic).id
    practice.sync()
    practice.clinic.cancel(booked)
    practice.later(SOON)
    answer = practice.why(booked)
    assert (answer.outcome, answer.visit and answer.visit.state) == ("cancelled", "cancelled")
    practice.clinic.uncancel(booked)
    practice.later(SOON)
    answer = practice.why(booked)
    assert (answer.outcome, answer.visit and answer.visit.state) == ("ready", "active")


def _a_series(practice: Practice) -> int:
    """The second of eight, all of which have been read; some EMRs' far days are read in turn."""
    booked = SCENARIOS["F4"].provoke(practice.clinic)
    practice.sync()
    practice.until(lambda: _visits(practice) == 8, within=A_DAY)
    return booked


def _visits(practice: Practice) -> int:
    return len(practice.house.active())
