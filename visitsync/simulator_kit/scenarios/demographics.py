"""C. What can be missing or unusable in a chart."""

from __future__ import annotations

from datetime import date
from typing import Any

from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Coverage
from visitsync.simulator_kit.scenarios.scenario import Scenario
from visitsync.simulator_kit.staging import a_booking, a_patient

_POLICY = Coverage(company="Harbor Mutual Health", payer_id="HMH01", member_id="HMH-0099001")


def _chart(code: str, summary: str, repair: dict[str, Any], **wrong: Any) -> Scenario:
    def fix(clinic: Clinic, appointment_id: int) -> None:
        patient_id = clinic.appointments[appointment_id].patient_id
        if patient_id is not None:
            clinic.change_patient(patient_id, **repair)

    return Scenario(
        code=code,
        summary=summary,
        provoke=lambda clinic: a_booking(clinic, patient=a_patient(clinic, **wrong)).id,
        fix=fix,
    )


def _with_a_nameless_npi(clinic: Clinic) -> int:
    practitioner = clinic.add_practitioner("Leopold", "Tran", npi="")
    return a_booking(clinic, practitioner_id=practitioner.id).id


def _add_the_npi(clinic: Clinic, appointment_id: int) -> None:
    clinic.change_practitioner(clinic.appointments[appointment_id].practitioner_id, npi="1000000012")


_ADDRESS = {"address": "9 Tamarack Row", "city": "Alderton", "state": "PA", "postal_code": "19001"}
_NO_ADDRESS = dict.fromkeys(_ADDRESS, "")

DEMOGRAPHICS = {
    "C1": _chart("C1", "No birth date", {"birth_date": date(1984, 5, 17)}, birth_date=None),
    "C1-address": _chart("C1", "No address", _ADDRESS, **_NO_ADDRESS),
    "C1-name": _chart("C1", "No first name", {"first_name": "Ottoline"}, first_name=""),
    "C2": _chart("C2", "No insurance and not self-pay", {"coverage": _POLICY}, coverage=None),
    "C3": _chart("C3", "The state is spelled out", {"state": "PA"}, state="Pennsylvania"),
    "C3-birth-date": _chart(
        "C3", "Born in the future", {"birth_date": date(1984, 5, 17)}, birth_date=date(2984, 5, 17)
    ),
    "C3-phone": _chart(
        "C3", "Letters in the phone number", {"mobile_phone": "(555) 555-0199"}, mobile_phone="call mother"
    ),
    "C3-zip": _chart("C3", "A postal code of three digits", {"postal_code": "19001"}, postal_code="190"),
    "C4": _chart(
        "C4", "The payer was typed, not picked", {"coverage": _POLICY}, coverage=Coverage(company="harbor mutal")
    ),
    "C5": Scenario(code="C5", summary="The practitioner has no NPI", provoke=_with_a_nameless_npi, fix=_add_the_npi),
}
