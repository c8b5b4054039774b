"""Writes HL7 v2 text: segments out of fields, with the delimiters, escapes, line ends and bytes of one sender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

NULL = '""'
_LINE_ENDS = {"CR": "\r", "CRLF": "\r\n", "LF": "\n"}
_CHARSETS = {
    "UTF-8": ("UNICODE UTF-8", "utf-8"),
    "UTF-8 undeclared": ("", "utf-8"),
    "UTF-8 declared as 8859/1": ("8859/1", "utf-8"),
    "cp1252 undeclared": ("", "cp1252"),
    "8859/1": ("8859/1", "latin-1"),
}
_DELIMITERS = {"usual": "|^~\\&", "custom": "!@%?$", "misordered": "|^~&\\"}


@dataclass(frozen=True, slots=True)
class Pen:
    """How one sender writes."""

    habits: Mapping[str, str]

    @property
    def marks(self) -> str:
        """Field, component, repetition, escape and subcomponent, as they are used."""
        return "|^~\\&" if self.habits["delimiters"] == "misordered" else _DELIMITERS[self.habits["delimiters"]]

    @property
    def declared(self) -> str:
        """What MSH-2 says about them."""
        return _DELIMITERS[self.habits["delimiters"]][1:]

    @property
    def charset(self) -> str:
        """MSH-18."""
        return _CHARSETS[self.habits["charset"]][0]

    def text(self, value: object) -> str:
        """A value with everything escaped that structures a message."""
        field, component, repetition, escape, sub = tuple(self.marks)
        out = str(value).replace(escape, "\0")
        for mark, letter in ((field, "F"), (component, "S"), (repetition, "R"), (sub, "T")):
            out = out.replace(mark, f"{escape}{letter}{escape}")
        return out.replace("\0", f"{escape}E{escape}").replace("\n", f"{escape}X0A{escape}").replace("\r", "")

    def parts(self, *components: object) -> str:
        """Components of a field, without empty ones at its end."""
        written = [NULL if each == NULL else self.text(each) for each in components]
        while written and not written[-1]:
            written.pop()
        return self.marks[1].join(written)

    def repeated(self, *fields: str) -> str:
        """Repetitions of a field; empty ones are left out."""
        return self.marks[2].join(field for field in fields if field)

    def segment(self, name: str, fields: Mapping[int, str]) -> str:
        """A segment from its fields by their numbers."""
        last = max((number for number, field in fields.items() if field), default=0)
        return self.marks[0].join([name, *(fields.get(number, "") for number in range(1, last + 1))])

    def message(self, segments: Sequence[str]) -> bytes:
        """The whole message as bytes."""
        end = _LINE_ENDS[self.habits["line_ends"]]
        codec = _CHARSETS[self.habits["charset"]][1]
        return (end.join(segments) + end).encode(codec, "replace")

    def wall(self, start: datetime, zone: str) -> str:
        """The start of an appointment: the wall clock, with its offset or in UTC if the sender writes so."""
        manner = self.habits["times"]
        if manner == "utc":
            start = start.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
        written = f"{start:%Y%m%d%H%M}" if self.habits["minutes_only"] == "yes" else f"{start:%Y%m%d%H%M%S}"
        return written + (offset(start, zone) if manner == "with offset" else "")


def offset(wall: datetime, zone: str) -> str:
    """Such as -0400."""
    away = wall.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta(0)
    minutes = int(away.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
