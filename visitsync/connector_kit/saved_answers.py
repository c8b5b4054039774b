"""Takes saved answers out of their HTTP messages, and says what a file is that no connector understands. Pure."""

import re
from collections.abc import Iterable

from visitsync.connector_kit.errors import AnswerUnreadable
from visitsync.connector_kit.json_rows import without_byte_order_mark

MOST_NAMES = 8
_HTTP_HEAD = re.compile(rb"(?:[A-Z]+ \S+ HTTP/\d|HTTP/\d\S* \d{3}|[A-Za-z][A-Za-z0-9-]*: )")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_MOST_HEADS = 5
_LOOKS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xfe", "The file is UTF-16, as PowerShell writes it; save it as UTF-8."),
    (b"\xfe\xff", "The file is UTF-16; save it as UTF-8."),
    (b"\x1f\x8b", "The file is compressed; unpack it first."),
    (b"PK\x03\x04", "The file is compressed; unpack it first."),
    (b"<", "The file holds a page of XML or HTML, such as a gateway's refusal, and no records."),
    (b'"', "The file holds a single text, such as an error message, and no records."),
)
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w{0,39}", re.ASCII)
_RECORDING = re.compile(rb"^(?:---\s*)?(?:http_interactions|interactions|recorded_with|version): *", re.MULTILINE)


def without_http_head(content: bytes) -> bytes:
    """What stands behind the HTTP head, where the file begins like a message; behind a proxy or redirect, the last.

    Raises AnswerUnreadable where nothing stands there.
    """
    for _ in range(_MOST_HEADS):
        text = content.lstrip()
        if not _HTTP_HEAD.match(text):
            break
        parts = _BLANK_LINE.split(text, maxsplit=1)
        if len(parts) != 2:
            raise AnswerUnreadable("The file holds an HTTP head and no body.")
        content = without_byte_order_mark(parts[1])
    return content


def with_members(names: Iterable[str]) -> str:
    """A sentence with the first members of an object; names that may be somebody's (numbers, say) are left out."""
    plain = [name for name in names if _PLAIN_NAME.fullmatch(name)]
    if not plain:
        return "It has no members with plain names."
    more = ", and more" if len(plain) > MOST_NAMES else ""
    return f"It has {', '.join(plain[:MOST_NAMES])}{more}."


def what_is_no_json(body: bytes) -> str:
    """A sentence about a file that is neither an object nor a list of JSON."""
    text = without_byte_order_mark(body).strip()
    if not text:
        return "The file is empty."
    for beginning, what in _LOOKS:
        if text.startswith(beginning):
            return what
    if _RECORDING.search(text[:5_000]):
        return "The file is a recording of requests (a cassette); save the body of one answer by itself."
    return "The payload is no JSON object or list."
