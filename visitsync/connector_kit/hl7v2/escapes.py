"""Decodes the escape sequences of HL7 v2 (reference, section 2), after delimiters have been split at."""

import re
from collections.abc import Mapping
from functools import lru_cache

from visitsync.connector_kit.hl7v2.delimiters import Delimiters

_FIXED = {"P": "#", "H": "", "N": ""}
_LONGEST = 200
"""No escape sequence is longer; what would be is text with a lone escape character in it."""


def unescaped(text: str, delimiters: Delimiters) -> str:
    """The text meant. Unknown sequences and lone escape characters stay as they are."""
    if delimiters.escape not in text:
        return text
    letters = _letters(delimiters)
    return _pattern(delimiters.escape).sub(lambda found: _meant(found[0], found[1], letters), text)


@lru_cache(maxsize=32)
def _letters(delimiters: Delimiters) -> Mapping[str, str]:
    """What stands for a delimiter, which is another character in every message that declares others."""
    return _FIXED | {
        "F": delimiters.field,
        "S": delimiters.component,
        "T": delimiters.subcomponent,
        "R": delimiters.repetition,
        "E": delimiters.escape,
    }


@lru_cache(maxsize=32)
def _pattern(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(rf"{mark}([^{mark}\r\n]{{1,{_LONGEST}}}){mark}")


def _meant(sequence: str, inside: str, letters: Mapping[str, str]) -> str:
    if inside in letters:
        return letters[inside]
    kind = inside[:1]
    if kind == ".":
        return "\n" if inside[1:3].lower() in ("br", "sp") else ""
    if kind == "X":
        return _bytes_meant(inside[1:], sequence)
    return "" if kind in ("C", "M") and _is_hexadecimal(inside[1:]) else sequence


def _bytes_meant(digits: str, sequence: str) -> str:
    """`X0A` is a line break, and the usual one in notes."""
    if len(digits) % 2 or not _is_hexadecimal(digits):
        return sequence
    content = bytes.fromhex(digits)
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _is_hexadecimal(text: str) -> bool:
    return bool(text) and all(character in "0123456789abcdefABCDEF" for character in text)
