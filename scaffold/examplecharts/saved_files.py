"""Guesses what a saved payload of ExampleCharts is: a list or one record, perhaps with its HTTP head."""

import re
from collections.abc import Mapping

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import (
    decode_record,
    read_listing,
    read_members,
    record_id,
    without_byte_order_mark,
)
from visitsync.connector_kit.pages import FetchedPage, RecordKind
from visitsync.connectors.examplecharts.payloads import IDENTITIES

_HTTP_HEAD = re.compile(rb"HTTP/\d.*?\r?\n\r?\n", re.DOTALL)

# Members that only one kind of row has.
_SIGNS: tuple[tuple[RecordKind, str], ...] = (
    (RecordKind.APPOINTMENT, "starts_at"),
    (RecordKind.PATIENT, "birth_date"),
    (RecordKind.LOCATION, "time_zone"),
    (RecordKind.PRACTITIONER, "npi"),
    (RecordKind.APPOINTMENT_TYPE, "is_active"),
)


def page_from_file(content: bytes) -> FetchedPage:
    """The page that the file's payload would have been. Raises AnswerUnreadable, saying what it is instead."""
    body = without_byte_order_mark(content.lstrip())
    body = _HTTP_HEAD.sub(b"", body, count=1) if body.startswith(b"HTTP/") else body
    members = read_members(body)
    if "error" in members:
        raise AnswerUnreadable("This is ExampleCharts' refusal of a request and holds no record.")
    if "rows" not in members:
        identity = _identity(body)
        return FetchedPage(kind=_kind(members), body=body, asked={"id": identity})
    rows = [row for row in read_listing(body, ("rows",)).rows if not row.trouble]
    if not rows:
        raise AnswerUnreadable("The list is empty: nothing shows what it lists.")
    return FetchedPage(kind=_kind(read_members(rows[0].body)), body=body)


def _kind(members: Mapping[str, bytes]) -> RecordKind:
    kind = next((kind for kind, sign in _SIGNS if sign in members), None)
    if kind is None:
        raise AnswerUnreadable("No member shows which of ExampleCharts' records this is.")
    return kind


def _identity(body: bytes) -> str:
    try:
        return record_id(decode_record(body, IDENTITIES).id)
    except RecordUnreadable as error:
        raise AnswerUnreadable(f"The record cannot be told from others: {error}.") from None
