"""What can be staged on a pretend FHIR server: the kit's scenarios that it can express, and its own."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED
from visitsync.simulator_kit.scenarios import Scenario
from visitsync.simulator_kit.staging import TELEMEDICINE, a_booking, the_type

NOT_EXPRESSED: Mapping[str, str] = {
    "B10-work": "an e-mail for work is an e-mail of the patient: without another one it is used",
    "E7": "an Appointment's times are instants; a practitioner has no zone",
    "E7-missing": "an instant is never skipped by a change of clocks",
    "E7-repeated": "an instant never comes twice",
}
"""Shared scenarios that nothing in a FHIR server's answers tells apart from an ordinary appointment, and why."""


def _right_reason_without_a_type(clinic: Clinic) -> int:
    return a_booking(clinic, type_id=None, reason=TELEMEDICINE).id


def _archived(clinic: Clinic) -> int:
    return clinic.archive(a_booking(clinic).id).id


def _set_the_type(clinic: Clinic, appointment_id: int) -> None:
    clinic.retype(appointment_id, the_type(clinic, TELEMEDICINE).id)


OWN: Mapping[str, Scenario] = {
    "A7-reason": Scenario(
        code="A7",
        summary="No appointment type; only the reason says telemedicine",
        provoke=_right_reason_without_a_type,
        fix=_set_the_type,
    ),
    "F9-archived": Scenario(
        code="F9", summary="Marked as entered in error", provoke=_archived, fixed_by="nothing to fix"
    ),
}
SCENARIOS: Mapping[str, Scenario] = {
    name: scenario for name, scenario in {**SHARED, **OWN}.items() if name not in NOT_EXPRESSED
}
