"""Takes Kareo's answers apart: from one XML answer to its records, each as JSON of the members that say something.

JSON, because nil and absent members mean the same, and because the many nil ones would fill the storage. Members keep
Kareo's spelling and order, known to us or not.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec
from lxml import etree

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connector_kit.soap import Element, local_name, read_answer, without_nil_members
from visitsync.connectors.kareo.answers import SaysError, payload_of, refuse_throttled, result_of
from visitsync.connectors.kareo.contract import REPLIES, K, Reply
from visitsync.connectors.kareo.elements import names_of, nested
from visitsync.connectors.kareo.listed_rows import AlikeRows, ListedRows, NotWrittenAlike, ParsedRows
from visitsync.connectors.kareo.secrecy import blank_secrets
from visitsync.connectors.kareo.texts import as_utc, as_utc_again, is_yes, local_time

Members = dict[str, Any]
Found = list[RawRecord | UnreadableRecord]


def records_of(page: FetchedPage, operation: str) -> Found:
    """The records of an answer to that operation, in order. Raises AnswerUnreadable, and what result_of raises."""
    reply, practice_id = REPLIES[operation], page.asked.get("practice_id", "")
    if reply.row and reply.kind is RecordKind.APPOINTMENT:
        with suppress(NotWrittenAlike):
            return _listed(page, AlikeRows(page.body, operation, practice_id), reply)
    body = without_nil_members(page.body, sparing=reply.payload)  # of which today's row has some sixty
    try:
        payload = payload_of(result_of(body, operation, practice_id=practice_id), operation)
    except SaysError as error:
        if reply.row:
            raise
        return _unanswered(page, error)
    return _listed(page, ParsedRows(payload, operation), reply) if reply.row else list(_single(page, payload, reply))


def operation_of(body: bytes) -> str:
    """Which operation an answer answers, whatever it says. Raises AnswerUnreadable, and for a fault its error."""
    answer = read_answer(body)
    operation = local_name(answer).removesuffix("Response")
    if answer.tag == f"{{{K}}}{operation}":
        raise AnswerUnreadable(f"This is a request ({operation}) and not an answer.")
    if answer.tag != f"{{{K}}}{operation}Response":
        refuse_throttled(body, "The operation asked")
        raise AnswerUnreadable(f"The answer is <{answer.tag[:200]}>, which is none of Kareo's.")
    return operation


_SAYS_NOTHING = frozenset({"", "0", "False", "false"})
_LIST_TIMES = ("StartDate", "EndDate")
_LIST_STAMPS = ("CreatedDate", "LastModifiedDate")
_ID_DIGITS = 19
_encode = msgspec.json.Encoder().encode


def _listed(page: FetchedPage, rows: ListedRows, reply: Reply) -> Found:
    shifted = _shifted(page.asked) if reply.kind is RecordKind.APPOINTMENT else []
    found: Found = []
    for position, row in enumerate(rows.rows):
        try:
            members = rows.members(row)
            for name, unshifted, hours in shifted:
                if name in members:
                    members[name] = unshifted(members[name], hours)
            if record := _record(page, members, reply):
                found.append(record)
        except RecordUnreadable as error:
            found.append(_unreadable(page, position, rows.element(row), str(error)))
    return found


def _shifted(asked: Mapping[str, str]) -> list[tuple[str, Callable[[str, int], str], int]]:
    """The times that the answer shifted by the offset we asked with; as UTC they no longer depend on it."""
    hours = int(asked.get("offset") or 0)
    times = [(name, as_utc_again, hours) for name in _LIST_TIMES if asked.get("list_times") == "offset"]
    stamps = [(name, as_utc, hours) for name in _LIST_STAMPS if asked.get("list_stamps") == "offset"]
    return [*times, *stamps] if asked.get("offset") else []


def _record(page: FetchedPage, members: Members, reply: Reply) -> RawRecord | None:
    """None for a phantom: Kareo may answer "no rows" with one row of nothing."""
    identity = members.get(reply.id, "")
    if not identity and all(value in _SAYS_NOTHING for value in members.values() if isinstance(value, str)):
        return None
    _refuse_another_practice(page.asked, members)
    identity = _number(identity, reply.id)
    if reply.kind is RecordKind.APPOINTMENT and is_yes(members.get("Recurring", "")):
        identity = _occurrence_id(identity, members, page.asked)
    return RawRecord(kind=page.kind, id=identity, body=_encode(members), asked=page.asked)


def _number(identity: object, name: str) -> str:
    if not isinstance(identity, str) or not identity.isascii() or not identity.isdecimal():
        raise RecordUnreadable(f"{name}: expected a whole number")
    if len(identity) > _ID_DIGITS or not int(identity):
        raise RecordUnreadable(f"{name}: no number that an id can have")
    return identity


def _occurrence_id(identity: str, members: Members, asked: Mapping[str, str]) -> str:
    """Occurrences of a series share its id and differ in their start (inferred; reference, section 5.1)."""
    text = members.get("StartDate", "")
    try:
        wall = local_time(text, asked.get("zone", "UTC")).wall
    except ValueError:
        raise RecordUnreadable("StartDate: expected a date and time") from None
    return f"{identity}@{wall.isoformat(timespec='minutes')}"


def _refuse_another_practice(asked: Mapping[str, str], members: Members) -> None:
    """One customer key may open several practices; a filter that was ignored must not mix them."""
    ours = asked.get("practice_id")
    theirs = members.get("PracticeID") or members.get("PracticeId")
    if ours and theirs and ours != theirs:
        raise AnswerUnreadable(f"The answer holds records of practice {theirs[:20]}; asked was for {ours}.")


def _single(page: FetchedPage, payload: Element | None, reply: Reply) -> Iterator[RawRecord | UnreadableRecord]:
    """One record for each id that was asked for; occurrences of a series share one answer."""
    wanted = _asked_ids(page)
    try:
        members = {} if payload is None else nested(payload, names_of(reply))
        identity = members.get(reply.id, "0")
        if payload is not None and not wanted:
            wanted = [_number(identity, reply.id)]
        _refuse_another_practice(page.asked, members)
    except (RecordUnreadable, AnswerUnreadable) as error:
        yield _unreadable(page, 0, None, str(error))
        return
    for asked_id in wanted:
        is_absent = identity in _SAYS_NOTHING
        if not is_absent and identity != asked_id.partition("@")[0]:
            raise AnswerUnreadable(f"The answer is about another {reply.payload} than asked for.")
        body = b"" if is_absent else _encode(members)
        yield RawRecord(kind=page.kind, id=asked_id, body=body, asked=page.asked, is_absent=is_absent)


def _unanswered(page: FetchedPage, error: SaysError) -> Found:
    """An error about one record: it does not exist, or it cannot be read and the others can."""
    if error.is_about_a_missing_record:
        return [
            RawRecord(kind=page.kind, id=identity, body=b"", asked=page.asked, is_absent=True)
            for identity in _asked_ids(page)
        ]
    return [
        UnreadableRecord(kind=page.kind, position=0, body=page.body, reason=str(error), id=identity)
        for identity in _asked_ids(page)
    ]


def _asked_ids(page: FetchedPage) -> list[str]:
    return [identity for identity in page.asked.get("ids", "").split(",") if identity]


def _unreadable(page: FetchedPage, position: int, row: Element | None, reason: str) -> UnreadableRecord:
    body = b""
    if row is not None:
        blank_secrets(row)
        body = etree.tostring(row, encoding="utf-8", with_tail=False)
    return UnreadableRecord(
        kind=page.kind, position=position, body=body, reason=reason, id=next(iter(_asked_ids(page)), None)
    )
