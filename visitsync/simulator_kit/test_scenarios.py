"""The staged causes: every code of groups A to F is staged or says why not, and every fix fixes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.scenarios import NOT_STAGED, SCENARIOS

GROUPS = {"A": 10, "B": 13, "C": 7, "D": 7, "E": 10, "F": 10}
CODES = [f"{group}{number}" for group, last in GROUPS.items() for number in range(1, last + 1)]


def an_empty_clinic() -> Clinic:
    return Clinic(clock=VirtualClock.frozen_at(datetime(2026, 11, 2, 17, 0, tzinfo=UTC)))


def test_every_cause_of_groups_a_to_f_is_staged_or_says_why_not() -> None:
    staged = {scenario.code for scenario in SCENARIOS.values()}
    assert staged | set(NOT_STAGED) == set(CODES)
    assert not staged & set(NOT_STAGED)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_happens_to_one_appointment_and_its_fix_changes_something(name: str) -> None:
    clinic, scenario = an_empty_clinic(), SCENARIOS[name]
    appointment_id = scenario.provoke(clinic)
    assert (appointment_id in clinic.appointments) == (name != "F9")
    assert (scenario.fix is not None) == (scenario.fixed_by == "emr")
    assert (scenario.wait is not None) == (scenario.fixed_by == "time")
    if scenario.fix:
        before = len(clinic.history)
        scenario.fix(clinic, appointment_id)
        assert len(clinic.history) > before


def test_all_scenarios_fit_into_one_clinic() -> None:
    clinic = an_empty_clinic()
    happened_to = [scenario.provoke(clinic) for scenario in SCENARIOS.values()]
    assert len(set(happened_to)) == len(SCENARIOS)
