"""Guesses what a saved payload of Prime Suite is: an answer, a part of one, or either with its HTTP head. Pure."""

import re
from collections.abc import Mapping

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.json_rows import read_listing, read_members, without_byte_order_mark
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connector_kit.saved_answers import what_is_no_json, with_members, without_http_head
from visitsync.connectors.greenway_prime_suite.failures import failure_among
from visitsync.connectors.greenway_prime_suite.patients import DEMOGRAPHICS, INSURANCE, UNNAMED
from visitsync.connectors.greenway_prime_suite.schedule_page import LIST

JSON = "application/json"
_A_NAME = re.compile(rb'"(?:(?:first|last|full)name|dateofbirth)"', re.IGNORECASE)
"""Demographics have such a member; what else names a PatientID is about something else of theirs."""

_HOLD_NOTHING_FOR_US: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"Credentials"}), "This is a request, and credentials stand in it: remove the file"),
    (frozenset({"CustomFields"}), "These are custom fields of a chart, which are not read"),
    (frozenset({"ExtractDateTime"}), "This is a clinical summary, which is not read"),
    (frozenset({"DocumentImportStatus", "DocumentID"}), "This is the answer to the import of a document"),
    (frozenset({"UserPracticeList", "AuditTrailID", "ApptSID"}), "This is an answer of Intergy, another product"),
    (frozenset({"resourceType"}), "This is FHIR: read it with the connector fhir_r4"),
)


def page_from_file(content: bytes) -> FetchedPage:
    """The page that the file's payload would have been. Raises AnswerUnreadable, saying what it is instead."""
    body = without_http_head(without_byte_order_mark(content)).strip()
    if body[:1] == b"[":
        return _list_page(body)
    if body[:1] != b"{":
        raise AnswerUnreadable(what_is_no_json(body))
    body, members = _without_wrapper(body)
    if LIST in members:
        return FetchedPage(kind=RecordKind.APPOINTMENT, body=body, media_type=JSON)
    _refuse_what_holds_no_record(members)
    if "AppointmentID" in members:
        return _schedule_of(body)
    return _patient_page(body, members)


def _without_wrapper(body: bytes) -> tuple[bytes, Mapping[str, bytes]]:
    """Some services of the vendor's platform put their answer into `d`, or into a member named after the call."""
    members = read_members(body)
    if len(members) == 1:
        ((name, inner),) = members.items()
        if (name == "d" or name.endswith("Result")) and inner[:1] == b"{":
            return inner, read_members(inner)
    return body, members


def _list_page(body: bytes) -> FetchedPage:
    """A list without its envelope: rows of the schedule, or policies."""
    rows = read_listing(body, ()).rows
    if rows and b'"InsurancePlan"' in rows[0].body and b'"AppointmentID"' not in rows[0].body:
        return _about_a_patient(INSURANCE, b'{"Insurance":' + body + b"}", UNNAMED)
    return FetchedPage(kind=RecordKind.APPOINTMENT, body=b'{"Appointments":' + body + b"}", media_type=JSON)


def _schedule_of(row: bytes) -> FetchedPage:
    return FetchedPage(kind=RecordKind.APPOINTMENT, body=b'{"Appointments":[' + row + b"]}", media_type=JSON)


def _patient_page(body: bytes, members: Mapping[str, bytes]) -> FetchedPage:
    if INSURANCE in members and members[INSURANCE][:1] != b"{" and b'"PatientID"' not in body:
        return _about_a_patient(INSURANCE, body, UNNAMED)
    if re.search(rb'"PatientI[dD]"', body) and _A_NAME.search(body):
        return _about_a_patient(DEMOGRAPHICS, body, UNNAMED)
    nothing = "The payload is none of a schedule, an appointment, a patient's demographics or policies."
    raise AnswerUnreadable(f"{nothing} {with_members(members)}")


def _about_a_patient(part: str, body: bytes, identity: str) -> FetchedPage:
    whole = b'{"' + part.encode() + b'":' + body + b"}"
    return FetchedPage(kind=RecordKind.PATIENT, body=whole, media_type=JSON, asked={"id": identity})


def _refuse_what_holds_no_record(members: Mapping[str, bytes]) -> None:
    failure = failure_among(members)
    if failure is not None:
        raise AnswerUnreadable(f"This is an error message of Prime Suite: {failure.value}; it holds no records.")
    for names, what in _HOLD_NOTHING_FOR_US:
        if not names.isdisjoint(members):
            raise AnswerUnreadable(f"{what}; it holds no records.")
