"""Patients with their coverage: asking for them, and taking the answers apart (fhir reference, section 3).

A record of a patient holds either the Patient alone (then nothing is known of coverage), or a Bundle of the Patient,
every Coverage of theirs and the Organizations that pay.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC
from urllib.parse import quote

import msgspec

from visitsync.connector_kit.connector import Clock
from visitsync.connector_kit.errors import RecordUnreadable
from visitsync.connector_kit.fhir.asking import FHIR_JSON, GONE, FhirServer
from visitsync.connector_kit.fhir.bundles import Entry, bundle_of, read_bundle, resource_type_of
from visitsync.connector_kit.fhir.coverage import beneficiary_of
from visitsync.connector_kit.fhir.patients import AS_OF, ID, KNOWN_AS, RESTRICTED, STATUS, to_patient
from visitsync.connector_kit.fhir.searching import Searches
from visitsync.connector_kit.fhir.shapes import KINDS, WHOSE
from visitsync.connector_kit.json_rows import decode_record, record_id
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord

__all__ = [
    "AS_OF", "ID", "KNOWN_AS", "RESTRICTED", "STATUS", "PeopleReader", "covered_patient_of", "split", "split_entries",
    "to_patient",
]  # fmt: skip


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


def covered_patient_of(body: bytes) -> str:
    """Whose Coverage this is; "" where it does not say. Raises RecordUnreadable."""
    return beneficiary_of(decode_record(body, WHOSE))


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
