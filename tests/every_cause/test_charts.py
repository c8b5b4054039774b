"""What a chart lacks stays told while it lacks it, whichever of the EMR's answers spoke of it last."""

from datetime import timedelta

import pytest

from tests.every_cause.conftest import OpenPractice
from tests.every_cause.practice import EMRS
from visitsync.simulator_kit.scenarios import SCENARIOS

A_WHILE = timedelta(minutes=20)


@pytest.mark.parametrize("emr", EMRS)
@pytest.mark.parametrize("name", ["C1", "C2", "B9"])
def test_another_change_of_the_chart_does_not_make_it_forgotten(
    emr: str, name: str, open_practice: OpenPractice
) -> None:
    practice = open_practice(emr)
    booked = SCENARIOS[name].provoke(practice.clinic)
    practice.sync()
    codes = practice.codes(booked)
    assert len(codes) == 1
    patient_id = practice.clinic.appointments[booked].patient_id or 0
    for digit in range(3):
        practice.clinic.change_patient(patient_id, home_phone=f"(555) 555-010{digit}")
        practice.later(A_WHILE)
        assert practice.codes(booked) == codes


def test_a_chart_of_which_lists_say_too_little_is_not_read_at_every_turn(open_practice: OpenPractice) -> None:
    practice = open_practice("kareo")
    SCENARIOS["C2"].provoke(practice.clinic)
    practice.sync()
    asked = practice.requests()
    for _ in range(3):
        practice.later(A_WHILE)
    operations = practice.requests()[len(asked) :]
    assert operations.count("GetPatients") == 3
    assert operations.count("GetPatient") == 0
