"""Names places in a message as interface specifications do (`SCH-8`, `AIL-3.4`), and reads what stands there."""

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

_PLACE = re.compile(r"([A-Z][A-Z0-9]{2}|Z)(?:-(\d{1,3})(?:\.(\d{1,2}))?)?", re.ASCII)


class Place(msgspec.Struct, frozen=True, gc=False):
    """A field of a segment, or one component of it. The segment Z with field 0 means any field of any Z segment."""

    segment: str
    field: int = 0
    component: int = 0
    """0: the field as a whole, which begins with a code and its text."""


class NoSuchPlace(ValueError):
    """A setting names a place in a way that cannot be understood; the message says how to write it."""


@lru_cache(maxsize=512)
def places(text: str) -> tuple[Place, ...]:
    """`SCH-8, AIS-3.2, Z` as places, in that order. Raises NoSuchPlace."""
    return tuple(_place(each) for each in text.replace(";", ",").split(",") if each.strip())


def written(which: Iterable[Place]) -> str:
    """The places as they are written in a setting."""
    return ", ".join(_written(each) for each in which)


def _place(text: str) -> Place:
    match = _PLACE.fullmatch(text.strip().upper())
    if match is None or (match[2] is None and match[1] != "Z"):
        raise NoSuchPlace("Write places like SCH-8, AIL-3.4 or Z, with commas between.")
    return Place(match[1], int(match[2] or 0), int(match[3] or 0))


def _written(place: Place) -> str:
    if not place.field:
        return place.segment
    return f"{place.segment}-{place.field}" + (f".{place.component}" if place.component else "")
