"""What can be staged in a pretend DrChrono: the kit's scenarios it can express, and its own."""

from __future__ import annotations

from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED
from visitsync.simulator_kit.scenarios import Scenario
from visitsync.simulator_kit.staging import TELEMEDICINE, a_booking, a_patient, the_practitioner, the_type

NOT_EXPRESSED = {
    "B10-work": "a DrChrono chart has no second e-mail but the responsible party's",
    "F6": "a DrChrono appointment has one patient",
}
"""Shared scenarios this vendor's records have no place for, and why."""


def _profile_of_one_doctor(clinic: Clinic) -> int:
    kind = clinic.add_type("Telemedicine Visit (Dr. only)", practitioner_id=the_practitioner(clinic).id)
    return a_booking(clinic, type_id=kind.id).id


def _no_profile_but_the_right_reason(clinic: Clinic) -> int:
    return a_booking(clinic, type_id=None, reason=TELEMEDICINE).id


def _no_profile_and_a_misspelt_reason(clinic: Clinic) -> int:
    return a_booking(clinic, type_id=None, reason="Telemedicne Visit").id


def _profile_says_video_reason_does_not(clinic: Clinic) -> int:
    return a_booking(clinic, reason="Office Visit").id


def _archived(clinic: Clinic) -> int:
    return clinic.archive(a_booking(clinic).id).id


def _dummy_patient_as_a_block(clinic: Clinic) -> int:
    dummy = a_patient(clinic, first_name="HOLD", last_name="Do Not Book", email="", birth_date=None, coverage=None)
    return clinic.set_status(a_booking(clinic, patient=dummy).id, records.CANCELLED).id


def _set_the_profile(clinic: Clinic, appointment_id: int) -> None:
    clinic.retype(appointment_id, the_type(clinic, TELEMEDICINE).id)


OWN = {
    "A2-reason": Scenario(
        code="A2",
        summary="No profile, and the reason is one letter off",
        provoke=_no_profile_and_a_misspelt_reason,
        fix=_set_the_profile,
    ),
    "A3-profile": Scenario(
        code="A3",
        summary="A profile that only one doctor has, and nobody connected",
        provoke=_profile_of_one_doctor,
        fixed_by="settings",
    ),
    "A6-reason": Scenario(
        code="A6",
        summary="The profile says telemedicine, the reason was edited to something else",
        provoke=_profile_says_video_reason_does_not,
        fix=_set_the_profile,
    ),
    "F9-archived": Scenario(
        code="F9",
        summary="Deleted in the EMR: listed only with show_archived",
        provoke=_archived,
        fixed_by="nothing to fix",
    ),
    "B13-dummy": Scenario(
        code="B13",
        summary="Time kept free with a dummy patient, marked as cancelled",
        provoke=_dummy_patient_as_a_block,
        fixed_by="nothing to fix",
    ),
    "ready-by-reason": Scenario(
        code="",
        summary="Nothing is wrong: no profile, but the reason is an approved type",
        provoke=_no_profile_but_the_right_reason,
        fixed_by="nothing to fix",
    ),
}
SCENARIOS = {name: scenario for name, scenario in SHARED.items() if name not in NOT_EXPRESSED} | OWN
