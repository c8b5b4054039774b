"""Strikes social security numbers out of a message before it is kept (hl7v2 reference, section 6, PID)."""

import re
from functools import lru_cache

from visitsync.connector_kit.hl7v2.identity import SECURITY_NUMBERS

# Fields that hold a social security number: of the patient, the next of kin, the guarantor, the insured.
_FIELDS = {b"PID": (19,), b"NK1": (37,), b"GT1": (12, 19), b"IN2": (2, 9)}
_IDENTIFIERS = {b"PID": (2, 3, 4, 18), b"MRG": (1, 4)}
_LINE_ENDS = re.compile(rb"(\r\n|\r|\n)")


def without_security_numbers(body: bytes) -> bytes:
    """The message's own bytes, with those fields and identifiers emptied."""
    separator = body[3:4] or b"|"
    marks = body[4:8].ljust(8, b" ")
    component, repetition = marks[:1], marks[1:2]
    parts = _LINE_ENDS.split(body)
    return b"".join(_cleaned(part, separator, component, repetition) for part in parts)


def _cleaned(line: bytes, separator: bytes, component: bytes, repetition: bytes) -> bytes:
    name = line.lstrip(b" \t")[:3]
    if name not in _FIELDS and name not in _IDENTIFIERS:
        return line
    fields = line.split(separator)
    for number in _FIELDS.get(name, ()):
        if number < len(fields):
            fields[number] = b""
    for number in _IDENTIFIERS.get(name, ()):
        if number < len(fields):
            kept = [each for each in fields[number].split(repetition) if not _is_security(each, component)]
            fields[number] = repetition.join(kept)
    return separator.join(fields)


def _is_security(identifier: bytes, component: bytes) -> bool:
    parts = identifier.split(component)
    return len(parts) > 4 and parts[4].strip().upper() in _types()


@lru_cache(maxsize=1)
def _types() -> frozenset[bytes]:
    return frozenset(kind.encode() for kind in SECURITY_NUMBERS)
