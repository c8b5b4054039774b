"""One chart: as the schedule names it, as the demographics tell it, and its policies (sections 4.6 and 4.11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visitsync.connectors.greenway_prime_suite.simulator.settings import STATES
from visitsync.connectors.greenway_prime_suite.simulator.stamps import Stamps
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Patient

Record = dict[str, Any]

GENDERS = {"M": 1, "F": 2}
STATUS_IDS = {"active": 1, "inactive": 2, "deceased": 3}
SECRET_NUMBER = "000-12-3456"  # noqa: S105 - an invented social security number, which nobody may keep
SELF_PAY = "Self Pay"


class PatientRecords:
    """Writes charts."""

    def __init__(self, clinic: Clinic, stamps: Stamps, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._stamps = stamps
        self._variants = variants

    def find(self, patient_id: int) -> Patient | None:
        """The chart as it is shown now; a merged one is no longer known, or disabled."""
        found = self._clinic.patients.shown_one(patient_id, self._clinic.clock())
        is_hidden = found is not None and found.merged_into and self._variants["merged_chart"] == "unknown"
        return None if is_hidden else found

    def in_schedule(self, patient_id: int | None) -> Record:
        """What a row says: never the address, and for nobody hardly anything."""
        if patient_id is None:
            return {"PatientID": 0, "FullName": ""}
        found = self._clinic.patients.shown_one(patient_id, self._clinic.clock())
        if found is None:  # removed since; the appointment still points there
            return {"PatientID": patient_id, "FullName": "", "ResidentialAddress": None}
        return {**self._person(found), "ResidentialAddress": None}

    def demographics(self, patient: Patient) -> Record:
        """The chart with its address, in the shape that the variant chooses."""
        person = {**self._person(patient), "ResidentialAddress": self._address(patient)}
        if self._variants["insurance"] == "with demographics":
            person["Insurance"] = self.policies(patient)
        shapes: Mapping[str, Record] = {
            "Patient": {"Patient": person},
            "flat": person,
            "nested": {"PatientDemographicsSummary": {"Patient": person, "Employer": None}, "ErrorMessage": ""},
        }
        return shapes[self._variants["demographics_body"]]

    def policies(self, patient: Patient) -> list[Record]:
        """The policies of a chart; who pays alone has a plan of that name."""
        coverage = patient.coverage
        if patient.is_self_pay:
            return [_policy(SELF_PAY, "", full_name(patient))]
        if coverage is None:
            return []
        return [_policy(coverage.company, coverage.member_id, patient.guardian_name or full_name(patient))]

    def named_insurance(self, patient_id: int | None) -> Record:
        """What a row of the schedule says about one policy; its number is not there."""
        patient = None if patient_id is None else self._clinic.patients.get(patient_id)
        coverage = None if patient is None else patient.coverage
        if coverage is None:
            return {"InsDocVisitCoPay": 0}
        return {
            "Address": None,
            "CompanyName": coverage.company,
            "EffectiveFrom": "01/01/2026",
            "EffectiveTo": None,
            "EligibilityStatus": None,
            "InsDocVisitCoPay": 25,
            "InsuranceID": "4411",
            "InsuranceName": coverage.plan_name or coverage.company,
            "PlanID": "88",
            "PlanName": coverage.plan_name,
            "PlanNumber": "HS-80",
        }

    def _person(self, patient: Patient) -> Record:
        return {
            "PatientID": patient.id,
            "PersonID": 90_000 + patient.id,
            "OriginalPatientID": patient.id,
            "OtherID": None,
            "Firstname": patient.first_name,
            "LastName": patient.last_name,
            "MiddleName1": patient.middle_name or None,
            "MiddleName2": None,
            "FullName": full_name(patient),
            "Nickname": patient.nick_name,
            "DateOfBirth": self._stamps.day(patient.birth_date) if patient.birth_date else None,
            "Gender": GENDERS.get(patient.sex, 0),
            "EmailAddress1": patient.email or None,
            "EmailAddress2": patient.work_email or None,
            "CellPhoneNumber1": patient.mobile_phone or None,
            "CellPhoneNumber2": None,
            "HomePhoneNumber": patient.home_phone or None,
            "PrimaryWorkPhone": patient.work_phone or None,
            "SSN": SECRET_NUMBER,
            "PrimaryLanguage": 1,
            "PreferredProviderID": patient.practitioner_id or 0,
            "PatientStatusID": STATUS_IDS.get(patient.status, 0),
            "Enabled": patient.status == "active" and patient.merged_into is None,
            "Deceased": int(patient.status == "deceased"),
        }

    def _address(self, patient: Patient) -> Record | None:
        if not any((patient.address, patient.city, patient.state, patient.postal_code)):
            return None
        return {
            "AddressID": 70_000 + patient.id,
            "AddressLine1": patient.address,
            "AddressLine2": patient.address_2 or None,
            "City": patient.city,
            "State": self._state(patient.state),
            "PostalCode": patient.postal_code,
            "Country": 1,
            "County": None,
        }

    def _state(self, state: str) -> int | str | None:
        if self._variants["states"] == "letters":
            return state or None
        return STATES.index(state) + 1 if state in STATES else 0


def full_name(patient: Patient) -> str:
    """As the vendor's lists print it."""
    return f"{patient.last_name}, {patient.first_name}".strip(", ")


def _policy(plan: str, number: str, holder: str) -> Record:
    return {"InsurancePlan": {"InsuranceName": plan}, "PolicyNumber": number, "PolicyHolder": {"FullName": holder}}
