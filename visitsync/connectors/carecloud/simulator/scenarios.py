"""What can be staged in a pretend CareCloud: the kit's scenarios it can express, and its own."""

from __future__ import annotations

from dataclasses import replace

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED

NOT_SHOWN = {
    "B10": "a CareCloud chart has no e-mail but the patient's own",
    "B10-work": "a CareCloud chart has no e-mail but the patient's own",
    "B13": "blockouts are no appointments in CareCloud; only its variant blocks=rows shows them as such",
    "C3": "CareCloud spells every state out, and has a list of them",
    "E7": "neither locations nor providers have a time zone in CareCloud",
    "E7-missing": "CareCloud's times carry their offset, and no such moment is missing",
    "E7-repeated": "CareCloud's times carry their offset, and no moment comes twice",
    "F6": "a CareCloud appointment has one patient",
}
"""Shared scenarios that nothing in CareCloud's answers tells apart from an ordinary appointment, and why."""


def _add_the_guardian(clinic: Clinic, appointment_id: int) -> None:
    patient_id = clinic.appointments[appointment_id].patient_id or 0
    clinic.change_patient(patient_id, guardian_name="Ansel Varga", guardian_phone="(555) 555-0123")


OWN = {
    "B9": replace(SHARED["B9"], fix=_add_the_guardian),
}
SCENARIOS = {name: scenario for name, scenario in SHARED.items() if name not in NOT_SHOWN} | OWN
