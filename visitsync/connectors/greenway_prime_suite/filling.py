"""Fills what Prime Suite's own calls leave open about a patient from the same chart on Greenway's FHIR server. Pure."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.fhir import people
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind
from visitsync.domain.patient import Address, Patient, PatientStatus


def fhir_patient(body: bytes, asked: Mapping[str, str]) -> Patient:
    """The one patient of a FHIR answer with its coverage. Raises RecordUnreadable."""
    page = FetchedPage(kind=RecordKind.PATIENT, body=body, asked={"coverage": "read"} | _as_of(asked))
    try:
        found = people.split(page)
    except AnswerUnreadable as error:
        raise RecordUnreadable(f"FHIR: {error}") from None
    records = [one for one in found if isinstance(one, RawRecord)]
    if len(records) != 1 or len(found) != 1:
        raise RecordUnreadable("FHIR: expected one patient")
    return people.to_patient(records[0])


def filled(patient: Patient, other: Patient) -> Patient:
    """The patient with what only FHIR tells. Raises RecordUnreadable where that chart is somebody else's."""
    _must_be_the_same(patient, other)
    return msgspec.structs.replace(
        patient,
        date_of_birth=patient.date_of_birth or (None if patient.date_of_birth_text else other.date_of_birth),
        phones=patient.phones or other.phones,
        address=patient.address if _is_whole(patient.address) else _fuller(patient.address, other.address),
        coverages=other.coverages if patient.coverages is None else patient.coverages,
        is_self_pay=patient.is_self_pay or other.is_self_pay,
        has_responsible_contact=patient.has_responsible_contact or other.has_responsible_contact,
        status=other.status if patient.status is PatientStatus.ACTIVE else patient.status,
        is_marked_as_test=other.is_marked_as_test,
    )


def _as_of(asked: Mapping[str, str]) -> dict[str, str]:
    return {people.AS_OF: asked[people.AS_OF]} if people.AS_OF in asked else {}


def _must_be_the_same(patient: Patient, other: Patient) -> None:
    """A number that means another chart there must never lend its coverage to this one."""
    births = {born for born in (patient.date_of_birth, other.date_of_birth) if born is not None}
    names = {name.strip().casefold() for name in (patient.last_name, other.last_name) if name.strip()}
    if len(births) > 1 or len(names) > 1:
        raise RecordUnreadable("FHIR: name or birth date of the chart of that number are another person's")


def _is_whole(address: Address) -> bool:
    return all(part.strip() for part in (address.line, address.city, address.state, address.postal_code))


def _fuller(address: Address, other: Address) -> Address:
    """One address or the other, never a mixture of two."""
    return other if _is_whole(other) or address == Address() else address
