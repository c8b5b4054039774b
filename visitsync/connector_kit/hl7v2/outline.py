"""Which segments a message has and where: worked out once for the few outlines that a sender's messages have."""

from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter

import msgspec

NAMING_PARTS = {"RGS": 3, "AIS": 4, "AIG": 5, "AIL": 4, "AIP": 4}
"""So many parts of these lines, the segment's name among them, say whom and what they name; then follow times."""
_BEGINNING = itemgetter(slice(4))
_MOST_LINES = 64
"""Outlines of longer messages are not remembered, so that no sender can fill the memory with them."""


class Outline(msgspec.Struct, frozen=True):
    """The segments of a message, by their names alone."""

    names: tuple[str, ...]
    """In order, MSH first."""
    where: Mapping[str, tuple[int, ...]]
    """Name → the positions of its segments."""
    resources: tuple[tuple[int, int], ...]
    """The positions of RGS and AIx in order, and what part of each NAMING_PARTS wants."""
    is_orderly: bool
    """Whether every line begins as a segment does: with a name of three characters and the field separator."""


def outline_of(lines: list[str], field: str) -> Outline:
    """The outline of a message cut into lines; `field`: its field separator."""
    beginnings = tuple(map(_BEGINNING, lines))
    return _remembered(beginnings, field) if len(lines) <= _MOST_LINES else _outline(beginnings, field)


@lru_cache(maxsize=1_024)
def _remembered(beginnings: tuple[str, ...], field: str) -> Outline:
    return _outline(beginnings, field)


def _outline(beginnings: tuple[str, ...], field: str) -> Outline:
    names = tuple(beginning[:3] for beginning in beginnings)
    where: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        where.setdefault(name, []).append(number)
    is_orderly = all(each[3:] == field and each[:3].isalnum() for each in beginnings)
    resources = tuple((number, NAMING_PARTS[name]) for number, name in enumerate(names) if name in NAMING_PARTS)
    return Outline(names, {name: tuple(numbers) for name, numbers in where.items()}, resources, is_orderly)
