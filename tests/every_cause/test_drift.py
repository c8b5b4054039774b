"""The EMR's lists change under an approval: types and people come, are renamed, retired, or get another number."""

from datetime import timedelta

import pytest

from tests.every_cause.conftest import OpenPractice
from tests.every_cause.practice import CONSULT, EMRS, codes_of
from tests.every_cause.walked import walks
from tests.nothing_lost.vendors import VENDORS
from visitsync.connector_kit.pages import RecordKind
from visitsync.simulator_kit.staging import TELEMEDICINE, a_booking, the_practitioner, the_type

SOON, AN_HOUR, A_DAY = timedelta(minutes=5), timedelta(minutes=62), timedelta(hours=25)
with_lists = pytest.mark.parametrize("emr", [emr for emr in EMRS if VENDORS[emr].manifest.lists_are_complete])
"""EMRs that have lists of their own; of what is gathered from appointments nobody knows that it is gone."""
RENAMED = f"{CONSULT} (30 min)"


@pytest.mark.parametrize("emr", EMRS)
@walks("type-name-changed")
def test_a5_an_approval_by_name_asks_when_the_name_changes_and_follows_a_persons_word(
    emr: str, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    practice.approve(CONSULT)
    kind = the_type(practice.clinic, CONSULT)
    booked = a_booking(practice.clinic, type_id=kind.id).id
    practice.sync()
    assert practice.why(booked).outcome == "ready"
    practice.clinic.change_type(kind.id, name=RENAMED)
    practice.clinic.retype(booked, kind.id)
    practice.later(A_DAY)
    answer = practice.why(booked)
    assert (answer.outcome, codes_of(answer)) == ("needs_fix", ["type-name-changed"])
    practice.approve(RENAMED)
    practice.confirm_name(RENAMED)
    assert (practice.why(booked).outcome, practice.codes(booked)) == ("ready", [])


@walks("type-renamed")
def test_a5_an_approval_by_number_goes_on_through_a_renaming_and_says_so(open_practice: OpenPractice) -> None:
    practice = open_practice("drchrono")
    kind = the_type(practice.clinic, CONSULT)
    for entry in practice.listed(RecordKind.APPOINTMENT_TYPE).values():
        if entry.name == CONSULT:
            practice.approve(entry.id, is_id=True)
    booked = a_booking(practice.clinic, type_id=kind.id).id
    practice.sync()
    assert practice.why(booked).outcome == "ready"
    practice.clinic.change_type(kind.id, name="Something Else")
    practice.later(A_DAY)
    answer = practice.why(booked)
    [words] = answer.explanations
    assert (answer.outcome, words.code, words.owner) == ("ready", "type-renamed", "practice admin")
    assert "“Video Consult” is called “Something Else” in DrChrono now" in words.sentence
    practice.confirm_name("Something Else")
    assert practice.codes(booked) == []


@walks("type-has-new-id")
def test_a5_a_type_that_was_made_anew_under_its_old_name_needs_a_persons_word(open_practice: OpenPractice) -> None:
    practice = open_practice("drchrono")
    practice.withdraw(TELEMEDICINE)
    old = the_type(practice.clinic, CONSULT)
    ids = [one.id for one in practice.listed(RecordKind.APPOINTMENT_TYPE).values() if one.name == CONSULT]
    for type_id in ids:
        practice.approve(type_id, is_id=True)
    practice.clinic.change_type(old.id, is_active=False)
    new = practice.clinic.add_type(CONSULT)
    booked = a_booking(practice.clinic, type_id=new.id).id
    practice.sync()
    answer = practice.why(booked)
    [words] = answer.explanations
    assert (answer.outcome, words.code, words.owner) == ("needs_fix", "type-has-new-id", "practice admin")
    assert "“Video Consult” has the name of an approved appointment profile, but another number" in words.sentence
    practice.approve(CONSULT)
    practice.later(SOON)
    assert practice.why(booked).outcome == "ready"


@with_lists
@walks("type-retired")
def test_a5_a_retired_type_still_counts_and_asks_for_what_takes_its_place(
    emr: str, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    practice.approve(CONSULT)
    kind = the_type(practice.clinic, CONSULT)
    booked = a_booking(practice.clinic, in_days=5, type_id=kind.id).id
    practice.sync()
    practice.clinic.change_type(kind.id, is_active=False)
    practice.later(A_DAY)
    answer = practice.why(booked)
    [words] = answer.explanations
    assert (answer.outcome, words.code, words.owner) == ("ready", "type-retired", "practice admin")
    assert f"“Video Consult” is inactive in {practice.name_of_emr}, or no longer in its list" in words.sentence
    practice.clinic.change_type(kind.id, is_active=True)
    practice.later(A_DAY)
    assert practice.codes(booked) == []


@pytest.mark.parametrize("emr", EMRS)
@walks("location-renamed")
def test_a5_a_chosen_location_that_is_renamed_still_counts_until_a_person_confirms_it(
    emr: str, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    practice.connect_location("Main Street")
    booked = a_booking(practice.clinic, in_days=5)
    practice.sync()
    assert practice.codes(booked.id) == []
    practice.clinic.change_location(booked.location_id, name="Riverside")
    practice.later(A_DAY)
    [words] = practice.why(booked.id).explanations
    assert (words.code, words.owner) == ("location-renamed", "practice admin")
    assert "“Main Street” is called “Riverside”" in words.sentence
    practice.connect_location("Riverside")
    assert practice.codes(booked.id) == []


@with_lists
@walks("location-retired")
def test_a4_a_chosen_location_that_is_closed_is_told(emr: str, open_practice: OpenPractice) -> None:
    if not VENDORS[emr].tells_of_closed_locations:
        pytest.skip("this EMR does not show that a location is closed")
    practice = open_practice(emr)
    practice.clinic.add_location("Riverside")
    practice.connect_location("Main Street")
    booked = a_booking(practice.clinic, in_days=5)
    practice.sync()
    practice.clinic.change_location(booked.location_id, is_active=False)
    practice.later(A_DAY)
    answer = practice.why(booked.id)
    assert (answer.outcome, codes_of(answer)) == ("ready", ["location-retired"])


@pytest.mark.parametrize("emr", EMRS)
@walks("provider-renamed")
def test_d4_a_provider_who_takes_another_name_keeps_the_visits(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = a_booking(practice.clinic, in_days=5)
    practice.sync()
    practice.clinic.change_practitioner(booked.practitioner_id, last_name="Osei-Lindqvist")
    practice.later(A_DAY)
    answer = practice.why(booked.id)
    [words] = answer.explanations
    assert (answer.outcome, words.code) == ("ready", "provider-renamed")
    assert "Osei-Lindqvist" in words.sentence
    practice.confirm_name(answer.provider, RecordKind.PRACTITIONER)
    assert practice.codes(booked.id) == []


@pytest.mark.parametrize("emr", EMRS)
@walks("provider-number-reused")
def test_d3_a_number_that_is_given_to_somebody_else_hides_the_visits(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = a_booking(practice.clinic, in_days=5)
    practice.sync()
    somebody_else = {"first_name": "Thaddeus", "last_name": "Okonjo", "npi": "1000000087"}
    practice.clinic.change_practitioner(booked.practitioner_id, **somebody_else)
    practice.later(A_DAY)
    answer = practice.why(booked.id)
    assert (answer.outcome, answer.explanations[0].code) == ("on_hold", "provider-number-reused")
    assert answer.visit is not None
    assert answer.visit.state == "cancelled"
    practice.enable(booked.practitioner_id)
    assert (practice.why(booked.id).outcome, practice.codes(booked.id)) == ("ready", [])


@walks("type-unknown", "provider-unknown")
def test_a3_d5_whatever_came_after_the_lists_were_read_waits_for_them_an_hour_at_most(
    open_practice: OpenPractice,
) -> None:
    practice = open_practice("drchrono")
    practice.later(A_DAY)
    hired = practice.clinic.add_practitioner("Odalys", "Finch", npi="1000000038")
    booked = a_booking(practice.clinic, practitioner_id=hired.id).id
    practice.sync()
    answer = practice.why(booked)
    assert (answer.outcome, codes_of(answer)) == ("waiting", ["type-unknown", "provider-unknown"])
    unknown_type, unknown_provider = answer.explanations
    assert unknown_type.expected_by_text == "Expected by today 12:15 PM."
    assert "is not yet in the list that we read from DrChrono" in unknown_type.sentence
    assert "The list is read again within the hour" in unknown_provider.fix
    for _ in range(13):
        practice.later(SOON)
    answer = practice.why(booked)
    assert (answer.outcome, codes_of(answer)) == ("needs_provider", ["provider-not-enabled"])
    practice.enable(hired.id)
    assert practice.why(booked).outcome == "ready"


@walks("provider-unknown")
def test_d5_a_provider_whom_the_list_does_not_have_leaves_the_visit_there(open_practice: OpenPractice) -> None:
    practice = open_practice("kareo")
    practice.later(A_DAY)
    hired = practice.clinic.add_practitioner("Odalys", "Finch", npi="1000000038")
    booked = a_booking(practice.clinic, practitioner_id=hired.id).id
    practice.sync()
    answer = practice.why(booked)
    assert (answer.outcome, codes_of(answer)) == ("needs_provider", ["provider-unknown"])
    assert answer.visit is not None
    assert answer.visit.practitioner_id is None
    practice.later(AN_HOUR)
    assert practice.codes(booked) == ["provider-not-enabled"]


def test_d4_a_second_profile_of_the_same_person_is_told_from_a_stranger(open_practice: OpenPractice) -> None:
    practice = open_practice("drchrono")
    first = the_practitioner(practice.clinic)
    twin = practice.clinic.add_practitioner(first.first_name, first.last_name, npi=first.npi)
    stranger = practice.clinic.add_practitioner(first.first_name, first.last_name, npi="1000000095")
    booked = {who.id: a_booking(practice.clinic, practitioner_id=who.id).id for who in (twin, stranger)}
    practice.sync()
    assert practice.codes(booked[twin.id]) == ["provider-other-profile"]
    assert practice.codes(booked[stranger.id]) == ["provider-not-enabled"]
