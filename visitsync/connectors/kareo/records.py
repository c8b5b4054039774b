"""Takes Kareo's answers apart: from one XML answer to its records, each as JSON of the members that say something.

JSON, because nil and absent members mean the same, and because the many nil ones would fill the storage. Members keep
Kareo's spelling and order, known to us or not. What must never be kept is left out here and nowhere later.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from lxml import etree

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.pages import FetchedPage, RawRecord, RecordKind, UnreadableRecord
from visitsync.connector_kit.soap import Element, is_nil, local_name, read_answer, without_nil_members
from visitsync.connectors.kareo.answers import SaysError, payload_of, refuse_throttled, result_of
from visitsync.connectors.kareo.contract import REPLIES, K, Reply
from visitsync.connectors.kareo.secrecy import blank_secrets, is_secret
from visitsync.connectors.kareo.texts import as_utc, as_utc_again, is_yes, local_time

Members = dict[str, Any]
Found = list[RawRecord | UnreadableRecord]

LISTS = frozenset({"Cases", "InsurancePolicies", "Authorizations", "PatientSummaries", "ResourceIds"})
"""Members that are lists even where they hold one item or none."""


def records_of(page: FetchedPage, operation: str) -> Found:
    """The records of an answer to that operation, in order. Raises AnswerUnreadable, and what result_of raises."""
    reply = REPLIES[operation]
    practice_id = page.asked.get("practice_id", "")
    body = without_nil_members(page.body, sparing=reply.payload)  # of which today's row has some sixty
    try:
        payload = payload_of(result_of(body, operation, practice_id=practice_id), operation)
    except SaysError as error:
        if reply.row:
            raise
        return _unanswered(page, error)
    if not reply.row:
        return list(_single(page, payload, reply))
    rows = [] if payload is None else list(payload)
    if any(row.tag != f"{{{reply.namespace}}}{reply.row}" for row in rows):
        raise AnswerUnreadable(f"{operation}: the list holds something else than {reply.row}.")
    return _listed(page, rows, reply)


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


# A name in front of an appointment is no use to anyone here; social security numbers are asked of nobody.
_NAMES_OF_PATIENTS = frozenset({"PatientFullName", "AppointmentName"})
_CONTACT = frozenset(
    {"FirstName", "MiddleName", "LastName", "DateOfBirth", "Email", "WorkEmail", "OtherEmail"}
    | {"HomePhone", "MobilePhone", "WorkPhone", "OtherPhone"}
)
_LEFT_OUT: Mapping[RecordKind, frozenset[str]] = {
    RecordKind.APPOINTMENT: _NAMES_OF_PATIENTS,
    RecordKind.APPOINTMENT_DETAIL: _NAMES_OF_PATIENTS | _CONTACT | {"RecurrenceRule"},
}
_SAYS_NOTHING = frozenset({"", "0", "False", "false"})
_LIST_TIMES = ("StartDate", "EndDate")
_LIST_STAMPS = ("CreatedDate", "LastModifiedDate")
_ID_DIGITS = 19
_encode = msgspec.json.Encoder().encode


class _Names(dict[str, str]):
    """The name of a member by its tag, "" for one that is not kept; learned tag by tag, for one answer only."""

    def __init__(self, namespace: str, left_out: frozenset[str]) -> None:
        super().__init__()
        self._start = f"{{{namespace}}}"
        self._left_out = left_out

    def __missing__(self, tag: str) -> str:
        name = tag.removeprefix(self._start)
        if name == tag:
            raise RecordUnreadable(f"{tag.rpartition('}')[2][:60]}: in another namespace than the record")
        kept = "" if name in self._left_out or is_secret(name) else name
        self[tag] = kept
        return kept


def _names(reply: Reply) -> _Names:
    nothing: frozenset[str] = frozenset()
    return _Names(reply.namespace, nothing if reply.kind is None else _LEFT_OUT.get(reply.kind, nothing))


def _listed(page: FetchedPage, rows: list[Element], reply: Reply) -> Found:
    names, read = _names(reply), _flat if reply.kind is RecordKind.APPOINTMENT else _nested
    found: Found = []
    for position, row in enumerate(rows):
        try:
            members = read(row, names)
            if record := _record(page, members, reply):
                found.append(record)
        except RecordUnreadable as error:
            found.append(_unreadable(page, position, row, str(error)))
    return found


def _record(page: FetchedPage, members: Members, reply: Reply) -> RawRecord | None:
    """None for a phantom: Kareo may answer "no rows" with one row of nothing."""
    identity = members.get(reply.id, "")
    if not identity and all(value in _SAYS_NOTHING for value in members.values() if isinstance(value, str)):
        return None
    _refuse_another_practice(page.asked, members)
    identity = _number(identity, reply.id)
    if reply.kind is RecordKind.APPOINTMENT:
        _fix_times(members, page.asked)
        if is_yes(members.get("Recurring", "")):
            identity = _occurrence_id(identity, members, page.asked)
    return RawRecord(kind=page.kind, id=identity, body=_encode(members), asked=page.asked)


def _flat(row: Element, names: _Names) -> Members:
    """A row of texts; the way that hundreds of thousands of appointments take."""
    members: Members = {}
    for child in row:
        if len(child):
            raise RecordUnreadable(f"{local_name(child)[:60]}: holds elements where a text belongs")
        if (text := child.text) and (name := names[child.tag]):
            if name in members:
                raise RecordUnreadable(f"{name}: stands there twice")
            members[name] = text
    return members


def _nested(element: Element, names: _Names) -> Members:
    """A record that may hold others."""
    members: Members = {}
    for child in element:
        name = names[child.tag]
        if name in members:
            raise RecordUnreadable(f"{name}: stands there twice")
        if name and not is_nil(child) and (value := _value(child, name, names)) != "":
            members[name] = value
    return members


def _value(child: Element, name: str, names: _Names) -> object:
    if name in LISTS:
        return [_nested(item, names) if len(item) else item.text or "" for item in child]
    return _nested(child, names) if len(child) else child.text or ""


def _number(identity: object, name: str) -> str:
    if not isinstance(identity, str) or not identity.isascii() or not identity.isdecimal():
        raise RecordUnreadable(f"{name}: expected a whole number")
    if len(identity) > _ID_DIGITS or not int(identity):
        raise RecordUnreadable(f"{name}: no number that an id can have")
    return identity


def _fix_times(members: Members, asked: Mapping[str, str]) -> None:
    """Times that the answer shifted by the offset we asked with become UTC, so that they no longer depend on it."""
    if not (offset := asked.get("offset")):
        return
    hours = int(offset)
    if asked.get("list_times") == "offset":
        for name in _LIST_TIMES:
            if name in members:
                members[name] = as_utc_again(members[name], hours)
    if asked.get("list_stamps") == "offset":
        for name in _LIST_STAMPS:
            if name in members:
                members[name] = as_utc(members[name], hours)


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
        members = {} if payload is None else _nested(payload, _names(reply))
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
