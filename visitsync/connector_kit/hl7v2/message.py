"""Reads one HL7 v2 message: delimiters as it declares them, segments, fields, repetitions, components, escapes."""

import re
from functools import lru_cache
from typing import Any

import msgspec

from visitsync.connector_kit.hl7v2.charset import decoded
from visitsync.connector_kit.hl7v2.delimiters import USUAL, Delimiters
from visitsync.connector_kit.hl7v2.escapes import unescaped
from visitsync.connector_kit.hl7v2.outline import Outline, outline_of

NULL = '""'
"""What a sender writes to delete a value; an empty field says nothing about it (hl7v2 reference, section 2)."""

MISWRITTEN = frozenset({("^", "~", "&", "\\"), ("^", "~", "&", "&"), ("^", "~", "\\", "\\")})
"""Delimiters in this order (section 2), or whose backslash a program lost or doubled, mean the usual ones."""

# Segments that were met glued to the end of a PID line, without a line end between (section 6).
_GLUED = ("NK1", "PV1", "PD1", "GT1", "IN1")
_AS_USUAL = "|^~\\&"
"""MSH-1 and the beginning of MSH-2 of nearly all messages."""


class NotReadable(ValueError):
    """These bytes are no HL7 v2 message; the words say what was expected."""


class Segment(msgspec.Struct, eq=False, gc=False):
    """One line of a message; fields count from 1 as in the standard, also in MSH. What is not there reads as ""."""

    name: str
    fields: list[str]
    delimiters: Delimiters

    def __repr__(self) -> str:
        return f"Segment({self.name}, {len(self.fields)} fields)"

    def __bool__(self) -> bool:
        return bool(self.name)

    def raw(self, field: int) -> str:
        """A field as it stands there, with its delimiters and escapes."""
        return self.fields[field] if field < len(self.fields) else ""

    def value(self, field: int, component: int = 1) -> str:
        """One component of the field's first repetition, without subcomponents, decoded."""
        if field >= len(self.fields):
            return ""
        text = self.fields[field]
        if not text or text.isalnum():
            return text if component == 1 else ""
        marks = self.delimiters
        if marks.repetition in text:
            text = text.partition(marks.repetition)[0]
        if marks.component in text:
            parts = text.split(marks.component, component)
            text = parts[component - 1] if component <= len(parts) else ""
        elif component > 1:
            return ""
        return _plain(text, marks)

    def two_values(self, field: int, first: int, second: int) -> tuple[str, str]:
        """Two components of the field's first repetition at once."""
        text = self.fields[field] if field < len(self.fields) else ""
        if not text or text.isalnum():
            return (text if first == 1 else "", "")
        marks = self.delimiters
        if marks.repetition in text:
            text = text.partition(marks.repetition)[0]
        parts = text.split(marks.component, second)
        count = len(parts)
        one, other = parts[first - 1] if first <= count else "", parts[second - 1] if second <= count else ""
        if marks.subcomponent in text or marks.escape in text:
            return _plain(one, marks), _plain(other, marks)
        return one.strip(), other.strip()

    def components(self, field: int) -> list[str]:
        """The components of the field's first repetition."""
        text = self.raw(field)
        return _components(text.partition(self.delimiters.repetition)[0], self.delimiters) if text else []

    def repetitions(self, field: int) -> list[list[str]]:
        """The components of each repetition of a field."""
        text = self.raw(field)
        if not text:
            return []
        return [_components(each, self.delimiters) for each in text.split(self.delimiters.repetition)]

    def subcomponents(self, field: int, component: int) -> list[str]:
        """All subcomponents of one component of the field's first repetition."""
        text = self.raw(field).partition(self.delimiters.repetition)[0]
        parts = text.split(self.delimiters.component)
        if component > len(parts):
            return []
        return [unescaped(each, self.delimiters).strip() for each in self._below(parts[component - 1])]

    def text(self, field: int) -> str:
        """A field of free text, as a whole; repetitions follow one another."""
        text = self.raw(field).replace(self.delimiters.repetition, " ")
        return unescaped(text, self.delimiters).strip()

    def _below(self, text: str) -> list[str]:
        return text.split(self.delimiters.subcomponent)


ABSENT = Segment("", [], USUAL)


class Message:
    """One message. Segments are taken apart when they are asked for."""

    __slots__ = (
        "_apart", "_lines", "_resources", "_where",
        "delimiters", "event", "has_nulls", "header", "names", "noted", "type",
    )  # fmt: skip

    def __init__(self, lines: list[str], outline: Outline, delimiters: Delimiters, *, has_nulls: bool) -> None:
        self.has_nulls = has_nulls
        """Whether any value is deleted anywhere."""
        self.delimiters = delimiters
        self._lines = lines
        self.names, self._where, self._resources = outline.names, outline.where, outline.resources
        self._apart: list[Segment | None] = [None] * len(lines)
        self.noted: dict[object, Any] = {}
        """What readers have worked out about it, so that no reader does so twice."""
        fields = lines[0].split(delimiters.field)
        fields.insert(1, delimiters.field)
        self.header = self._apart[0] = Segment("MSH", fields, delimiters)
        """MSH; its first field is the separator itself."""
        kind, event = _kind_and_event(fields[9] if len(fields) > 9 else "", delimiters.component)
        self.type = kind
        """MSH-9.1, such as SIU; the only parts of MSH-9 that count are this and the event (section 3)."""
        self.event = event or self.first("EVN").value(1).upper()
        """MSH-9.2, such as S12; where it is missing, EVN-1."""

    def __repr__(self) -> str:
        return f"Message({self.type}^{self.event}, {len(self.names)} segments)"

    @property
    def version(self) -> str:
        """MSH-12.1, such as 2.3."""
        return self.header.value(12)

    def first(self, name: str) -> Segment:
        """The first segment of that name; ABSENT (which is false) where there is none."""
        numbers = self._where.get(name)
        if numbers is None:
            return ABSENT
        found = self._apart[numbers[0]]
        return self._segment(numbers[0]) if found is None else found

    def all(self, name: str) -> list[Segment]:
        """Every segment of that name, in order."""
        numbers = self._where.get(name)
        if numbers is None:
            return []
        return [self._segment(number) for number in numbers] if len(numbers) > 1 else [self._segment(numbers[0])]

    def in_order(self, names: frozenset[str]) -> list[Segment]:
        """Every segment of these names, in order."""
        return [self._segment(number) for number, name in enumerate(self.names) if name in names]

    def resource_beginnings(self) -> list[tuple[str, ...]]:
        """Of RGS and every AIx, in order, the parts that name something, as they stand."""
        field, lines = self.delimiters.field, self._lines
        return [tuple(lines[number].split(field, count)[:count]) for number, count in self._resources]

    def with_fields(self, name: str, fields: list[str]) -> "Message":
        """The same message with other fields in its first segment of that name."""
        lines = list(self._lines)
        lines[self.names.index(name)] = self.delimiters.field.join(fields)
        return Message(lines, outline_of(lines, self.delimiters.field), self.delimiters, has_nulls=self.has_nulls)

    def _segment(self, number: int) -> Segment:
        found = self._apart[number]
        if found is None:
            fields = self._lines[number].split(self.delimiters.field)
            found = self._apart[number] = Segment(self.names[number], fields, self.delimiters)
        return found


@lru_cache(maxsize=8)
def read_message(body: bytes) -> Message:
    """One message from its bytes, without frame. Segments may end with CR, LF or both. Raises NotReadable.

    The last ones are remembered: the same bytes are asked what they hold, about patients and about appointments.
    """
    text = decoded(body)
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    start = text.find("MSH")
    if start < 0 or text[:start].strip("\ufeff\r\x0b\x1c \t"):
        raise NotReadable("expected a message that begins with the segment MSH")
    delimiters = _delimiters(text, start)
    lines, outline = _lines(text[start:] if start else text, delimiters.field)
    return Message(lines, outline, delimiters, has_nulls='"' in text and NULL in text)


def _delimiters(text: str, start: int) -> Delimiters:
    """MSH-1 and MSH-2, read from the message; what MSH-2 leaves out is as usual."""
    if text.startswith(_AS_USUAL, start + 3):
        return USUAL
    field = text[start + 3 : start + 4]
    if not field or field.isalnum() or field.isspace():
        raise NotReadable("MSH-1: expected a field separator after MSH")
    declared = text[start + 4 : start + 10].partition(field)[0].partition("\r")[0].strip()
    marks = (*declared[:4], *"^~\\&"[len(declared[:4]) :])
    if marks in MISWRITTEN:
        return msgspec.structs.replace(USUAL, field=field)
    if len({field, *marks}) < 5 or any(mark.isalnum() or mark.isspace() for mark in marks):
        raise NotReadable("MSH-2: expected four different encoding characters such as ^~\\&")
    return Delimiters(field, *marks)


def _lines(text: str, field: str) -> tuple[list[str], Outline]:
    """One segment for each line, as nearly all messages are; the others are looked at with care."""
    lines = text.rstrip("\r").split("\r")
    outline = outline_of(lines, field)
    is_orderly = outline.is_orderly
    for number in outline.where.get("PID", ()):
        is_orderly = is_orderly and not _is_glued(lines[number], field)
    if is_orderly:
        return lines, outline
    lines = _lines_with_care(text, field)
    return lines, outline_of(lines, field)


def _lines_with_care(text: str, field: str) -> list[str]:
    lines: list[str] = []
    for line in text.split("\r"):
        if line[3:4] != field or not line[:3].isalnum():
            line = line.strip("\x0b\x1c \t")
            if not line:
                continue
            if lines and (line[3:4] not in (field, "") or not line[:3].isalnum() or len(line) < 3):
                lines[-1] += " " + line  # a line break inside a field, of a sender that does not escape them
                continue
        if line[:3] == "PID" and _is_glued(line, field):
            lines += _unglued(line, field)
        else:
            lines.append(line)
    return lines


def _is_glued(line: str, field: str) -> bool:
    if line.find("1" + field, len("PID|NK")) < 0:
        return False  # all of those names end in 1; this is asked of every message
    return any(name + field in line for name in _GLUED)


def _unglued(line: str, field: str) -> list[str]:
    """A PID line and the segments that stand on it; each of those begins with a number, as set ids do."""
    separator = re.escape(field)
    return [part for part in re.split(rf"(?=(?:{'|'.join(_GLUED)}){separator}\d*{separator})", line) if part]


@lru_cache(maxsize=512)
def _kind_and_event(text: str, component: str) -> tuple[str, str]:
    parts = [part.strip().upper() for part in text.split(component)]
    return parts[0], parts[1] if len(parts) > 1 else ""


def _components(text: str, marks: Delimiters) -> list[str]:
    return [_plain(part, marks) for part in text.split(marks.component)]


def _plain(text: str, marks: Delimiters) -> str:
    if marks.subcomponent in text:
        text = text.partition(marks.subcomponent)[0]
    if marks.escape in text:
        text = unescaped(text, marks)
    return text.strip()
