"""Takes CareCloud's wrappers off, which differ from list to list and from the documentation (reference, section 4)."""

from collections.abc import Mapping

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.json_rows import read_listing, read_members, without_byte_order_mark
from visitsync.connector_kit.pages import RecordKind

RESOURCES = "appointment_resources"
LISTS: Mapping[str, RecordKind] = {
    "appointments": RecordKind.APPOINTMENT,
    "visit_reasons": RecordKind.APPOINTMENT_TYPE,
    "locations": RecordKind.LOCATION,
    "providers": RecordKind.PRACTITIONER,
    RESOURCES: RecordKind.PRACTITIONER,
    "resources": RecordKind.PRACTITIONER,
}
"""Under what name a list may stand in an object, and what it holds."""
OTHER_LISTS = ("appointment_statuses", "appointment_cancellation_reasons", "statuses", "cancellation_reasons")
LIST_KEYS = (*LISTS, *OTHER_LISTS, "data", "results")

ITEMS: Mapping[str, RecordKind] = {
    "appointment": RecordKind.APPOINTMENT,
    "patient": RecordKind.PATIENT,
    "visit_reason": RecordKind.APPOINTMENT_TYPE,
    "location": RecordKind.LOCATION,
    "provider": RecordKind.PRACTITIONER,
    "resource": RecordKind.PRACTITIONER,
    "appointment_resource": RecordKind.PRACTITIONER,
}
"""Under what name a single record may stand in an object, and what it is."""
_NAMED = ("appointment_status", "appointment_cancellation_reason")


def unwrapped(row: bytes) -> tuple[bytes, str]:
    """A row without its wrapper, and the wrapper's name; "" where it was bare. Raises AnswerUnreadable."""
    members = read_members(row)
    if len(members) == 1:
        ((name, value),) = members.items()
        if name in (*ITEMS, *_NAMED) and value[:1] == b"{":
            return value, name
    return row, ""


def single_of(body: bytes) -> bytes:
    """The one object of an answer that should hold just one, also where it stands in a list.

    Raises AnswerUnreadable.
    """
    text = without_byte_order_mark(body).strip()
    if text[:1] != b"[":
        read_members(text)
        return text
    rows = read_listing(text, ()).rows
    if len(rows) != 1 or rows[0].trouble:
        raise AnswerUnreadable("The answer holds not just the one record that was asked for.")
    return rows[0].body
