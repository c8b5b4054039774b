"""A chart that is corrected in the EMR makes its visit, though nobody touched the appointment: how long that takes.

Measured on a virtual clock with a turn every few minutes, as a worker would. The answer to staff promises the EMR's
usual time for appointments of the coming business days, and a day for those further ahead.
"""

from datetime import timedelta

import pytest

from tests.every_cause.conftest import OpenPractice
from tests.every_cause.practice import EMRS, Practice
from tests.nothing_lost.vendors import VENDORS
from visitsync.domain.practice import Demographic
from visitsync.simulator_kit.records import Coverage
from visitsync.simulator_kit.staging import a_booking, a_patient

A_DAY = timedelta(hours=25)
each_emr = pytest.mark.parametrize("emr", EMRS)
with_insurance = [emr for emr in EMRS if Demographic.INSURANCE in VENDORS[emr].manifest.required_demographics]
POLICY = Coverage(company="Harbor Mutual Health", payer_id="HMH01", member_id="HMH-0000099", plan_name="Harbor PPO")


@each_emr
@pytest.mark.parametrize("in_days", [1, 6])
def test_an_e_mail_that_is_corrected_makes_the_visit_within_the_usual_time(
    emr: str, in_days: int, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    booked = _booked(practice, in_days=in_days, email="")
    assert practice.codes(booked) == ["email-missing"]
    practice.clinic.change_patient(_patient(practice, booked), email="ottoline.again@example.net")
    assert _time_until_ready(practice, booked, within=_promised(emr)) <= _promised(emr)


@each_emr
def test_far_ahead_it_takes_a_day_at_most(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = _booked(practice, in_days=40, email="")
    practice.until_received(booked)
    practice.clinic.change_patient(_patient(practice, booked), email="ottoline.again@example.net")
    assert _time_until_ready(practice, booked, within=A_DAY) <= A_DAY


@each_emr
def test_who_shared_an_address_and_gave_it_up_frees_the_other(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    first = _booked(practice, in_days=2, email="the.vargas@example.net", last_name="Varga")
    second = _booked(practice, in_days=3, email="the.vargas@example.net", last_name="Quenby")
    assert practice.codes(first) == practice.codes(second) == ["email-shared"]
    practice.clinic.change_patient(_patient(practice, second), email="quenby@example.net")
    assert _time_until_ready(practice, first, within=_promised(emr)) <= _promised(emr)


@pytest.mark.parametrize("emr", with_insurance)
def test_insurance_that_is_added_makes_the_visit_within_the_usual_time(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    booked = _booked(practice, in_days=2, coverage=None)
    assert practice.codes(booked) == ["insurance-missing"]
    practice.clinic.change_patient(_patient(practice, booked), coverage=POLICY)
    assert _time_until_ready(practice, booked, within=_promised(emr)) <= _promised(emr)


@each_emr
def test_charts_in_which_nothing_is_found_are_not_read_again_and_again(emr: str, open_practice: OpenPractice) -> None:
    practice = open_practice(emr)
    for _ in range(5):
        _booked(practice, in_days=2)
    practice.later(timedelta(minutes=20))
    asked = len(list(practice.house.server.requests))
    patient_ids = [str(patient.id) for patient in practice.clinic.patients]
    for _ in range(6):
        practice.later(timedelta(minutes=5))
    lines = [one.line for one in list(practice.house.server.requests)[asked:]]
    single = VENDORS[emr].one_chart
    assert not [line for line in lines for one in patient_ids if single and single.format(patient=one) in line]


def _booked(practice: Practice, *, in_days: int, **chart: object) -> int:
    booked = a_booking(practice.clinic, in_days=in_days, patient=a_patient(practice.clinic, **chart)).id
    practice.later(timedelta(minutes=5))
    return booked


def _patient(practice: Practice, booked: int) -> int:
    return practice.clinic.appointments[booked].patient_id or 0


def _promised(emr: str) -> timedelta:
    """What staff read, and the turn that sees it: turns come every few minutes."""
    manifest = VENDORS[emr].manifest
    return timedelta(minutes=manifest.usual_minutes[1] + manifest.poll_minutes)


def _time_until_ready(practice: Practice, booked: int, *, within: timedelta) -> timedelta:
    return practice.until(lambda: practice.why(booked).outcome == "ready", within=within + timedelta(minutes=5))
