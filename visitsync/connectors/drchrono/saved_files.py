"""Guesses what a saved payload of DrChrono is: an answer, a webhook's delivery, or either with its HTTP head."""

import re
from collections.abc import Mapping

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.json_rows import read_listing, read_members, without_byte_order_mark
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connector_kit.saved_answers import what_is_no_json, with_members

LIST_KEYS = ("results", "data")
_HTTP_HEAD = re.compile(rb"(?:[A-Z]+ \S+ HTTP/\d|HTTP/\d\S* \d{3}|[A-Za-z][A-Za-z0-9-]*: )")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_EVENT = re.compile(
    rb"^X-drchrono-event:[ \t]*(APPOINTMENT|PATIENT)_(?:CREATE|MODIFY|DELETE)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
"""The whole name: PATIENT_PROBLEM_CREATE brings a diagnosis, and no patient (section 8)."""
_EVENT_KINDS = {b"APPOINTMENT": RecordKind.APPOINTMENT, b"PATIENT": RecordKind.PATIENT}
_COMPLAINTS = re.compile(rb'\[\s*"')
"""What stands under each name that DrChrono complains of: a list of sentences."""
_UNFINISHED = (b'"In progress"', b'"Error"', b'"Failed"')

# Members that only one kind of object has; the first that fits decides (drchrono reference, section 5).
_SIGNS: tuple[tuple[RecordKind, frozenset[str]], ...] = (
    (RecordKind.APPOINTMENT_DETAIL, frozenset({"telehealth_url", "overlapping_duration"})),
    (RecordKind.APPOINTMENT, frozenset({"scheduled_time", "appt_is_break", "deleted_flag", "recurring_appointment"})),
    (RecordKind.PATIENT, frozenset({"chart_id", "patient_status", "patient_payment_profile", "date_of_birth"})),
    (RecordKind.LOCATION, frozenset({"exam_rooms", "tax_id_number_professional", "fax_number"})),
    (RecordKind.PRACTITIONER, frozenset({"timezone", "npi_number", "is_account_suspended", "specialty"})),
    (RecordKind.APPOINTMENT_TYPE, frozenset({"sort_order", "online_scheduling"})),
)

_NOTHING_FOR_US = "The payload is none of an appointment, patient, doctor, office or appointment profile."
_PART = "This is a part of patients, such as their summary, without e-mail and status; read /api/patients instead."


def page_from_file(content: bytes) -> FetchedPage:
    """The page that the file's payload would have been. Raises AnswerUnreadable, saying what it is instead."""
    head, body = _head_and_body(without_byte_order_mark(content))
    if body.lstrip()[:1] == b"[":
        return _list_page(body)
    if body.lstrip()[:1] != b"{":
        raise AnswerUnreadable(what_is_no_json(body))
    members = read_members(body)
    if "receiver" in members and "object" in members:
        return _single_page(members["object"], _event_kind(head))
    _refuse_what_holds_no_record(members)
    if any(members.get(key, b"")[:1] == b"[" for key in LIST_KEYS):
        return _list_page(body)
    return _single_page(body)


def _head_and_body(content: bytes) -> tuple[bytes, bytes]:
    """What stands before and after the first blank line, where the file begins like an HTTP message."""
    text = content.lstrip()
    if not _HTTP_HEAD.match(text):
        return b"", content
    parts = _BLANK_LINE.split(text, maxsplit=1)
    if len(parts) != 2:
        raise AnswerUnreadable("The file holds an HTTP head and no body.")
    return parts[0], parts[1]


def _event_kind(head: bytes) -> RecordKind | None:
    event = _EVENT.search(head)
    return None if event is None else _EVENT_KINDS.get(event[1].upper())


def _list_page(body: bytes) -> FetchedPage:
    if _COMPLAINTS.match(body.lstrip()):
        raise AnswerUnreadable("This is a list of sentences, such as DrChrono's refusal; it holds no records.")
    rows = [_members_of_row(row.body) for row in read_listing(body, LIST_KEYS).rows]
    kinds = [kind for members in rows if (kind := _kind(members)) is not None]
    if rows:
        _refuse_what_holds_no_record(rows[0])
    if rows and not kinds:
        raise AnswerUnreadable(f"{_NOTHING_FOR_US} {with_members(rows[0])}")
    if kinds and kinds[0] is RecordKind.PATIENT and any(map(_is_part, rows)):
        raise AnswerUnreadable(_PART)
    return FetchedPage(kind=kinds[0] if kinds else RecordKind.APPOINTMENT, body=body, media_type="application/json")


def _members_of_row(row: bytes) -> Mapping[str, bytes]:
    try:
        return read_members(row)
    except AnswerUnreadable:
        return {}


def _kind(members: Mapping[str, bytes]) -> RecordKind | None:
    return next((kind for kind, signs in _SIGNS if not signs.isdisjoint(members)), None)


def _is_part(members: Mapping[str, bytes]) -> bool:
    """Whole patients show an empty e-mail as "" or null; /api/patients_summary and some copies have no such member."""
    return "id" in members and not {"email", "patient_status"} & members.keys()


def _single_page(body: bytes, told: RecordKind | None = None) -> FetchedPage:
    """One object as a list of one, so that it is read without knowing its id; `told`: its kind, where that is known."""
    members = read_members(body)
    kind = told or _kind(members)
    if kind is None:
        raise AnswerUnreadable(f"{_NOTHING_FOR_US} {with_members(members)}")
    if kind is RecordKind.PATIENT and _is_part(members):
        raise AnswerUnreadable(_PART)
    return FetchedPage(kind=kind, body=b"[" + body.strip() + b"]", media_type="application/json")


def _refuse_what_holds_no_record(members: Mapping[str, bytes]) -> None:
    if "uuid" in members and members.get("status") in _UNFINISHED:
        raise AnswerUnreadable("This is a bulk list that is not ready, or that failed; it holds no records.")
    if "permissions" in members or "username" in members:
        raise AnswerUnreadable("This is a user; users are only read to see which doctors are no providers.")
    if "access_token" in members:
        raise AnswerUnreadable("This is the answer to a sign-in; it holds a token and no records. Keep it from others.")
    if members and all(_COMPLAINTS.match(raw) for raw in members.values()):
        raise AnswerUnreadable(f"This is DrChrono's refusal of what was asked for or sent. {with_members(members)}")
    if members and members.keys() <= {"detail", "error"}:
        raise AnswerUnreadable("This is an error message of DrChrono; it holds no records.")
