"""5. Does the record hold what this EMR demands, and can it be used?"""

import re
from datetime import datetime

import msgspec

from visitsync.domain.appointment import Appointment
from visitsync.domain.decision import Finding
from visitsync.domain.patient import Address, Patient
from visitsync.domain.practice import ConnectionFacts, Demographic
from visitsync.rules import email

OLDEST_BIRTH_YEAR = 1900

_ZIP = re.compile(r"\d{5}(?:-?\d{4})?").fullmatch
_STATE = re.compile(r"[A-Za-z]{2}").fullmatch
_DIALLABLE = re.compile(r"(?:[\s().+-]*\d){7,15}[\s().+-]*").fullmatch
_LETTERS_IN_PHONE = re.compile(r"[^\W\d_]{2,}")
_EXTENSION = re.compile(r"\b(?:ext|extension|x)\b\.?\s*\d*", re.IGNORECASE)


class DemographicsLookup(msgspec.Struct, eq=False):
    """What this EMR demands, as flags, and what was last found on a record (appointments come patient by patient)."""

    first_name: bool
    last_name: bool
    date_of_birth: bool
    address: bool
    insurance: bool
    latest: tuple[Patient | None, tuple[Finding, ...]] = (None, ())


def demographics_lookup(connection: ConnectionFacts) -> DemographicsLookup:
    """Works out the demands once. The e-mail is section 2's business."""
    required = connection.required_demographics
    return DemographicsLookup(
        first_name=Demographic.FIRST_NAME in required,
        last_name=Demographic.LAST_NAME in required,
        date_of_birth=Demographic.DATE_OF_BIRTH in required,
        address=Demographic.ADDRESS in required,
        insurance=Demographic.INSURANCE in required,
    )


def check(patient: Patient, appointment: Appointment, required: DemographicsLookup) -> tuple[Finding, ...]:
    """C1 to C4."""
    latest, findings = required.latest
    if latest is not patient:
        findings = _of_record(patient, required)
        required.latest = (patient, findings)  # one reference, replaced as a whole, so that threads may share it
    return (
        *findings,
        *_unusable_birth_date(patient, appointment.start.wall, required),
        *_insurance(patient, appointment, required),
    )


def _of_record(patient: Patient, required: DemographicsLookup) -> tuple[Finding, ...]:
    """What is the same for all appointments of a patient, the e-mail included."""
    return (
        *email.check(patient),
        *_missing(patient, required),
        *_unusable_address(patient.address),
        *_unusable_phones(patient.phones),
    )


def _missing(patient: Patient, required: DemographicsLookup) -> tuple[Finding, ...]:
    fields = []
    if required.first_name and not _says_something(patient.first_name):
        fields.append("first name")
    if required.last_name and not _says_something(patient.last_name):
        fields.append("last name")
    if required.date_of_birth and patient.date_of_birth is None and not patient.date_of_birth_text:
        fields.append("date of birth")
    if required.address:
        fields += _missing_of_address(patient.address)
    return (Finding("demographics-missing", {"fields": ", ".join(fields)}),) if fields else ()


def _says_something(name: str) -> bool:
    """Any letter or digit will do: Test, Null, O'Brien and 李 are names, a dash is none."""
    return name.isalpha() or any(letter.isalnum() for letter in name)


def _missing_of_address(address: Address) -> list[str]:
    line, city, state, postal_code = address.line, address.city, address.state, address.postal_code
    if line.strip() and city.strip() and state.strip() and postal_code.strip():
        return []
    parts = {"street": line, "city": city, "state": state, "ZIP code": postal_code}
    missing = [name for name, text in parts.items() if not text.strip()]
    return ["address"] if len(missing) == len(parts) else missing


def _unusable_birth_date(patient: Patient, starts_on: datetime, required: DemographicsLookup) -> tuple[Finding, ...]:
    born = patient.date_of_birth
    if not required.date_of_birth:
        return ()
    if born is None:
        problem = "it is not a date" if patient.date_of_birth_text else ""
    elif born.year >= starts_on.year and born > starts_on.date():
        problem = "it lies after the visit"
    else:
        problem = "it is too long ago" if born.year < OLDEST_BIRTH_YEAR else ""
    return (Finding("date-of-birth-unusable", {"problem": problem}),) if problem else ()


def _insurance(patient: Patient, appointment: Appointment, required: DemographicsLookup) -> tuple[Finding, ...]:
    """Absence counts only where coverage was read, and where neither chart nor appointment says otherwise."""
    coverages = patient.coverages
    if patient.is_self_pay or coverages is None:
        return ()
    has_payer = False
    for one in coverages:
        if one.payer_id:
            has_payer = True
        elif one.payer_name:
            return (Finding("payer-not-from-list", {"payer": one.payer_name}),)
    if has_payer or not required.insurance or appointment.coverage_named:
        return ()
    return (Finding("insurance-missing"),)


def _unusable_address(address: Address) -> tuple[Finding, ...]:
    state, postal_code = address.state.strip(), address.postal_code.strip()
    if len(state) == 2 and state.isalpha() and len(postal_code) == 5 and postal_code.isdigit():
        return ()
    problems = []
    if state and not _STATE(state):
        problems.append("the state is not written as two letters")
    if postal_code and not _ZIP(postal_code):
        problems.append("the ZIP code does not have five or nine digits")
    return (Finding("address-unusable", {"problem": " and ".join(problems)}),) if problems else ()


def _unusable_phones(phones: tuple[str, ...]) -> tuple[Finding, ...]:
    for phone in phones:
        if _DIALLABLE(phone) or not phone or phone.isspace():
            continue
        without_extension = _EXTENSION.sub("", phone)
        if _LETTERS_IN_PHONE.search(without_extension):
            return (Finding("phone-unusable", {"problem": "it contains words"}),)
        if sum(letter.isdigit() for letter in without_extension) < 7:
            return (Finding("phone-unusable", {"problem": "it has too few digits"}),)
    return ()
