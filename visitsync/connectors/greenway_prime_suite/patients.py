"""What Prime Suite says about a patient: in its schedule, in its demographics, in its list of policies. Pure.

Nobody published the shape of the demographics (greenway reference, section 4.3): members are found by their names,
which are those of the schedule's Patient (section 4.6), wherever they stand.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.json_rows import decode_record, read_members
from visitsync.connector_kit.pages import RawRecord
from visitsync.connector_kit.wall_time import iso_date, us_wall
from visitsync.connectors.greenway_prime_suite.codes import patient_status_named, state_named
from visitsync.connectors.greenway_prime_suite.coverages import Policies, policies_in
from visitsync.connectors.greenway_prime_suite.filling import fhir_patient, filled
from visitsync.connectors.greenway_prime_suite.members import Members, objects_in
from visitsync.connectors.greenway_prime_suite.microsoft_dates import is_microsoft_date, read_day
from visitsync.connectors.greenway_prime_suite.values import flag, optional_id
from visitsync.domain.local_time import UnknownZone
from visitsync.domain.patient import Address, Patient, PatientStatus

DEMOGRAPHICS, INSURANCE, FHIR = "Demographics", "Insurance", "Fhir"
"""A patient's page holds the answers of several calls, byte for byte, each under one of these names."""
UNNAMED = "unnamed"
"""Stands for the id where a saved answer is about a patient whom it does not name."""

_PERSONAL = frozenset({"firstname", "lastname", "fullname", "dateofbirth"})
_PHONES = ("CellPhoneNumber1", "CellPhoneNumber2", "HomePhoneNumber", "PhoneNumber1", "PhoneNumber2",
           "PrimaryPhoneNumber", "PrimaryWorkPhone")  # fmt: skip
_ADDRESSES = ("ResidentialAddress", "HomeAddress", "PrimaryAddress", "MailingAddress", "Address")
_ADDRESS_LINE = re.compile(r"(?P<line>.+), *(?P<city>[^,]+), *(?P<state>[A-Za-z]{2}),? +(?P<zip>\d{5}(-\d{4})?)")
_ANYTHING: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


def to_patient(record: RawRecord, context: TranslationContext) -> Patient:
    """The patient as the calls about them say. Raises RecordUnreadable, naming the member."""
    parts = decode_record(record.body, _ANYTHING)
    if not isinstance(parts, dict) or not parts.keys() & {DEMOGRAPHICS, INSURANCE}:
        raise RecordUnreadable("expected the answer about a patient")
    policies = policies_in(parts.get(INSURANCE), parts.get(DEMOGRAPHICS), context.settings)
    if DEMOGRAPHICS not in parts:
        return Patient(id=record.id, coverages=policies.coverages, is_self_pay=policies.is_self_pay)
    if names_nobody(record.body):
        raise RecordUnreadable(
            "PatientDemographicsSummaryGet: it names nobody; if so this site shows charts that it does not know, set "
            "unknown_patient to empty"
        )
    person = person_in(parts[DEMOGRAPHICS])
    if record.id not in (UNNAMED, optional_id(person.value("PatientID"))):
        raise RecordUnreadable("PatientID: not the one that was asked for")
    if FHIR not in parts:
        return _patient(record.id, person, policies, _address(person, context.settings), context)
    other = fhir_patient(read_members(record.body)[FHIR], record.asked)
    address = _address_unless(person, context.settings, other.address)
    return filled(_patient(record.id, person, policies, address, context), other)


def to_listed_patient(record: RawRecord, context: TranslationContext) -> Patient:
    """The patient as the schedule names them: enough to notice a correction, without address and policies.

    Raises RecordUnreadable.
    """
    found = decode_record(record.body, _ANYTHING)
    if not isinstance(found, dict):
        raise RecordUnreadable("Patient: expected an object")
    return _patient(record.id, Members(found), Policies(), Address(), context)


def names_nobody(body: bytes) -> bool:
    """Whether the demographics hold a patient who is null or has the number 0, and nobody else."""
    try:
        parts = _ANYTHING.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    answer = parts.get(DEMOGRAPHICS) if isinstance(parts, dict) else None
    numbers = [Members(found).value("PatientID") for found in objects_in(answer) if "patientid" in _names(found)]
    if numbers:
        return all(optional_id(number) is None for number in numbers)
    return isinstance(answer, dict) and "patient" in _names(answer) and Members(answer).value("Patient") is None


def person_in(answer: Any) -> Members:
    """The object that says who it is. Raises RecordUnreadable where none or several do."""
    candidates = [Members(found) for found in objects_in(answer) if _is_person(found)]
    if not candidates:
        raise RecordUnreadable("PatientDemographicsSummaryGet: nothing in it has a PatientID and a name")
    if len({optional_id(one.value("PatientID")) for one in candidates}) > 1:
        raise RecordUnreadable("PatientDemographicsSummaryGet: it names several patients")
    return candidates[0]


def _is_person(found: Mapping[str, Any]) -> bool:
    names = _names(found)
    return "patientid" in names and not _PERSONAL.isdisjoint(names)


def _names(found: Mapping[str, Any]) -> set[str]:
    return {name.casefold() for name in found}


def _patient(
    identity: str, person: Members, policies: Policies, address: Address, context: TranslationContext
) -> Patient:
    born, born_text = _birth_date(person.text("DateOfBirth"), context.practice_zone)
    email, other_emails = _emails(person, context.settings)
    first_name, last_name = person.text("Firstname"), person.text("LastName")
    phones = tuple(dict.fromkeys(text for name in _PHONES if (text := person.text(name)).strip()))
    return Patient(
        id=identity,
        first_name=first_name,
        last_name=last_name,
        date_of_birth=born,
        date_of_birth_text=born_text,
        email=email,
        other_emails=other_emails,
        phones=phones,
        address=address,
        coverages=policies.coverages,
        is_self_pay=policies.is_self_pay,
        has_responsible_contact=bool(phones) and policies.is_held_by_another(first_name, last_name),
        status=_status(person, context),
    )


def _birth_date(text: str, zone: str) -> tuple[date | None, str]:
    """The day in the offset that is written with it (section 4.4), or the text where it is no date."""
    if not text.strip():
        return None, ""
    try:
        if is_microsoft_date(text):
            return read_day(text, zone), ""
        return (us_wall(text).date() if "/" in text else iso_date(text[:10])), ""
    except UnknownZone:
        raise RecordUnreadable(f"DateOfBirth: the practice's time zone {zone} is unknown") from None
    except ValueError:
        return None, text


def _emails(person: Members, settings: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The address, and the one in the other field."""
    first, second = person.text("EmailAddress1", "Email", "EmailAddress"), person.text("EmailAddress2")
    if not first.strip() and second.strip() and settings.get("email_field") == "either":
        return second, ()
    return first, (("second e-mail", second),) if second.strip() and second != first else ()


def _status(person: Members, context: TranslationContext) -> PatientStatus:
    told = patient_status_named(person.value("PatientStatusID"), context.settings)
    if flag(person.value("Deceased"), "Deceased") or person.text("DeceasedDate").strip():
        return PatientStatus.DECEASED
    if told is not None:
        return told
    is_enabled = "Enabled" not in person or flag(person.value("Enabled"), "Enabled")
    return PatientStatus.ACTIVE if is_enabled else PatientStatus.INACTIVE


def _address(person: Members, settings: Mapping[str, str]) -> Address:
    """An object elsewhere, null or text in the schedule (section 4.6)."""
    written = person.value(*_ADDRESSES)
    if isinstance(written, str):
        return _address_in_one_line(written)
    parts = person.inner(*_ADDRESSES) or person
    lines = (parts.text("AddressLine1", "Address1", "Street"), parts.text("AddressLine2", "Address2"))
    return Address(
        line=", ".join(line for line in lines if line.strip()),
        city=parts.text("City"),
        state=state_named(parts.value("State", "StateCode", "StateAbbr"), settings),
        postal_code=parts.text("PostalCode", "ZipCode", "Zip"),
    )


def _address_unless(person: Members, settings: Mapping[str, str], other: Address) -> Address:
    """The address; where a number in it has no meaning here, the one that FHIR tells in words, if it does."""
    try:
        return _address(person, settings)
    except RecordUnreadable:
        if not other.state.strip():
            raise
        return other


def _address_in_one_line(text: str) -> Address:
    if not text.strip():
        return Address()
    found = _ADDRESS_LINE.fullmatch(" ".join(text.split()))
    if found is None:
        raise RecordUnreadable("ResidentialAddress: expected an object, or text like 1 Some Street, Town, PA 19001")
    return Address(line=found["line"], city=found["city"], state=found["state"], postal_code=found["zip"])
