"""How a patient and their insurance packages look in athenahealth's JSON (section 8)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from visitsync.connectors.athenahealth.simulator.stamps import Row, drifted, us_day
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Patient

STATUS = {"active": "active", "inactive": "inactive", "deceased": "inactive"}


def is_yes(query: Mapping[str, str], name: str) -> bool:
    """Does a parameter say yes?"""
    return query.get(name, "").lower() in ("true", "1", "y")


class PatientRows:
    """Writes charts."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._variants = variants

    def patient(self, patient: Patient, query: Mapping[str, str]) -> Row:
        """A chart: what is empty is left out."""
        row = self._identity(patient) | self._contact(patient)
        if is_yes(query, "showinsurance") and self._variants["patient_insurance"] == "with patient":
            row["insurances"] = self.packages(patient)
        if is_yes(query, "showpreviouspatientids"):
            gone = [str(other.id) for other in self._clinic.patients if other.merged_into == patient.id]
            if gone:
                row["previouspatientids"] = gone
        return drifted(row, self._variants)

    def nested(self, patient_id: int | None, query: Mapping[str, str]) -> Row:
        """What a row of an appointment holds of its patient, when asked; booleans are text there."""
        patient = self._clinic.patients.get(patient_id) if patient_id is not None else None
        if patient is None:
            return {}
        row: Row = {}
        if is_yes(query, "showpatientdetail"):
            told = self._identity(patient) | self._contact(patient)
            row["patient"] = {
                name: str(value).lower() if isinstance(value, bool) else value for name, value in told.items()
            }
        if is_yes(query, "showinsurance"):
            row["insurances"] = self.packages(patient)
        return row

    def packages(self, patient: Patient) -> list[Row]:
        """Insurance packages; who pays alone has a row for that, or none."""
        coverage = patient.coverage
        if coverage is None:
            has_row = patient.is_self_pay and self._variants["self_pay"] == "row"
            return [_package(patient, 0, "*SELF PAY*", "", "")] if has_row else []
        number = 1_000 + sum(coverage.company.encode()) % 9_000
        return [_package(patient, number, coverage.plan_name or coverage.company, coverage.company, coverage.member_id)]

    def _identity(self, patient: Patient) -> Row:
        department = next(iter(patient.location_ids), None)
        place = "" if department is None else str(department)
        return {
            "patientid": str(patient.id),
            "sex": patient.sex if patient.sex in ("F", "M") else "F",
            "status": STATUS[patient.status],
            "departmentid": place,
            "primarydepartmentid": place,
            "primaryproviderid": "" if patient.practitioner_id is None else str(patient.practitioner_id),
            "privacyinformationverified": True,
            "emailexists": bool(patient.email),
            "ssn": "*****0000",
            "race": ["declined"],
            "balances": [{"balance": "-25.15", "departmentlist": place, "providergroupid": 1, "cleanbalance": True}],
        }

    def _contact(self, patient: Patient) -> Row:
        told = {
            "firstname": patient.first_name,
            "middlename": patient.middle_name,
            "lastname": patient.last_name,
            "dob": us_day(patient.birth_date) if patient.birth_date else "",
            "email": patient.email,
            "lastemail": patient.work_email,
            "guarantoremail": patient.guardian_email,
            "guarantorphone": _digits(patient.guardian_phone),
            "address1": patient.address,
            "address2": patient.address_2,
            "city": patient.city,
            "state": patient.state,
            "zip": patient.postal_code,
            "countrycode": "USA",
            "mobilephone": _digits(patient.mobile_phone),
            "homephone": _digits(patient.home_phone),
            "workphone": _digits(patient.work_phone),
        }
        return {name: value for name, value in told.items() if value}


def _package(patient: Patient, number: int, plan: str, company: str, member_id: str) -> Row:
    row: Row = {
        "id": str(patient.id * 10),
        "insuranceid": str(patient.id * 10),
        "insurancepackageid": number,
        "sequencenumber": 1,
        "insuranceplanname": plan,
        "insurancetype": "Group Policy",
        "relationshiptoinsured": "Self",
        "relationshiptoinsuredid": 1,
    }
    if number:
        row |= {"ircname": company, "insuranceidnumber": member_id, "insurancephone": "(555) 555-0199"}
    return row


def _digits(phone: str) -> str:
    """Digits only; what is no phone number stays as somebody typed it."""
    digits = re.sub(r"\D", "", phone)
    return digits if len(digits) >= 7 else phone
