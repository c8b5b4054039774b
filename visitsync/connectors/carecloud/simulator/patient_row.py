"""How a chart and its insurance look in CareCloud's JSON (reference, section 5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from uuid import uuid5
from zlib import crc32

from visitsync.connectors.carecloud.simulator.oauth import NAMESPACE
from visitsync.connectors.carecloud.simulator.shapes import Row
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Patient

STATES = {"PA": "Pennsylvania", "OH": "Ohio", "AZ": "Arizona", "FL": "Florida", "NY": "New York", "CA": "California"}
STATUS = {"active": ("active", "A"), "inactive": ("inactive", "I"), "deceased": ("deceased", "D")}
GENDER = {"F": ("Female", 2, "F"), "M": ("Male", 1, "M")}
PAYERS_FROM = 9_400_000


class PatientRows:
    """Writes charts."""

    def __init__(self, clinic: Clinic, variants: Mapping[str, str], called: Callable[[int], str]) -> None:
        """`called`: what a chart is called."""
        self._clinic = clinic
        self._variants = variants
        self._called = called

    def patient(self, patient: Patient) -> Row:
        """The recorded keys; text that is not there is null."""
        status, letter = STATUS[patient.status]
        gender, gender_id, gender_code = GENDER.get(patient.sex, ("", None, None))
        profile = self._profile(patient, shows_policies=self._variants["chart_policies"] == "shown")
        return {
            "id": self._called(patient.id),
            "first_name": patient.first_name or None,
            "last_name": patient.last_name or None,
            "middle_initial": patient.middle_name[:1] or None,
            "prefix": None,
            "suffix": None,
            "ssn": "000000000",
            "name": f"{patient.first_name} {patient.last_name}".strip(),
            "dob": patient.birth_date.isoformat() if patient.birth_date else None,
            "email_address": patient.email or None,
            "status": status,
            "status_id": letter,
            "legacy_patient_id": None,
            "race_id": None,
            "chart_number": str(patient.id),
            "account_number": f"{9_000_000 + patient.id}-0000000000",
            "business_entity_id": str(uuid5(NAMESPACE, self._clinic.name)),
            "business_entity_name": self._clinic.name.upper(),
            "date_of_death": None,
            "last_seen_date": None,
            "drivers_license_number": None,
            "marital_status": None,
            "language": "English",
            "gender": gender,
            "gender_id": gender_id,
            "gender_code": gender_code,
            "primary_location": {"id": None, "name": None},
            "primary_provider_id": patient.practitioner_id,
            "responsible_party": _responsible_party(patient),
            "insurance_profiles": [profile],
            "addresses": _addresses(patient),
            "phones": _phones(patient),
            "photo": {},
        }

    def insurances(self, patient: Patient) -> object:
        """The answer about insurance, in one of the wrappers that it may come in."""
        profile = {**self._profile(patient, shows_policies=True), "id": str(9_200_000 + patient.id), "default": True}
        other = {"id": "1", "name": "AUTO", "self_pay": False, "default": False, "insurance_policies": []}
        shape = self._variants["insurances"]
        if shape == "object":
            return profile
        if shape == "wrapped object":
            return {"insurance_profile": profile}
        return [other, profile] if shape == "list" else {"insurance_profiles": [other, profile]}

    def found(self, patient: Patient) -> Row:
        """A row of a search: without e-mail."""
        return {
            "id": self._called(patient.id),
            "first_name": patient.first_name,
            "last_name": patient.last_name,
            "middle_initial": None,
            "name": f"{patient.first_name} {patient.last_name}",
            "dob": patient.birth_date.isoformat() if patient.birth_date else None,
            "chart_number": str(patient.id),
            "account_balance": "0.0",
            "last_seen_date": None,
            "gender": None,
            "gender_id": None,
            "primary_location_id": None,
            "photo": {},
        }

    def _profile(self, patient: Patient, *, shows_policies: bool) -> Row:
        coverage = patient.coverage
        policies = [self._policy(patient)] if coverage is not None and shows_policies else []
        return {"id": 9_200_000 + patient.id, "self_pay": patient.is_self_pay, "insurance_policies": policies}

    def _policy(self, patient: Patient) -> Row:
        coverage = patient.coverage
        assert coverage is not None  # noqa: S101 - asked by the only caller
        payer_id = PAYERS_FROM + crc32(coverage.payer_id.encode()) % 10_000 if coverage.payer_id else None
        return {
            "policy_priority": 1,
            "member_number": coverage.member_id or None,
            "policy_number": coverage.group_number or None,
            "effective_from": "2025-01-01",
            "effective_to": None,
            "co_payment": "20.0",
            "type": "PPO",
            "insured": {
                "first_name": patient.first_name,
                "last_name": patient.last_name,
                "dob": patient.birth_date.isoformat() if patient.birth_date else None,
                "relation_to_patient": "Self",
                "addresses": [],
                "phones": [],
            },
            "payer": {"id": payer_id, "name": coverage.company, "phones": [], "address": {"state": 10}},
        }


def _responsible_party(patient: Patient) -> Row:
    is_guardian = bool(patient.guardian_name or patient.guardian_phone)
    name = patient.guardian_name if is_guardian else f"{patient.first_name} {patient.last_name}"
    return {
        "responsible_party_person_relationship_type_id": 3 if is_guardian else 1,
        "responsible_party_person_relationship_type_name": "Parent" if is_guardian else "Self",
        "responsible_party_person_relationship_type_code": "19" if is_guardian else "18",
        "id": 9_100_000 + patient.id,
        "name": name,
        "dob": None,
        "addresses": [],
        "phones": [_phone(patient.guardian_phone, "Home", "H")] if patient.guardian_phone else [],
    }


def _addresses(patient: Patient) -> list[Row]:
    """State spelled out, nine digits without a hyphen."""
    if not any((patient.address, patient.city, patient.state, patient.postal_code)):
        return []
    code = patient.postal_code
    return [
        {
            "id": 9_300_000 + patient.id,
            "line1": patient.address or None,
            "line2": patient.address_2 or None,
            "city": patient.city or None,
            "state": STATES.get(patient.state, patient.state) or None,
            "state_id": 10,
            "zip": f"{code}0000" if re.fullmatch(r"\d{5}", code) else code.replace("-", "") or None,
            "country_id": 1,
            "country_name": "UNITED STATES",
            "county_name": None,
            "is_primary": True,
        }
    ]


def _phones(patient: Patient) -> list[Row]:
    numbers = (
        (patient.home_phone, "Home", "H"),
        (patient.mobile_phone, "Cell", "C"),
        (patient.work_phone, "Business", "B"),
    )
    return [_phone(number, kind, code) for number, kind, code in numbers if number]


def _phone(number: str, kind: str, code: str) -> Row:
    """Digits only, unless somebody wrote words."""
    digits = re.sub(r"[ ()+.-]", "", number)
    shown = digits if digits.isdigit() else number
    return {"phone_number": shown, "phone_type": kind, "phone_type_code": code, "phone_ext": None, "is_primary": False}
