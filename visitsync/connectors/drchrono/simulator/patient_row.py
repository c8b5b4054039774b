"""How a patient looks in DrChrono's JSON: 46 recorded keys, insurance only when verbose, odd empty values (5.2)."""

from __future__ import annotations

from datetime import date

from visitsync.connectors.drchrono.simulator.stamps import Row, Stamps
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.records import Coverage, Patient

GENDER = {"F": "Female", "M": "Male", "X": "Other", "": ""}
PATIENT_STATUS = {"active": "A", "inactive": "I", "deceased": "D"}


class PatientRows:
    """Writes charts."""

    def __init__(self, clinic: Clinic, stamps: Stamps) -> None:
        self._clinic = clinic
        self._stamps = stamps
        self._visits: tuple[int, dict[int, tuple[date, date]]] = (-1, {})

    def patient(self, patient: Patient, *, verbose: bool = False) -> Row:
        """The 46 keys of the recording; insurance and some more only when verbose."""
        empty = None if patient.id % 2 else ""  # two patients may be empty in two ways
        first, last = self._visit_days().get(patient.id, (None, None))
        row: Row = {
            "id": patient.id,
            "chart_id": chart_id(patient),
            "first_name": patient.first_name,
            "middle_name": patient.middle_name or empty,
            "last_name": patient.last_name,
            "nick_name": patient.nick_name,
            "date_of_birth": patient.birth_date.isoformat() if patient.birth_date else None,
            "gender": GENDER.get(patient.sex, "UNK"),
            "social_security_number": "",
            "race": "blank",
            "ethnicity": "blank",
            "preferred_language": "eng",
            "patient_photo": None,
            "patient_photo_date": None,
            "patient_payment_profile": _payment_profile(patient),
            "patient_status": PATIENT_STATUS[patient.status],
            "home_phone": patient.home_phone,
            "cell_phone": patient.mobile_phone,
            "office_phone": patient.work_phone,
            "email": patient.email,
            "address": " ".join(filter(None, (patient.address, patient.address_2))),
            "city": patient.city or empty,
            "state": patient.state or empty,
            "zip_code": patient.postal_code,
            "emergency_contact_name": "",
            "emergency_contact_phone": "",
            "emergency_contact_relation": None,
            "employer": "",
            "employer_address": "",
            "employer_city": "",
            "employer_state": "",
            "employer_zip_code": "",
            "disable_sms_messages": False,
            "doctor": patient.practitioner_id,
            "primary_care_physician": "",
            "date_of_first_appointment": first and first.isoformat(),
            "date_of_last_appointment": last and last.isoformat(),
            "offices": list(patient.location_ids),
            "default_pharmacy": "",
            "referring_source": "",
            "copay": "25.00",
            "responsible_party_name": patient.guardian_name,
            "responsible_party_relation": "Parent" if patient.guardian_name else "",
            "responsible_party_phone": patient.guardian_phone,
            "responsible_party_email": patient.guardian_email,
            "updated_at": self._stamps.local(patient.changed_at, patient.practitioner_id),
        }
        return row | _insurances(patient) if verbose else row

    def _visit_days(self) -> dict[int, tuple[date, date]]:
        revision = self._clinic.appointments.revision
        if self._visits[0] != revision:
            self._visits = (revision, _first_and_last_days(self._clinic))
        return self._visits[1]


def chart_id(patient: Patient) -> str:
    """Four letters of the name and six figures."""
    letters = "".join(letter for letter in (patient.last_name + patient.first_name).upper() if "A" <= letter <= "Z")
    return f"{(letters + 'XXXX')[:4]}{patient.id % 1_000_000:06d}"


def _payment_profile(patient: Patient) -> str:
    if patient.is_self_pay:
        return "Cash"
    return "Insurance" if patient.coverage else ""


def _insurances(patient: Patient) -> Row:
    nobody = dict.fromkeys(
        ("first_name", "middle_name", "suffix", "npi", "provider_qualifier", "provider_number", "address", "email"), ""
    )
    return {
        "primary_insurance": _insurance(patient.coverage),
        "secondary_insurance": _insurance(None),
        "tertiary_insurance": _insurance(None),
        "auto_accident_insurance": {"auto_accident_company": "", "auto_accident_case_number": ""},
        "workers_comp_insurance": {"workers_comp_company": "", "workers_comp_case_number": ""},
        "custom_demographics": [],
        "patient_flags": [],
        "patient_flags_attached": [],
        "referring_doctor": nobody | dict.fromkeys(("last_name", "phone", "fax", "specialty")),
    }


def _insurance(coverage: Coverage | None) -> Row:
    """The object is there even without insurance, and full of empty text then."""
    return {
        "insurance_company": coverage.company if coverage else "",
        "insurance_id_number": coverage.member_id if coverage else "",
        "insurance_group_name": "",
        "insurance_group_number": coverage.group_number if coverage else "",
        "insurance_claim_office_number": "",
        "insurance_payer_id": coverage.payer_id if coverage else "",
        "insurance_plan_name": coverage.plan_name if coverage else "",
        "insurance_plan_type": "12" if coverage else "",
        "is_subscriber_the_patient": True,
        "patient_relationship_to_subscriber": "",
        "subscriber_first_name": "",
        "subscriber_middle_name": "",
        "subscriber_last_name": "",
        "subscriber_suffix": "",
        "subscriber_date_of_birth": None,
        "subscriber_social_security": "",
        "subscriber_gender": "",
        "subscriber_address": "",
        "subscriber_city": "",
        "subscriber_zip_code": "",
        "subscriber_state": "",
        "subscriber_country": "US",
        "photo_front": "",
        "photo_back": "",
    }


def _first_and_last_days(clinic: Clinic) -> dict[int, tuple[date, date]]:
    days: dict[int, tuple[date, date]] = {}
    for appointment in clinic.appointments:
        if appointment.patient_id is not None:
            day = appointment.start.date()
            first, last = days.get(appointment.patient_id, (day, day))
            days[appointment.patient_id] = (min(first, day), max(last, day))
    return days
