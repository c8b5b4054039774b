"""Reads a row that is written like one already parsed without parsing it.

A serializer writes the rows of a list alike: the same tags, in few combinations, and only the texts between them
differ. So a row's texts are taken out and put between the tags of a parsed row; if that gives the row again, byte for
byte, its texts belong to that row's members. A text in which anything but its characters could matter is not read here.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, pairwise

import msgspec

from visitsync.connector_kit.soap import Element

MOST_SHAPES = 2_000

# What follows a tag, unless it begins with a blank: blanks between tags are part of the shape.
_TEXT = re.compile(rb">([^<\s][^<]*)")
_BETWEEN = "<"
"""Stands in no text: so texts joined by it come apart again."""
_LAYOUT = str.maketrans("", "", "\t\n")
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class RowShape(msgspec.Struct, frozen=True):
    """The markup of a row, and which member each text between it belongs to."""

    template: list[bytes]
    """The markup, with an empty place for each text."""
    names: list[str]
    """Of the members, "" for one that is not kept."""

    def fits(self, row: bytes, texts: list[bytes]) -> bool:
        """Whether the row is this markup with these texts in it."""
        written = self.template[:]
        written[1::2] = texts
        return b"".join(written) == row


class RowShapes:
    """The shapes of one answer's rows, learned as they come."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], list[RowShape]] = {}
        self._count = 0

    def read(self, row: bytes) -> dict[str, str] | None:
        """The members that hold a text; None for a row of no known shape, or whose texts need a parser."""
        texts = _TEXT.findall(row)
        joined = b"<".join(texts)
        for shape in self._known.get((len(texts), len(row) - len(joined)), ()):
            if shape.fits(row, texts):
                values = _values(joined)
                return None if values is None else _members(shape.names, values)
        return None

    def learn(self, row: bytes, element: Element, names: Mapping[str, str]) -> None:
        """Learns the shape of a row from what a parser made of it, if each of its texts is found in one place.

        `names`: what the member of each tag is called, "" for one that is not kept.
        """
        holding = [(names[member.tag], text) for member in element if (text := member.text)]
        texts = _TEXT.findall(row)
        joined = b"<".join(texts)
        is_found = holding and _values(joined) == [text for _, text in holding]
        if is_found and _is_nothing_but_tags_and_texts(row) and self._count < MOST_SHAPES:
            shape = RowShape(_template(row), [name for name, _ in holding])
            self._known.setdefault((len(texts), len(row) - len(joined)), []).append(shape)
            self._count += 1


def _is_nothing_but_tags_and_texts(row: bytes) -> bool:
    """Whether no comment or other section is in it, and no `>` elsewhere than at the end of a tag."""
    return b"<!" not in row and b"<?" not in row and row.count(b"<") == row.count(b">")


def _template(row: bytes) -> list[bytes]:
    ends = [0, *chain.from_iterable(match.span(1) for match in _TEXT.finditer(row)), len(row)]
    pieces = [row[start:end] for start, end in pairwise(ends)]
    return [b"" if position % 2 else piece for position, piece in enumerate(pieces)]


def _members(names: list[str], values: list[str]) -> dict[str, str]:
    members = dict(zip(names, values, strict=True))
    members.pop("", None)
    return members


def _values(joined: bytes) -> list[str] | None:
    """The texts as a parser would give them; None where that is not certain."""
    try:
        text = joined.decode()
    except UnicodeDecodeError:
        return None
    if "]]>" in text or not (text.isprintable() or text.translate(_LAYOUT).isprintable()):
        return None
    texts = text.split(_BETWEEN)
    return _resolve(texts) if "&" in text else texts


def _resolve(texts: list[str]) -> list[str] | None:
    """The texts with characters in the place of references to them."""
    resolved = [_resolved(text) if "&" in text else text for text in texts]
    return None if None in resolved else [text for text in resolved if text is not None]


@lru_cache(maxsize=4096)
def _resolved(text: str) -> str | None:
    try:
        return _REFERENCE.sub(_character, text) if text.count("&") == len(_REFERENCE.findall(text)) else None
    except ValueError:
        return None


def _character(reference: re.Match[str]) -> str:
    """Raises ValueError for one that no text may hold, or that only a parser should judge."""
    name, decimal, hexadecimal = reference.groups()
    character = _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))
    if not (character.isprintable() or character in "\t\n\r"):
        raise ValueError("not printable")
    return character
