"""Guesses what a saved payload of athenahealth is: an answer of any list or single read, also with its HTTP head."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.json_rows import JsonRow, read_listing, read_members, without_byte_order_mark
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connector_kit.saved_answers import what_is_no_json, with_members, without_http_head

JSON = "application/json"

LIST_KEYS: Mapping[RecordKind, tuple[str, ...]] = {
    RecordKind.APPOINTMENT: ("appointments",),
    RecordKind.APPOINTMENT_DETAIL: ("appointments",),
    RecordKind.PATIENT: ("patients",),
    RecordKind.LOCATION: ("departments",),
    RecordKind.PRACTITIONER: ("providers",),
    RecordKind.APPOINTMENT_TYPE: ("appointmenttypes",),
}
"""The key of the list in each kind's envelope (section 3.1); single reads are bare lists of one."""


# Members that only one kind of row has; the first that fits decides (sections 6.3, 8.2 and 9).
_SIGNS: tuple[tuple[RecordKind, frozenset[str]], ...] = (
    (RecordKind.APPOINTMENT, frozenset({"appointmentid", "starttime", "appointmentstatus"})),
    (RecordKind.PATIENT, frozenset({"patientid", "dob"})),
    (RecordKind.APPOINTMENT_TYPE, frozenset({"appointmenttypeid", "templatetypeonly"})),
    (RecordKind.PRACTITIONER, frozenset({"providerid", "schedulingname", "providertypeid"})),
    (RecordKind.LOCATION, frozenset({"departmentid", "timezonename", "timezoneoffset"})),
)

# Envelopes of what holds no record of ours, and what to say of them.
_OTHER_LISTS: Mapping[str, str] = {
    "insurances": "a list of insurance packages; read with the patient they belong to",
    "subscriptions": "the state of a subscription to changes, or the list of its events",
    "notes": "an appointment's notes",
    "practiceinfo": "the list of practices that a key can reach",
    "status": "a list of confirmation statuses",
    "claims": "a list of claims",
    "waitlistentries": "the wait list; nothing of it is booked",
    "reminders": "a list of reminders to book something; nothing of it is booked",
    "patientappointmentreasons": "a list of reasons that patients may book by",
    "encounters": "a list of encounters, which are no appointments",
    "insurancepackages": "a list of packages that may be chosen",
}
_OTHER_ROWS: Mapping[str, str] = {
    "insurancepackageid": _OTHER_LISTS["insurances"],
    "eventname": _OTHER_LISTS["subscriptions"],
    "notetext": _OTHER_LISTS["notes"],
    "practiceid": _OTHER_LISTS["practiceinfo"],
    "waitlistid": _OTHER_LISTS["waitlistentries"],
    "appointmentreminderid": _OTHER_LISTS["reminders"],
    "encounterid": _OTHER_LISTS["encounters"],
}
_FREE_TIMES = "These are free times that may be booked, not appointments: nobody has any of them."


def page_from_file(content: bytes) -> FetchedPage:
    """The page that the file's payload would have been. Raises AnswerUnreadable, saying what it is instead."""
    body = without_http_head(without_byte_order_mark(content)).strip()
    if body[:1] == b"[":
        return _page(_kind_of_rows(read_listing(body, ()).rows), body)
    if body[:1] != b"{":
        raise AnswerUnreadable(_what_is_no_json(body))
    members = read_members(body)
    for kind, keys in LIST_KEYS.items():
        if any(members.get(key, b"").lstrip()[:1] == b"[" for key in keys):
            _refuse_free_times(read_listing(body, keys).rows)
            return _page(kind, body)
    if (kind_of_one := _kind(members)) is not None:
        return _page(kind_of_one, b"[" + body + b"]")
    raise AnswerUnreadable(_what_it_is(members))


def _refuse_free_times(rows: list[JsonRow]) -> None:
    """A row of /appointments/open has times like a booked one, but neither a status nor a patient (section 6.1)."""
    first = _members(rows[0].body) if rows else {}
    if "starttime" in first and not {"appointmentstatus", "patientid"} & first.keys():
        raise AnswerUnreadable(_FREE_TIMES)


def _kind_of_rows(rows: list[JsonRow]) -> RecordKind:
    """Also an empty list, which is read as one of appointments."""
    _refuse_free_times(rows)
    members = [_members(row.body) for row in rows]
    kinds = [kind for each in members if (kind := _kind(each)) is not None]
    if kinds or not rows:
        return kinds[0] if kinds else RecordKind.APPOINTMENT
    raise AnswerUnreadable(_what_it_is(members[0]))


def _members(row: bytes) -> Mapping[str, bytes]:
    try:
        return read_members(row)
    except AnswerUnreadable:
        return {}


def _kind(members: Mapping[str, bytes]) -> RecordKind | None:
    return next((kind for kind, signs in _SIGNS if _is_sure(signs, members)), None)


def _is_sure(signs: frozenset[str], members: Mapping[str, bytes]) -> bool:
    """At least two of the signs, or an id with a name beside it."""
    present = signs & members.keys()
    names = {"name", "firstname", "lastname", "displayname", "shortname"}
    return len(present) > 1 or bool(present and any(one.endswith("id") for one in present) and names & members.keys())


def _what_it_is(members: Mapping[str, bytes]) -> str:
    for key, what in _OTHER_LISTS.items():
        if members.get(key, b"")[:1] == b"[":
            return f"This is {what}; it holds no records."
    for key, what in _OTHER_ROWS.items():
        if key in members:
            return f"This is {what}; it holds no records."
    if "access_token" in members:
        return "This is the answer to a sign-in; it holds a token and no records. Keep it away from others."
    if "responseBody" in members and "requestUri" in members:
        return "This is a recording of a request; save the answer that stands in its responseBody by itself."
    if "error" in members or "missingfields" in members or "errormessage" in members:
        return f"This is an error message of athenahealth ({_error(members)}); it holds no records."
    if members.keys() <= {"success"}:
        return "This is the answer to a change; it holds no records."
    return "The payload is none of an appointment, patient, department, provider or appointment type. " + with_members(
        members
    )


def _error(members: Mapping[str, bytes]) -> str:
    """The vendor's own words where they are of the known ones; others may name a patient."""
    try:
        text = msgspec.json.decode(members.get("error", b'""'), type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "of an unknown kind"
    known = ("require setup (subscription)", "Additional fields are required", "The data provided is invalid")
    return next((f"“{text[:80]}”" for words in known if words in text), "of an unknown kind")


def _what_is_no_json(body: bytes) -> str:
    if b"Service not registered" in body[:200]:
        return "athenahealth's gateway knows no such address: “Service not registered with API gateway.”"
    if b"<h1>Developer Over" in body[:2000]:
        return "This is a refusal because too much was asked; it holds no records."
    return what_is_no_json(body)


def _page(kind: RecordKind, body: bytes) -> FetchedPage:
    return FetchedPage(kind=kind, body=body, media_type=JSON)
