"""Patients with their coverage: asking for them, taking answers apart, and what a record means (reference, section 3).

A record of a patient holds either the Patient alone (then nothing is known of coverage), or a Bundle of the Patient,
every Coverage of theirs and the Organizations that pay.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from visitsync.connector_kit.connector import Clock
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.fhir.asking import FHIR_JSON, GONE, FhirServer
from visitsync.connector_kit.fhir.bundles import Entry, bundle_of, read_bundle, resource_type_of
from visitsync.connector_kit.fhir.coverage import beneficiary_of, covered
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
from visitsync.connector_kit.fhir.searching import Searches
from visitsync.connector_kit.fhir.shapes import (
    COVERAGES,
    KINDS,
    NAMED,
    PATIENTS,
    WHOSE,
    Concept,
    CoverageShape,
    PatientContact,
    PatientShape,
)
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
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


class PeopleReader:
    """Reads wanted patients, each with coverage, in few requests."""

    def __init__(
        self,
        server: FhirServer,
        searches: Searches,
        clock: Clock,
        *,
        reads_coverage: bool = True,
        coverage_param: str = "beneficiary",
        at_once: int = 20,
    ) -> None:
        """`at_once`: how many patients one search may name; 1: each is read by itself.

        `coverage_param`: what Coverage is searched by, `beneficiary` or `patient`.
        """
        self._server = server
        self._searches = searches
        self._clock = clock
        self._reads_coverage = reads_coverage
        self._coverage_param = coverage_param
        self._at_once = at_once

    def read(self, ids: Sequence[str], *, urgency: Urgency) -> Iterator[FetchedPage]:
        """Pages that hold all these patients; who is gone comes as an absent record, who is withheld as restricted."""
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), max(self._at_once, 1)):
            some = wanted[start : start + max(self._at_once, 1)]
            yield from self._several(some, urgency) if len(some) > 1 else self._single(some[0], urgency)

    def _several(self, ids: Sequence[str], urgency: Urgency) -> Iterator[FetchedPage]:
        safe = [identity for identity in ids if _is_plain(identity)]
        found = self._search("Patient", [("_id", ",".join(safe))], urgency) if safe else {}
        if found:
            yield self._page(list(found.values()), list(found), urgency)
        for identity in ids:
            if identity not in found:
                yield from self._single(identity, urgency)

    def _single(self, identity: str, urgency: Urgency) -> Iterator[FetchedPage]:
        if not _is_plain(identity):
            yield from self._by_number(identity, urgency)
            return
        answer = self._server.get_one(f"/Patient/{quote(identity, safe='')}", operation="Patient", urgency=urgency)
        if answer.status in (403, *GONE):
            if answer.status == 403:  # one chart may be withheld; if none may be read, the connection lacks a right
                self._search("Patient", [("_count", "1")], urgency)
            yield _refused(identity, answer.status, answer.body)
            return
        yield self._page([answer.body], [identity], urgency)

    def _by_number(self, number: str, urgency: Urgency) -> Iterator[FetchedPage]:
        """A patient whom appointments name by `system|value` alone; nobody where that is not exactly one."""
        is_number = "|" in number and "://" not in number.partition("|")[2]
        found = self._search("Patient", [("identifier", number)], urgency, must=("identifier",)) if is_number else {}
        if len(found) != 1:  # a person on another server, or a number that nobody or several have
            yield _refused(number, 404, b"")
            return
        ((identity, body),) = found.items()
        page = self._page([body], [identity], urgency)
        yield msgspec.structs.replace(page, asked={**page.asked, ID: number, KNOWN_AS: identity})

    def _page(self, patients: Sequence[bytes], ids: Sequence[str], urgency: Urgency) -> FetchedPage:
        today = self._clock().astimezone(UTC).date().isoformat()
        asked = {AS_OF: today} | ({ID: ids[0]} if len(ids) == 1 else {})
        if not self._reads_coverage:
            body = patients[0] if len(patients) == 1 else bundle_of(list(patients))
            return FetchedPage(kind=RecordKind.PATIENT, body=body, media_type=FHIR_JSON, asked=asked)
        named = ",".join(f"Patient/{identity}" for identity in ids)
        policies = self._search("Coverage", [(self._coverage_param, named)], urgency, must=(self._coverage_param,))
        body = bundle_of([*patients, *policies.values()])
        asked |= {"coverage": "read"}
        return FetchedPage(kind=RecordKind.PATIENT, body=body, media_type=FHIR_JSON, asked=asked)

    def _search(
        self, resource: str, params: Sequence[tuple[str, str]], urgency: Urgency, must: Sequence[str] = ()
    ) -> dict[str, bytes]:
        """Resources by id."""
        found: dict[str, bytes] = {}
        for page in self._searches.pages(resource, params, urgency=urgency, must_honour=must, is_strict=False):
            for position, entry in enumerate(page.bundle.entries):
                if resource_type_of(entry.body) == resource:
                    found[_id_of(entry.body) or f"?{len(found)}.{position}"] = entry.body
            if params and params[0] == ("_count", "1"):
                break
        return found


def split(page: FetchedPage) -> list[RawRecord | UnreadableRecord]:
    """A record for each patient of a page, with the coverage that stands on the same page. Raises AnswerUnreadable."""
    if STATUS in page.asked:
        return [_told_off(page)]
    if resource_type_of(page.body) == "Patient":
        return [_record(page, 0, page.body, None)]
    return split_entries(page, read_bundle(page.body).entries, reads_coverage=page.asked.get("coverage") == "read")


def split_entries(
    page: FetchedPage, entries: Sequence[Entry], *, reads_coverage: bool
) -> list[RawRecord | UnreadableRecord]:
    """The same for entries that are already apart; those of other resources are passed over.

    `reads_coverage`: whether every Coverage was asked for, so that a patient without one has none.
    """
    records: list[RawRecord | UnreadableRecord] = []
    policies, payers = _by_beneficiary(entries)
    nobodys = policies.pop("", [])
    is_alone = sum(resource_type_of(entry.body) == "Patient" for entry in entries) == 1
    for position, entry in enumerate(entries):
        kind = resource_type_of(entry.body)
        if entry.trouble or (entry.body and not kind):
            reason = entry.trouble or "the entry is no FHIR resource"
            records.append(UnreadableRecord(kind=page.kind, position=position, body=entry.body, reason=reason))
        elif kind == "Patient":
            own = [*policies.get(_id_of(entry.body), []), *(nobodys if is_alone else ())]
            beside = [*own, *payers] if own or reads_coverage else None
            records.append(_record(page, position, entry.body, beside))
    return records + ([] if is_alone else [_nobodys(page, body) for body in nobodys])


def to_patient(record: RawRecord) -> Patient:
    """What a record of a patient means. Raises RecordUnreadable, naming the field and never its value."""
    if record.asked.get(STATUS) == RESTRICTED:
        return Patient(id=record.id, status=PatientStatus.RESTRICTED, coverages=None)
    body, policies, payers = _opened(record)
    shape = decode_record(body, PATIENTS, identity=("birthDate", "telecom"))
    if shape.id != record.asked.get(KNOWN_AS, record.id):
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


def covered_patient_of(body: bytes) -> str:
    """Whose Coverage this is; "" where it does not say. Raises RecordUnreadable."""
    return beneficiary_of(decode_record(body, WHOSE))


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


def _by_beneficiary(entries: Sequence[Entry]) -> tuple[dict[str, list[bytes]], list[bytes]]:
    """Coverage by patient ("" where nobody knows whose), and the organizations of the page."""
    policies: dict[str, list[bytes]] = {}
    payers: list[bytes] = []
    for entry in entries:
        kind = resource_type_of(entry.body)
        if kind == "Organization" and _id_of(entry.body):
            payers.append(entry.body)
        elif kind == "Coverage":
            policies.setdefault(_whose(entry.body), []).append(entry.body)
    return policies, payers


def _whose(body: bytes) -> str:
    try:
        return covered_patient_of(body)
    except RecordUnreadable:
        return ""


def _record(
    page: FetchedPage, position: int, body: bytes, beside: Sequence[bytes] | None
) -> RawRecord | UnreadableRecord:
    try:
        identity = record_id(decode_record(body, KINDS).id)
    except RecordUnreadable as error:
        return UnreadableRecord(kind=RecordKind.PATIENT, position=position, body=body, reason=str(error))
    if identity == page.asked.get(KNOWN_AS):
        identity = page.asked[ID]
    whole = body if beside is None else bundle_of([body, *beside])
    return RawRecord(kind=RecordKind.PATIENT, id=identity, body=whole, asked=page.asked)


def _nobodys(page: FetchedPage, body: bytes) -> UnreadableRecord:
    reason = "beneficiary: expected a reference to the Patient who is covered"
    return UnreadableRecord(kind=page.kind, position=0, body=body, reason=reason)


def _told_off(page: FetchedPage) -> RawRecord:
    is_absent = page.asked[STATUS] != RESTRICTED
    return RawRecord(kind=page.kind, id=page.asked[ID], body=page.body, asked=page.asked, is_absent=is_absent)


def _refused(identity: str, status: int, body: bytes) -> FetchedPage:
    asked = {ID: identity, STATUS: str(status)}
    return FetchedPage(kind=RecordKind.PATIENT, body=body, media_type=FHIR_JSON, asked=asked)


def _id_of(body: bytes) -> str:
    try:
        return str(KINDS.decode(body).id or "")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _is_plain(identity: str) -> bool:
    """Whether it can be an id on this server; a foreign address or a urn: name cannot."""
    return bool(identity) and all(letter.isascii() and (letter.isalnum() or letter in "-._~") for letter in identity)


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
            if target.id and target.id != shape.id:
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
