"""Says of a saved file that no connector understands what can be seen of it, without telling any value. Pure."""

import re
from collections.abc import Iterable

from visitsync.connector_kit.json_rows import without_byte_order_mark

MOST_NAMES = 8
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w{0,39}", re.ASCII)
_RECORDING = re.compile(rb"^(?:---\s*)?(?:http_interactions|interactions|recorded_with|version): *", re.MULTILINE)


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
    if text[:1] == b"<":
        return "The file holds a page of XML or HTML, such as a gateway's refusal, and no records."
    if text[:1] == b'"':
        return "The file holds a single text, such as an error message, and no records."
    if _RECORDING.search(text[:5_000]):
        return "The file is a recording of requests (a cassette); save the body of one answer by itself."
    return "The payload is no JSON object or list."
