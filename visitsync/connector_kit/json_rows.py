"""Takes JSON lists apart row by row, so that one unreadable row never hides the others and no cut-off page passes."""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar

import msgspec

from visitsync.connector_kit.errors import AnswerUnreadable, RecordUnreadable
from visitsync.connector_kit.json_structure import BLANKS, children, name_and_value

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_ID = 200
MOST_NAMES_TO_COUNT = 100

Decoded = TypeVar("Decoded")

_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_LIST: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
_KEY: msgspec.json.Decoder[str] = msgspec.json.Decoder(str)
_ESCAPED_LETTER = re.compile(rb"\\u00[4-7]")
_ESCAPE = re.compile(
    rb"\\(?:(?P<pair>u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?P<unusable>u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000))|.)",
    re.DOTALL,
)


class JsonRow(msgspec.Struct, frozen=True, gc=False):
    """One element of a list as raw bytes; `trouble` says why it is no JSON value, "" where it is one."""

    body: bytes
    trouble: str = ""

    def __repr__(self) -> str:
        return f"JsonRow({len(self.body)} bytes)"


class Listing(msgspec.Struct, frozen=True):
    """A list's rows in order, and what else stood in its envelope, as raw bytes by name."""

    rows: list[JsonRow]
    members: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"Listing({len(self.rows)} rows)"


def read_listing(body: bytes, keys: tuple[str, ...]) -> Listing:
    """The rows of a bare list, or of the list under one of these keys of an object.

    Raises AnswerUnreadable if the text is cut off, is no list, or has several lists that could be meant.
    """
    text = without_byte_order_mark(body)
    if _opener(text) == b"[":
        return Listing(_rows(text), {})
    members = read_members(text)
    present = [key for key in keys if key in members and _opener(members[key]) == b"["]
    if len(present) != 1:
        raise AnswerUnreadable("The answer holds no list where one belongs." if not present else "Which list is meant?")
    return Listing(_rows(members[present[0]]), {name: raw for name, raw in members.items() if name != present[0]})


def read_members(body: bytes) -> dict[str, bytes]:
    """The members of an object as raw bytes by name. Raises AnswerUnreadable, also when a name stands there twice."""
    text = without_byte_order_mark(body)
    if _opener(text) != b"{":
        raise AnswerUnreadable("The answer is no JSON object.")
    try:
        members = {name: bytes(raw) for name, raw in _OBJECT.decode(text).items()}
    except _BROKEN:
        members = {}
    # The decoder lets a later member of the same name win; a second list would silently replace the first.
    if members and (_accounts_for(members, text) or _has_each_name_once(members, text)):
        return members
    return _members_with_care(text)


def decode_record(body: bytes, decoder: msgspec.json.Decoder[Decoded], *, identity: tuple[str, ...] = ()) -> Decoded:
    """A record in its type. Characters that no text can hold (NUL, half a surrogate pair) become a visible U+FFFD.

    `identity`: names of top-level members that must not stand there twice. Raises RecordUnreadable, naming the field
    and the expectation, never a value.
    """
    if identity and _may_repeat(body, identity) and not _is_accounted_for(body):
        _refuse_repeats(body, identity)
    try:
        return decoder.decode(mended(body) if b"\\" in body and b"\\u0000" in body else body)
    except msgspec.ValidationError as error:
        raise RecordUnreadable(str(error)) from None
    except _BROKEN as error:
        return _decode_mended(body, decoder, error)


def record_id(value: object) -> str:
    """An id as text: whole numbers and strings alike. Raises RecordUnreadable for anything that names nothing."""
    if type(value) is int:
        return str(value)
    if isinstance(value, str):
        if not 0 < len(value) <= LONGEST_ID or not value.isprintable() or value.strip() != value:
            raise RecordUnreadable("an id is empty, too long or not printable")
        return value
    raise RecordUnreadable(f"an id is {type(value).__name__}, expected text or a whole number")


def mended(body: bytes) -> bytes:
    """The same JSON with U+FFFD for each escape of a character that no text can hold."""
    if b"\\u" not in body:
        return body
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found["unusable"] else found[0], body)


def without_byte_order_mark(body: bytes) -> bytes:
    """RFC 8259 lets a reader ignore the mark that some servers put in front."""
    return body.removeprefix(BYTE_ORDER_MARK)


def _opener(text: bytes) -> bytes:
    return text[:200].lstrip(BLANKS)[:1]


def _rows(text: bytes) -> list[JsonRow]:
    try:
        return [JsonRow(bytes(raw)) for raw in _LIST.decode(text)]
    except _BROKEN:
        return [JsonRow(row, _trouble(row)) for row in children(text)]


def _trouble(row: bytes) -> str:
    """Why a row by itself is no JSON value."""
    try:
        msgspec.json.decode(mended(row))
    except UnicodeDecodeError:
        return "the row is not UTF-8"
    except RecursionError:
        return "the row is nested too deeply"
    except msgspec.DecodeError as error:
        return str(error)
    return ""


def _accounts_for(members: Mapping[str, bytes], text: bytes) -> bool:
    """Whether the text is just as long as these members without blanks between: then there can be no more of them."""
    return len(text) == 1 + sum(len(name) + len(value) + 4 for name, value in members.items())


def _is_accounted_for(body: bytes) -> bool:
    """The same for a record whose names are plain; one with blanks between its members is counted the slow way."""
    try:
        members = _OBJECT.decode(body)
    except _BROKEN:
        return False
    values = sum([len(memoryview(value)) for value in members.values()])
    return len(body) == 1 + len("".join(members).encode()) + values + 4 * len(members)


def _has_each_name_once(members: Mapping[str, bytes], text: bytes) -> bool:
    return len(members) < MOST_NAMES_TO_COUNT and not _may_repeat(text, tuple(members))


def _members_with_care(text: bytes) -> dict[str, bytes]:
    """Member by member, where the decoder gave up on the whole or a name may stand there twice."""
    members: dict[str, bytes] = {}
    for child in children(text):
        key, value = name_and_value(child)
        name = _key(key)
        if name in members:
            raise AnswerUnreadable("A member of the answer stands there twice.")
        members[name] = value
    return members


def _key(text: bytes) -> str:
    try:
        return _KEY.decode(text)
    except _BROKEN:
        raise AnswerUnreadable("A member of the answer has no readable name.") from None


def _may_repeat(body: bytes, names: tuple[str, ...]) -> bool:
    """Whether one of these quoted names stands there more than once, or some name is spelt in escapes."""
    found = _quoted(names)(body)
    return len(set(found)) < len(found) or (b"\\" in body and _ESCAPED_LETTER.search(body) is not None)


@lru_cache(maxsize=1024)
def _quoted(names: tuple[str, ...]) -> Callable[[bytes], list[bytes]]:
    """Finds all places of these names, and of a few others that begin like one and end like another: so it is quick."""
    written = [f'{name}"'.encode() for name in names]
    first = b"|".join(re.escape(each[:1]) for each in written)
    rest = b"|".join(re.escape(each[1:]) for each in written)
    return re.compile(b'"(?:%b)(?:%b)' % (first, rest)).findall


def _refuse_repeats(body: bytes, identity: tuple[str, ...]) -> None:
    """Slow and exact; only where a quick count of the names looked odd."""
    try:
        pairs = json.loads(mended(body), object_pairs_hook=lambda members: [name for name, _ in members])
    except (ValueError, RecursionError):
        return  # decoding will say what is wrong with it
    for name in identity:
        if isinstance(pairs, list) and pairs.count(name) > 1:
            raise RecordUnreadable(f"{name} stands there twice")


def _decode_mended(body: bytes, decoder: msgspec.json.Decoder[Decoded], first: Exception) -> Decoded:
    """A second chance for escapes that no text can hold; otherwise the first trouble is told."""
    text = mended(body)
    if text == body:
        raise RecordUnreadable(_without_values(first)) from None
    try:
        return decoder.decode(text)
    except _BROKEN as error:
        raise RecordUnreadable(_without_values(error)) from None


def _without_values(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "the record is not UTF-8"
    return "the record is nested too deeply" if isinstance(error, RecursionError) else str(error)
