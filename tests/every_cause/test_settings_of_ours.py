"""Causes that lie in the practice's own settings: each is named, and gone once the setting is."""

from datetime import timedelta

import pytest

from tests.every_cause.conftest import OpenPractice
from tests.every_cause.practice import EMRS
from tests.every_cause.walked import walks
from tests.nothing_lost.vendors import VENDORS
from visitsync.domain.appointment import AppointmentStatus
from visitsync.simulator_kit.scenarios import SCENARIOS
from visitsync.simulator_kit.staging import a_booking
from visitsync.storage.practices import ConnectionState

each_emr = pytest.mark.parametrize("emr", EMRS)


@each_emr
@walks("sync-window-shortened")
def test_e9_a_shortened_window_names_the_day_and_the_setting(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr, settings={"sync_months": "1"})
    booked = a_booking(practice.clinic, in_days=50).id
    practice.until_received(booked)
    answer = practice.why(booked)
    [words] = answer.explanations
    assert (answer.outcome, words.code, words.owner) == ("waiting", "sync-window-shortened", "practice admin")
    assert "set to 1 months ahead; the visit will appear by itself on Sun, Nov 8, 2026" in words.sentence
    assert answer.expected_by_text == "Sun, Nov 8, 2026"
    practice.change_settings(sync_months="3")
    practice.later(timedelta(minutes=5))
    assert practice.why(booked).outcome == "ready"


@each_emr
@walks("outside-opening-hours")
def test_e8_a_visit_in_the_night_is_flagged_until_it_is_moved(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr, settings={"opening_hours": "mon-fri 08:00-18:00"})
    booked = SCENARIOS["E8"].provoke(practice.clinic)
    practice.sync()
    answer = practice.why(booked)
    [words] = answer.explanations
    assert (answer.outcome, words.code) == ("ready", "outside-opening-hours")
    assert "Wed, Oct 21, 2026, 3:00 AM is outside the practice's opening hours" in words.sentence
    assert SCENARIOS["E8"].fix is not None
    SCENARIOS["E8"].fix(practice.clinic, booked)
    practice.later(timedelta(minutes=5))
    assert practice.codes(booked) == []


@walks("practice-closed")
def test_e8_a_visit_on_a_closed_day_is_flagged(open_practice: OpenPractice) -> None:
    practice = open_practice("drchrono")
    booked = a_booking(practice.clinic, in_days=2)
    practice.sync()
    assert practice.codes(booked.id) == []
    practice.close_on(booked.start.date())
    [words] = practice.why(booked.id).explanations
    assert (words.code, words.owner) == ("practice-closed", "front desk")
    assert "Wed, Oct 21, 2026 is one of the practice's own closures" in words.sentence


@each_emr
@walks("provider-linked-wrong")
def test_d3_two_people_behind_one_login_are_hidden_until_they_are_told_apart(
    emr: str, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    first, _, third = practice.house.desk.practitioners
    mine, others = (a_booking(practice.clinic, practitioner_id=who).id for who in (first, third))
    practice.sync()
    login = practice.login_of(first)
    practice.enable(third, login=login)
    for booked, name in ((mine, "Osei"), (others, "Whitlock")):
        answer = practice.why(booked)
        assert (answer.outcome, answer.explanations[0].code) == ("on_hold", "provider-linked-wrong")
        assert name in answer.explanations[0].sentence
        assert "a login of their own" in answer.explanations[0].fix
        assert answer.visit is None or answer.visit.state == "cancelled"
    practice.enable(third)
    assert [practice.why(booked).outcome for booked in (mine, others)] == ["ready", "ready"]


@each_emr
@walks("provider-without-login")
def test_d1_a_provider_without_a_login_is_named(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    third = practice.house.desk.practitioners[2]
    booked = a_booking(practice.clinic, practitioner_id=third).id
    practice.sync()
    assert practice.codes(booked) == ["provider-not-enabled"]
    practice.enable(third, has_login=False)
    answer = practice.why(booked)
    assert (answer.outcome, [one.code for one in answer.explanations]) == ("ready", ["provider-without-login"])
    assert "Whitlock" in answer.explanations[0].fix
    practice.enable(third)
    assert practice.codes(booked) == []


@pytest.mark.parametrize("emr", [emr for emr in EMRS if "F2" in VENDORS[emr].module.SCENARIOS])
@walks("status-unclear", "status-unknown")
def test_f2_a_status_of_the_practices_own_can_be_given_its_meaning(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    harmless, doubtful = (a_booking(practice.clinic).id for _ in range(2))
    practice.clinic.set_status(harmless, "Phoned-OK")
    practice.clinic.set_status(doubtful, "CXL by phone")
    practice.sync()
    held = practice.why(doubtful)
    assert (held.outcome, held.explanations[0].code) == ("on_hold", "status-unclear")
    assert "says what “CXL by phone” means here" in held.explanations[0].fix
    assert practice.codes(harmless) == ["status-unknown"]
    practice.mean("Phoned-OK", AppointmentStatus.BOOKED)
    practice.mean("CXL by phone", AppointmentStatus.CANCELLED)
    assert practice.codes(harmless) == []
    assert practice.why(doubtful).outcome == "cancelled"


@each_emr
@walks("test-visit")
def test_b12_a_declared_test_may_use_a_staff_address_and_says_so(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    practice.add_staff("bertrand.quill@example.org")
    booked = SCENARIOS["B3"].provoke(practice.clinic)
    practice.sync()
    assert practice.codes(booked) == ["email-is-staff"]
    practice.declare_test(booked)
    answer = practice.why(booked)
    assert (answer.outcome, [one.code for one in answer.explanations]) == ("ready", ["test-visit"])
    assert answer.visit is not None
    assert answer.visit.is_test


@each_emr
def test_b4_a_household_may_share_an_address(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    child = SCENARIOS["B4"].provoke(practice.clinic)
    address = practice.clinic.patients[practice.clinic.appointments[child].patient_id or 0].email
    family = [patient for patient in practice.clinic.patients if patient.email == address]
    booked = [child, a_booking(practice.clinic, patient=family[0]).id]
    practice.sync()
    assert [practice.codes(one) for one in booked] == [["email-shared"], ["email-shared"]]
    practice.link_household([patient.id for patient in family])
    assert [practice.why(one).outcome for one in booked] == ["ready", "ready"]


@walks("connection-paused")
def test_g1_a_paused_connection_leads_and_promises_nothing(open_practice: OpenPractice) -> None:
    practice = open_practice("kareo")
    booked = SCENARIOS["B1"].provoke(practice.clinic)
    practice.sync()
    practice.set_state(ConnectionState.PAUSED)
    answer = practice.why(booked)
    assert [one.code for one in answer.explanations] == ["connection-paused", "email-missing"]
    assert [one.expected_by_text for one in answer.explanations] == ["", ""]
    practice.set_state(ConnectionState.ACTIVE)
    assert practice.codes(booked) == ["email-missing"]
