"""Cuts JSON text at its brackets, commas and strings alone, for texts that a strict decoder refuses as a whole."""

import re
from collections.abc import Iterator
from itertools import pairwise

from visitsync.connector_kit.errors import AnswerUnreadable

BLANKS = b" \t\r\n"

# A string with its escapes (perhaps cut off: then the group is empty), or one character of structure.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*("?)|[{}\[\],]', re.DOTALL)
_CLOSER = {b"{": b"}", b"[": b"]"}


def children(text: bytes) -> list[bytes]:
    """What stands between the outer brackets of an object or list, cut at its commas.

    Raises AnswerUnreadable unless every bracket and string is closed and nothing follows the last bracket.
    """
    stripped = text.strip(BLANKS)
    found = [stripped[start + 1 : end].strip(BLANKS) for start, end in pairwise(_cuts(stripped))]
    if found == [b""]:
        return []
    if not all(found):
        raise AnswerUnreadable("The answer has an empty place in a list.")
    return found


def name_and_value(member: bytes) -> tuple[bytes, bytes]:
    """A member of an object, cut at its colon; the name still in its quotes. Raises AnswerUnreadable."""
    name = _TOKEN.match(member)
    if name is None or not name[1]:
        raise AnswerUnreadable("A member of the answer has no name.")
    rest = member[name.end() :].lstrip(BLANKS)
    if rest[:1] != b":" or not rest[1:].strip(BLANKS):
        raise AnswerUnreadable("A member of the answer has no value.")
    return name[0], rest[1:].strip(BLANKS)


def _cuts(text: bytes) -> Iterator[int]:
    """Where the outer brackets and the commas directly between them stand."""
    awaited: list[bytes] = []
    for token in _TOKEN.finditer(text):
        mark = token[0]
        is_outside = not awaited
        if mark in _CLOSER:
            awaited.append(_CLOSER[mark])
        elif is_outside or _is_out_of_place(mark, token[1], awaited[-1]):
            break
        elif mark == awaited[-1]:
            awaited.pop()
        if (is_outside or not awaited) or (mark == b"," and len(awaited) == 1):
            yield token.start()
        if not awaited and token.end() == len(text):
            return
    raise AnswerUnreadable("The answer is cut off or garbled.")


def _is_out_of_place(mark: bytes, closing_quote: bytes | None, awaited: bytes) -> bool:
    """A string without an end, or a bracket that closes another one than the last opened."""
    return (mark[:1] == b'"' and not closing_quote) or (mark in _CLOSER.values() and mark != awaited)
