"""The rows of a list: each as its members, or where asked for as a parsed element."""

from typing import Any, Protocol

from visitsync.connector_kit.errors import AnswerUnreadable, ConnectorError
from visitsync.connector_kit.pages import RecordKind
from visitsync.connector_kit.soap import Element
from visitsync.connectors.kareo.answers import payload_of, result_of, unjudged_result_of
from visitsync.connectors.kareo.contract import REPLIES
from visitsync.connectors.kareo.elements import flat, names_of, nested
from visitsync.connectors.kareo.plain_list import cut
from visitsync.connectors.kareo.row_shapes import RowShapes


class ListedRows(Protocol):
    """Rows that know how to be read."""

    @property
    def rows(self) -> list[Any]: ...

    def members(self, row: Any) -> dict[str, Any]:
        """Raises RecordUnreadable."""

    def element(self, row: Any) -> Element: ...


class ParsedRows:
    """Rows of a list that a parser took apart as a whole."""

    def __init__(self, payload: Element | None, operation: str) -> None:
        """Raises AnswerUnreadable if one is no row."""
        reply = REPLIES[operation]
        self.rows = [] if payload is None else list(payload)
        if any(row.tag != f"{{{reply.namespace}}}{reply.row}" for row in self.rows):
            raise AnswerUnreadable(f"{operation}: the list holds something else than {reply.row}.")
        self._names = names_of(reply)
        self._read = flat if reply.kind is RecordKind.APPOINTMENT else nested

    def members(self, row: Element) -> dict[str, Any]:
        return self._read(row, self._names)

    def element(self, row: Element) -> Element:
        return row


class NotWrittenAlike(Exception):
    """The answer must be parsed as a whole, which shows what is wrong with it, if anything is."""


class AlikeRows:
    """Rows of texts, of which a parser sees only the first of each shape; the way that long schedules take."""

    def __init__(self, body: bytes, operation: str, practice_id: str) -> None:
        """Raises NotWrittenAlike, or what result_of raises."""
        self._operation, self._reply = operation, REPLIES[operation]
        plain = cut(body, self._reply)
        if plain is None:
            raise NotWrittenAlike
        self._list = plain
        self.rows = plain.rows
        try:
            around = payload_of(result_of(plain.without_rows(), operation, practice_id=practice_id), operation)
        except AnswerUnreadable:
            raise NotWrittenAlike from None
        if around is None or len(around) or around.text:
            raise NotWrittenAlike
        self._names = names_of(self._reply)
        self._shapes = RowShapes()

    def members(self, row: bytes) -> dict[str, str]:
        members = self._shapes.read(row)
        if members is None:
            element = self.element(row)
            members = flat(element, self._names)
            self._shapes.learn(row, element, self._names)
        return members

    def element(self, row: bytes) -> Element:
        """Raises NotWrittenAlike unless it is one whole row in its place."""
        try:
            payload = payload_of(unjudged_result_of(self._list.with_only(row), self._operation), self._operation)
        except ConnectorError:
            raise NotWrittenAlike from None
        if payload is None or [one.tag for one in payload] != [f"{{{self._reply.namespace}}}{self._reply.row}"]:
            raise NotWrittenAlike
        return payload[0]
