"""Decodes the escape sequences of HL7 v2 (reference, section 2), after delimiters have been split at."""

import re
from functools import lru_cache

_LETTERS = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", "P": "#", "H": "", "N": ""}
_LONGEST = 200
"""No escape sequence is longer; what would be is text with a lone escape character in it."""


def unescaped(text: str, escape: str) -> str:
    """The text meant. Unknown sequences and lone escape characters stay as they are."""
    if escape not in text:
        return text
    return _pattern(escape).sub(lambda found: _meant(found[0], found[1]), text)


@lru_cache(maxsize=32)
def _pattern(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(rf"{mark}([^{mark}\r\n]{{1,{_LONGEST}}}){mark}")


def _meant(sequence: str, inside: str) -> str:
    if inside in _LETTERS:
        return _LETTERS[inside]
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
