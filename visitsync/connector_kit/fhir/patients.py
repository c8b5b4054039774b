"""What a record of a patient means (fhir reference, section 3)."""

from collections.abc import Mapping
from datetime import datetime

from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.fhir.bundles import read_bundle, resource_type_of
from visitsync.connector_kit.fhir.coverage import covered
from visitsync.connector_kit.fhir.instants import instant, whole_date
from visitsync.connector_kit.fhir.picking import (
    address_of,
    emails_of,
    is_over,
    listed,
    name_of,
    one_or_several,
    phones_of,
)
from visitsync.connector_kit.fhir.references import target_of
from visitsync.connector_kit.fhir.shapes import (
    COVERAGES,
    NAMED,
    PATIENTS,
    Concept,
    CoverageShape,
    PatientContact,
    PatientShape,
)
from visitsync.connector_kit.json_rows import decode_record
from visitsync.connector_kit.pages import RawRecord
from visitsync.domain.patient import Patient, PatientStatus

ID, STATUS, AS_OF, KNOWN_AS = "id", "status", "as_of", "known_as"
"""Names in FetchedPage.asked: which single patient was asked for, the status where that was refused, the day, and the
id of a patient who was asked for by a number."""
RESTRICTED = "403"
MERGED = frozenset({"replaced-by", "replace"})
"""PatientLink.type of the record that lost; DSTU2 says `replace`."""
RESPONSIBLE = frozenset(
    {"guard", "guardian", "parent", "prn", "mth", "fth", "nmth", "nfth", "grprn", "stpprn", "gparnt", "guarantor"}
    | {"mother", "father", "legal guardian", "guarantr", "gt", "grd", "par", "mother of", "father of"}
)
"""Codes and words (v3 RoleCode, v2 tables 0063 and 0131, plain text) of who answers for a patient."""
TEST_DATA = "HTEST"
"""Security label or tag of records that are no real patient (v3 ActReason)."""


def to_patient(record: RawRecord) -> Patient:
    """What a record of a patient means. Raises RecordUnreadable, naming the field and never its value."""
    if record.asked.get(STATUS) == RESTRICTED:
        return Patient(id=record.id, status=PatientStatus.RESTRICTED, coverages=None)
    body, policies, payers = _opened(record)
    shape = decode_record(body, PATIENTS, identity=("birthDate", "telecom"))
    if str(shape.id) != record.asked.get(KNOWN_AS, record.id):
        raise RecordUnreadable("id: not the one that was asked for")
    changed_at = _changed_at(shape)
    as_of = whole_date(record.asked.get(AS_OF, "")) or (changed_at.date() if changed_at else None)
    first_name, last_name = name_of(one_or_several(shape.name), as_of)
    emails = emails_of(listed(shape.telecom), as_of)
    guardians = [one for one in listed(shape.contact) if _is_responsible(one) and not is_over(one.period, as_of)]
    theirs = [address for one in guardians for _, address in emails_of(listed(one.telecom), as_of)]
    insured = covered(policies, payers, as_of) if policies is not None else None
    birth_date = whole_date(shape.birth_date or "")
    merged_into = _merged_into(shape)
    return Patient(
        id=record.id,
        first_name=first_name,
        last_name=last_name,
        date_of_birth=birth_date,
        date_of_birth_text="" if birth_date else shape.birth_date or "",
        email=emails[0][1] if emails else "",
        other_emails=(
            *((use or "second", address) for use, address in emails[1:]),
            *(("guardian", address) for address in theirs),
        ),
        phones=phones_of(listed(shape.telecom), as_of),
        address=address_of(one_or_several(shape.address), as_of),
        coverages=None if insured is None else insured.policies,
        is_self_pay=insured is not None and insured.is_self_pay,
        has_responsible_contact=bool(theirs) or any(phones_of(listed(one.telecom), as_of) for one in guardians),
        status=_status(shape, merged_into),
        merged_into_id=merged_into,
        is_marked_as_test=_is_test(shape),
        changed_at=changed_at,
    )


def _opened(record: RawRecord) -> tuple[bytes, list[CoverageShape] | None, Mapping[str, str]]:
    """The Patient, the Coverage beside it (None: not read) and the names of payers."""
    if resource_type_of(record.body) == "Patient":
        return record.body, None, {}
    bodies: dict[str, list[bytes]] = {"Patient": [], "Coverage": [], "Organization": []}
    for entry in read_bundle(record.body).entries:
        bodies.setdefault(resource_type_of(entry.body), []).append(entry.body)
    if len(bodies["Patient"]) != 1:
        raise RecordUnreadable("expected one Patient in the record")
    payers = {one.id: one.name or "" for one in (decode_record(body, NAMED) for body in bodies["Organization"])}
    return bodies["Patient"][0], [decode_record(body, COVERAGES) for body in bodies["Coverage"]], payers


def _status(shape: PatientShape, merged_into: str | None) -> PatientStatus:
    if merged_into is not None:
        return PatientStatus.MERGED
    if shape.deceased_boolean or shape.deceased_date_time:
        return PatientStatus.DECEASED
    return PatientStatus.INACTIVE if shape.active is False else PatientStatus.ACTIVE


def _merged_into(shape: PatientShape) -> str | None:
    for link in listed(shape.link):
        if (link.type or "").lower() in MERGED and link.other is not None:
            target = target_of(link.other)
            if target.id and target.id != str(shape.id):
                return target.id
    return None


def _is_responsible(contact: PatientContact) -> bool:
    return any(not RESPONSIBLE.isdisjoint(_words(concept)) for concept in one_or_several(contact.relationship))


def _words(concept: Concept) -> set[str]:
    found = [concept.text, *(text for coding in listed(concept.coding) for text in (coding.code, coding.display))]
    return {text.strip().lower() for text in found if text}


def _is_test(shape: PatientShape) -> bool:
    labels = [*listed(shape.meta.security), *listed(shape.meta.tag)] if shape.meta else []
    return any(label.code == TEST_DATA for label in labels)


def _changed_at(shape: PatientShape) -> datetime | None:
    stamp = shape.meta.last_updated if shape.meta else None
    if not stamp:
        return None
    try:
        return instant(stamp)
    except ValueError as error:
        raise RecordUnreadable(f"meta.lastUpdated: {error}") from None
