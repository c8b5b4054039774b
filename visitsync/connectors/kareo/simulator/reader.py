"""Reads requests as WCF's DataContractSerializer does: forward only, skipping in silence what it does not expect.

A member that comes too late, is misspelt or stands in another namespace is lost without a word; only a required
one that is missing makes a fault (kareo reference, section 2).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from visitsync.connectors.kareo.simulator import faults as faults
from visitsync.connectors.kareo.simulator.contract import Array, Contract, Enumeration, Member, Operation
from visitsync.connectors.kareo.simulator.faults import MalformedRequest, SoapFault
from visitsync.connectors.kareo.simulator.namespaces import SOAP, K
from visitsync.connectors.kareo.simulator.xml import Element, parse

Record = dict[str, Any]
"""The members that were read, by name: text, int, bool, datetime, UUID, Record, list, or None for nil."""


class Reader:
    """Reads the requests of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def read(self, body: bytes, operation: Operation) -> Record | None:
        """The request of an operation's SOAP message, or None where it has none.

        Raises SoapFault for what WCF answers with a fault, MalformedRequest for what it answers with 400.
        """
        wrapper = _body_element(parse(body), operation)
        for child in wrapper.children:
            if child.is_called(K, "request"):
                return None if child.is_nil else self._struct(child, operation.request)
        return None

    def _struct(self, element: Element, type_name: str) -> Record:
        if element.text.strip():
            raise _unexpected("Expecting state 'Element'.. Encountered 'Text' with name '', namespace ''.", element)
        members = self._contract.members(type_name)
        required = [index for index, (_, member) in enumerate(members) if member.is_required]
        record: Record = {}
        at = -1
        for child in element.children:
            index = _index_after(at, child, members)
            if index is None:
                continue
            _refuse_missing(required, at, index, members, _found(child), child.line, child.position)
            required = [other for other in required if other != index]
            record[members[index][1].name] = self._value(child, members[index][1])
            at = index
        _refuse_missing(
            required, at, len(members), members, _found_end(element), element.end_line, element.end_position
        )
        return record

    def _value(self, element: Element, member: Member) -> Any:
        if element.is_nil:
            if member.is_required and member.type in _PARSERS and member.type != "string":
                raise _unexpected(f"ValueType '{_DOTNET[member.type]}' cannot be null.", element)
            return None
        return self._content(element, member.type)

    def _content(self, element: Element, type_name: str) -> Any:
        if type_name in _PARSERS:
            return _simple(element, type_name)
        match self._contract.types[type_name]:
            case Enumeration(values=values):
                return _enumerated(element, type_name, values)
            case Array() as array:
                return self._items(element, array)
            case _:
                return self._struct(element, type_name)

    def _items(self, element: Element, array: Array) -> list[Any]:
        return [
            None if child.is_nil else self._content(child, array.item)
            for child in element.children
            if child.is_called(array.namespace, array.item)
        ]


def _body_element(envelope: Element, operation: Operation) -> Element:
    """The operation's element; the first one in the body, which nothing else may be."""
    if not envelope.is_called(SOAP, "Envelope"):
        raise SoapFault("VersionMismatch", "The envelope is not SOAP 1.1.", namespace="")
    body = next((child for child in envelope.children if child.is_called(SOAP, "Body")), None)
    if body is None:
        raise MalformedRequest("an envelope without a body")
    first = next(iter(body.children), None)
    if first is None:
        raise faults.wrong_body(operation.name, operation.name, "an empty body")
    if not first.is_called(K, operation.name):
        found = f"node type 'Element' with name '{first.name}' and namespace '{first.namespace}'"
        raise faults.wrong_body(operation.name, operation.name, found)
    return first


def _index_after(at: int, child: Element, members: tuple[tuple[str, Member], ...]) -> int | None:
    """Where this element stands among the members still to come, if it does."""
    for index in range(at + 1, len(members)):
        namespace, member = members[index]
        if child.is_called(namespace, member.name):
            return index
    return None


def _refuse_missing(
    required: list[int],
    at: int,
    reached: int,
    members: tuple[tuple[str, Member], ...],
    found: str,
    line: int,
    position: int,
) -> None:
    """Going on to `reached` must not pass over a required member."""
    if not required or required[0] >= reached:
        return
    expected = " | ".join(member.name for _, member in members[at + 1 : required[0] + 1])
    raise faults.undeserializable(
        f"Error in line {line} position {position}. {found} is not expected. Expecting element '{expected}'."
    )


def _found(element: Element) -> str:
    return f"'Element' '{element.name}' from namespace '{element.namespace}'"


def _found_end(element: Element) -> str:
    return f"'EndElement' '{element.name}' from namespace '{element.namespace}'"


def _unexpected(problem: str, element: Element) -> SoapFault:
    return faults.undeserializable(f"Error in line {element.line} position {element.position}. {problem}")


def _simple(element: Element, type_name: str) -> Any:
    if element.children:
        raise _unexpected(f"Element '{element.name}' cannot have child elements.", element)
    try:
        return _PARSERS[type_name](element.text)
    except ValueError:
        kind = _DOTNET[type_name].removeprefix("System.")
        raise _unexpected(f"The value '{element.text}' cannot be parsed as the type '{kind}'.", element) from None


def _enumerated(element: Element, type_name: str, values: tuple[str, ...]) -> str:
    if element.text.strip() in values:
        return element.text.strip()
    raise _unexpected(
        f"Invalid enum value '{element.text}' cannot be deserialized into type 'KareoServicesWCF.{type_name}'. Ensure "
        "that the necessary enum values are present and are marked with EnumMemberAttribute attribute if the type "
        "has DataContractAttribute attribute.",
        element,
    )


def _boolean(text: str) -> bool:
    """XML's words only: `True`, as lists write it, is refused here."""
    if text.strip() in {"true", "1"}:
        return True
    if text.strip() in {"false", "0"}:
        return False
    raise ValueError(text)


def _whole_number(bits: int) -> Callable[[str], int]:
    def parse_number(text: str) -> int:
        number = int(text) if re.fullmatch(r"\s*[+-]?[0-9]+\s*", text) else None
        if number is None or not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
            raise ValueError(text)
        return number

    return parse_number


_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)?")


def _date_time(text: str) -> datetime:
    """ISO 8601 only: the US text that lists use is refused here. Without a zone the value stays naive."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    day, clock, fraction, zone = found.groups()
    return datetime.fromisoformat(f"{day}T{clock or '00:00:00'}{(fraction or '')[:7]}{zone or ''}")


_PARSERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "int": _whole_number(32),
    "long": _whole_number(64),
    "boolean": _boolean,
    "dateTime": _date_time,
    "guid": UUID,
}

_DOTNET = {
    "string": "System.String",
    "int": "System.Int32",
    "long": "System.Int64",
    "boolean": "System.Boolean",
    "dateTime": "System.DateTime",
    "guid": "System.Guid",
}
