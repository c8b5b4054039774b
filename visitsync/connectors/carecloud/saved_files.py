"""Guesses what a saved payload of CareCloud is, with or without its HTTP head, or says what it is instead."""

from collections.abc import Mapping

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.json_rows import read_listing, read_members, without_byte_order_mark
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connector_kit.saved_answers import what_is_no_json, with_members, without_http_head
from visitsync.connectors.carecloud.coverages import PROFILE_SIGNS
from visitsync.connectors.carecloud.wrappers import ITEMS, LIST_KEYS, LISTS, RESOURCES, unwrapped

JSON = "application/json"
_INSURANCE = (
    "This is a patient's insurance, which does not say whose it is; it is read together with the chart. To see what "
    'is understood of it, save {"patient": the chart, "insurances": this answer}.'
)

# Members that only one kind of object has; the first that fits decides (reference, sections 3 to 5).
_SIGNS: tuple[tuple[RecordKind, frozenset[str]], ...] = (
    (RecordKind.APPOINTMENT, frozenset({"appointment_status", "visit_reason_id", "is_force_overbook", "exam_room_id"})),
    (RecordKind.PATIENT, frozenset({"email_address", "addresses", "responsible_party"})),
    (RecordKind.LOCATION, frozenset({"is_visible_appointment_scheduler", "place_of_service_code"})),
    (RecordKind.PRACTITIONER, frozenset({"npi", "specialty"})),
)
_RESOURCE_SIGNS = frozenset({"is_for_requests", "appointment_confirmation", "default_provider"})

# What is known and holds no record of ours; the first that fits is told.
_NO_RECORDS: tuple[tuple[frozenset[str], str], ...] = (
    (PROFILE_SIGNS | {"insurance_profiles", "insurance_profile"}, _INSURANCE),
    (frozenset({"appointment_status"}), "This is a status; statuses are told by the appointments themselves."),
    (frozenset({"appointment_cancellation_reason"}), "This is a cancellation reason, not an appointment."),
    (frozenset({"appointment_confirmation"}), "This is a confirmation of an appointment, not the appointment."),
    (frozenset({"appointment_cancellation_request_id", "cancellation_comments"}), "This confirms a cancellation only."),
    (frozenset({"access_token", "business_entity"}), "This is about an access token; it holds no records."),
    (frozenset({"slots"}), "These are free times, not appointments."),
    (frozenset({"timezone", "dow"}), "This is a blockout or template, which the sync does not read."),
    (frozenset({"account_balance"}), "This is a search result, without e-mail; read the chart by its id."),
    (frozenset({"physician"}), "This is the registry's entry of a physician, not a provider of the practice."),
    (frozenset({"error", "errors", "message", "error_description"}), "This is an error message; it holds no records."),
)


def page_from_file(content: bytes) -> FetchedPage:
    """The page that the file's payload would have been. Raises AnswerUnreadable, saying what it is instead."""
    body = without_http_head(without_byte_order_mark(content)).strip()
    if body[:1] == b"[":
        return _list_page(body)
    if body[:1] != b"{":
        raise AnswerUnreadable(what_is_no_json(body))
    members = read_members(body)
    listed = [key for key in LIST_KEYS if members.get(key, b"")[:1] == b"["]
    if "patients" in members:
        raise AnswerUnreadable("These are search results, without e-mail; read each chart by its id.")
    if listed:
        return _list_page(body, listed[0])
    return _single_page(body, members)


def _list_page(body: bytes, key: str = "") -> FetchedPage:
    """A list is of the kind of its first row that shows its own."""
    rows = [_row(row.body) for row in read_listing(body, LIST_KEYS).rows]
    kinds = [found for members, wrapper in rows if (found := _kind(members, wrapper)) is not None]
    told = LISTS.get(key)
    if rows and not kinds and told is None:
        _refuse({**rows[0][0], rows[0][1]: b""})
        seen = with_members(rows[0][0] or ([rows[0][1]] if rows[0][1] else []))
        raise AnswerUnreadable(
            f"The rows are none of appointments, visit reasons, locations, providers or resources. {seen}"
        )
    kind, is_resources = kinds[0] if kinds else (told or RecordKind.APPOINTMENT, key in (RESOURCES, "resources"))
    if kind is RecordKind.PATIENT:
        if len(rows) != 1:
            raise AnswerUnreadable("These are several patients; CareCloud gives charts one by one.")
        _refuse_part_of_a_chart(rows[0][0])
        return FetchedPage(kind=kind, body=body, media_type=JSON)
    return FetchedPage(kind=kind, body=body, media_type=JSON, asked={"list": RESOURCES} if is_resources else {})


def _single_page(body: bytes, members: Mapping[str, bytes]) -> FetchedPage:
    """One object as a list of one, so that it is read without knowing its id."""
    wrapped = {name for name in ITEMS if members.get(name, b"")[:1] == b"{"}
    if "patient" in wrapped and members.keys() <= {"patient", "insurances"}:
        _refuse_part_of_a_chart(read_members(members["patient"]))
        return FetchedPage(kind=RecordKind.PATIENT, body=body, media_type=JSON)
    if members and members.keys() <= {"appointment", "patient"} and not wrapped:
        raise AnswerUnreadable("This says that something was saved, and under which id; it holds no record.")
    found = _kind(*_row(body))
    if found is None:
        _refuse(members)
        nothing = "The payload is none of an appointment, patient, location, provider or visit reason."
        raise AnswerUnreadable(f"{nothing} {with_members(members)}")
    kind, is_resource = found
    if kind is RecordKind.PATIENT:
        _refuse_part_of_a_chart(_row(body)[0])
    asked = {"list": RESOURCES} if is_resource else {}
    alone = body if kind is RecordKind.PATIENT else b"[" + body + b"]"
    return FetchedPage(kind=kind, body=alone, media_type=JSON, asked=asked)


def _refuse_part_of_a_chart(members: Mapping[str, bytes]) -> None:
    """A chart shows what is missing as null (section 2); what has no such member at all is a search result."""
    if "id" in members and not {"email_address", "email"} & members.keys():
        raise AnswerUnreadable("This is a part of a chart, without e-mail, such as a search result; read it by its id.")


def _row(row: bytes) -> tuple[Mapping[str, bytes], str]:
    """The members of a row without its wrapper, and the wrapper's name; nothing for a row that is no object."""
    try:
        inner, wrapper = unwrapped(row)
        return read_members(inner), wrapper
    except AnswerUnreadable:
        return {}, ""


def _kind(members: Mapping[str, bytes], wrapper: str) -> tuple[RecordKind, bool] | None:
    """The kind of a record, and whether it is a column of the schedule."""
    if wrapper in ITEMS:
        return ITEMS[wrapper], "resource" in wrapper
    if wrapper or PROFILE_SIGNS & members.keys():
        return None
    if _RESOURCE_SIGNS & members.keys() and "id" in members and "name" in members:
        return RecordKind.PRACTITIONER, True
    for kind, signs in _SIGNS:
        if signs & members.keys():
            return kind, False
    is_visit_reason = {"id", "name"} <= members.keys() <= {"id", "name", "description"}
    return (RecordKind.APPOINTMENT_TYPE, False) if is_visit_reason else None


def _refuse(members: Mapping[str, bytes]) -> None:
    for signs, reason in _NO_RECORDS:
        if signs & members.keys():
            raise AnswerUnreadable(reason)
