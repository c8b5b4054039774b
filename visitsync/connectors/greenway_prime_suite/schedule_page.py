"""Takes an answer of the schedule apart into rows, and refuses everything that is none (section 4.8). Pure."""

from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_rows import (
    decode_record,
    read_listing,
    read_members,
    record_id,
    without_byte_order_mark,
)
from visitsync.connectors.greenway_prime_suite.failures import failure_among
from visitsync.connectors.greenway_prime_suite.payloads import ENVELOPES, IDENTITIES

LIST = "Appointments"
TOTAL = "TotalRows"
_LIST_NAME = b'"Appointments"'
_ID_FIRST = b'{"AppointmentID":'
_ID_AT = len(_ID_FIRST)
_MOST_DIGITS = 19


class Schedule(msgspec.Struct, frozen=True):
    """The rows of one answer, and how many the whole question has (None where the answer does not say)."""

    rows: list[bytes]
    total: int | None
    troubles: Mapping[int, str] = {}
    """Position of a row that is no JSON value → why."""

    def __repr__(self) -> str:
        return f"Schedule({len(self.rows)} rows)"


def read_schedule(body: bytes, *, is_null_empty: bool) -> Schedule:
    """Raises AnswerUnreadable for an error, a null or missing list, and everything that is no schedule.

    `is_null_empty`: whether null is this site's way of saying that a week is empty (only where TotalRows is 0).
    """
    text = without_byte_order_mark(body)
    quick = _read_at_once(text)
    if quick is not None:
        return quick
    members = read_members(text)
    failure = failure_among(members)
    if failure is not None:
        raise AnswerUnreadable(f"The answer is an error message: {failure.value}.")
    if LIST not in members:
        raise AnswerUnreadable("The answer has no list of appointments.")
    total = _total(members.get(TOTAL))
    if members[LIST] == b"null":
        if total == 0 and is_null_empty:
            return Schedule([], 0)
        raise AnswerUnreadable("The list of appointments is null, which is what a failure looks like.")
    rows = read_listing(text, (LIST,)).rows
    troubles = {position: row.trouble for position, row in enumerate(rows) if row.trouble}
    return Schedule([row.body for row in rows], total, troubles)


def row_id(body: bytes) -> str:
    """The id of a row. Raises RecordUnreadable."""
    if body.startswith(_ID_FIRST):  # as the vendor writes it
        digits = body[_ID_AT : body.find(b",", _ID_AT, _ID_AT + _MOST_DIGITS)]
        if digits.isdigit() and digits[:1] != b"0":
            return digits.decode()
    identity = record_id(decode_record(body, IDENTITIES, identity=("AppointmentID",)).id)
    if identity == "0":
        raise RecordUnreadable("AppointmentID: 0 names no appointment")
    return identity


def _read_at_once(text: bytes) -> Schedule | None:
    """The usual case in one go; None where anything is odd and must be looked at with care."""
    if text.count(_LIST_NAME) != 1:
        return None
    try:
        envelope = ENVELOPES.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(envelope.rows, list) or type(envelope.total) is not int or envelope.total < 0:
        return None
    # Beside its two members the usual answer has nothing, so that no error can hide behind the list.
    around = len(text) - sum(map(len, envelope.rows)) - len(envelope.rows)
    if around > _MOST_AROUND:
        return None
    return Schedule(list(map(bytes, envelope.rows)), envelope.total)


_MOST_AROUND = len('{"TotalRows":1234567,"Appointments":[]}')


def _total(raw: bytes | None) -> int | None:
    if raw is None or raw == b"null":
        return None
    text = raw.strip(b'"')
    if not text.isdigit() or len(text) > 9:
        raise AnswerUnreadable("TotalRows: expected a whole number.")
    return int(text)
