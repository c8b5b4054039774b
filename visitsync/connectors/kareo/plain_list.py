"""Cuts a plainly written list into its rows without parsing it; whatever is written otherwise is left to the parser."""

import msgspec

from visitsync.connector_kit.soap import MAX_BYTES
from visitsync.connectors.kareo.contract import Reply

BLANKS = b" \t\r\n"
_DECLARATION = len(b"\xef\xbb\xbf<?")
"""Where another instruction than the declaration may begin, byte order mark or not."""


class PlainList(msgspec.Struct, frozen=True):
    """An answer in three parts: up to the beginning of its list, the rows, and from the end of the list on.

    `<` begins a tag wherever neither comments nor CDATA sections nor instructions can be; so an answer cut before and
    behind whole tags is well-formed exactly if each row in its place is, and what surrounds them is.
    """

    head: bytes
    rows: list[bytes]
    """Each less its closing tag, which all share."""
    closing_tag: bytes
    tail: bytes

    def __repr__(self) -> str:
        return f"PlainList({len(self.rows)} rows)"

    def without_rows(self) -> bytes:
        """The answer, had its list been empty."""
        return self.head + self.tail

    def with_only(self, row: bytes) -> bytes:
        """The answer, had its list held this row alone."""
        return self.head + row + self.closing_tag + self.tail


def cut(body: bytes, reply: Reply) -> PlainList | None:
    """The parts of a list's answer; None where bytes alone do not show them.

    Rows are not looked at: one that holds a comment, an instruction or the end of another is none a parser accepts
    in its place, or none that is written like an accepted one (row_shapes.py).
    """
    opening, closing = f"<{reply.payload}>".encode(), f"</{reply.payload}>".encode()
    start, end = body.find(opening) + len(opening), body.rfind(closing)
    if len(body) > MAX_BYTES or not len(opening) <= start <= end:
        return None
    head, tail = body[:start], body[end:]
    if b"<!" in head or b"<!" in tail or b"<?" in tail or b"<?" in head[_DECLARATION:]:
        return None
    closing_tag = f"</{reply.row}>".encode()
    rows = body[start:end].split(closing_tag)
    return None if rows.pop().strip(BLANKS) else PlainList(head, rows, closing_tag, tail)
