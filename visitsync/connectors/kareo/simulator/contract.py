"""Kareo's service description as one object: every type and every operation, for the reader, the writer and the WSDL.

Two states of it are known: "2021" (24 operations, checked member by member) and "current" (with the members and
operations that clients have met since). Source: kareo reference, sections 1 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from visitsync.connectors.kareo.simulator.namespaces import ARRAYS, K7, SERIALIZATION, XSD, K
from visitsync.connectors.kareo.simulator.operations import (
    IN_K7,
    OPERATIONS_2021,
    OPERATIONS_SINCE_2021,
    WITHOUT_REQUEST_HEADER,
)
from visitsync.connectors.kareo.simulator.types import (
    ENUMERATIONS,
    MEMBERS_SINCE_2021,
    STRUCTS,
    STRUCTS_IN_K7,
)

VERSIONS = ("2021", "current")
SIMPLE = {"string": XSD, "int": XSD, "long": XSD, "boolean": XSD, "dateTime": XSD, "guid": SERIALIZATION}
"""The simple types, with the namespace that defines each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One element of a type. Optional members may be absent or nil."""

    name: str
    type: str
    is_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Struct:
    """A type with members, after those of its base. Open: it has members that the reference does not list."""

    name: str
    namespace: str = K
    base: str | None = None
    members: tuple[Member, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """A list; each item's element bears the name of the item's type."""

    name: str
    item: str
    namespace: str = K


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration:
    """A type with named values."""

    name: str
    values: tuple[str, ...]
    namespace: str = K


Type = Struct | Array | Enumeration


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call: the types of its `request` and of its `…Result`."""

    name: str
    request: str
    response: str

    @property
    def action(self) -> str:
        """The SOAPAction that asks for it."""
        return f"{K}KareoServices/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One state of the service description."""

    version: str
    types: dict[str, Type]
    operations: dict[str, Operation]
    _wire_members: dict[str, tuple[tuple[str, Member], ...]] = field(default_factory=dict)

    def struct(self, name: str) -> Struct:
        """The type of this name that has members; KeyError when there is none."""
        found = self.types[name]
        if not isinstance(found, Struct):
            raise KeyError(name)
        return found

    def members(self, name: str) -> tuple[tuple[str, Member], ...]:
        """All members of a type with their namespaces, the base's first, as they stand on the wire."""
        if name not in self._wire_members:
            struct = self.struct(name)
            inherited = self.members(struct.base) if struct.base else ()
            own = tuple((struct.namespace, member) for member in struct.members)
            self._wire_members[name] = inherited + own
        return self._wire_members[name]

    def namespace(self, name: str) -> str:
        """The namespace that defines a type."""
        return SIMPLE[name] if name in SIMPLE else self.types[name].namespace


@cache
def contract(version: str = "current") -> Contract:
    """The service description of that time, "2021" or "current"; ValueError for any other."""
    if version not in VERSIONS:
        raise ValueError(f"unknown contract {version!r}: choose one of {', '.join(VERSIONS)}")
    is_current = version == "current"
    types = {made.name: made for made in _shared_types()}
    operations: dict[str, Operation] = {}
    for name, request, response in _blocks(OPERATIONS_2021 + (OPERATIONS_SINCE_2021 if is_current else "")):
        asked, answered = _request_type(name, request), _response_type(name, response)
        types |= {made.name: made for made in (asked, answered) if made.name not in types}
        operations[name] = Operation(name=name, request=asked.name, response=answered.name)
    if is_current:
        _add_members_since_2021(types)
    _add_unlisted(types)
    return Contract(version=version, types=types, operations=operations)


def _shared_types() -> Iterator[Type]:
    for name, (base, members) in STRUCTS.items():
        yield _struct(name, members, base=base)
    for name, members in STRUCTS_IN_K7.items():
        yield _struct(name, members, namespace=K7)
    for name, (namespace, values) in ENUMERATIONS.items():
        yield Enumeration(name=name, namespace=namespace, values=tuple(values.split()))
    for item in ("int", "long", "string"):
        yield Array(name=f"ArrayOf{item}", item=item, namespace=ARRAYS)


def _blocks(table: str) -> Iterator[tuple[str, str, str]]:
    """The operations of a table: name, line of the request, line of the result."""
    lines = [line.strip() for line in table.splitlines() if line.strip()]
    yield from zip(lines[::3], lines[1::3], lines[2::3], strict=True)


def _request_type(operation: str, line: str) -> Struct:
    base = None if operation in WITHOUT_REQUEST_HEADER else "RequestBase"
    return _operation_type(operation, line, base=base)


def _response_type(operation: str, line: str) -> Struct:
    return _operation_type(operation, line, base="ResponseBase")


def _operation_type(operation: str, line: str, *, base: str | None) -> Struct:
    name, _, members = line.partition("=")
    return _struct(name.strip(), members, base=base, namespace=K7 if operation in IN_K7 else K)


def _struct(name: str, members: str, *, base: str | None = None, namespace: str = K) -> Struct:
    if members.strip() == "?":
        return Struct(name=name, namespace=namespace, base=base, is_open=True)
    return Struct(name=name, namespace=namespace, base=base, members=_members(members))


def _members(notation: str) -> tuple[Member, ...]:
    """Parse `Name Name:type!` into members, in the ordinal order in which WCF reads and writes them."""
    return _in_ordinal_order(_member(word) for word in notation.split())


def _in_ordinal_order(members: Iterator[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda member: member.name))


def _member(word: str) -> Member:
    name, _, type_name = word.rstrip("!").partition(":")
    return Member(name=name, type=type_name or "string", is_required=word.endswith("!"))


def _add_members_since_2021(types: dict[str, Type]) -> None:
    for name, added in MEMBERS_SINCE_2021.items():
        old = types[name]
        if isinstance(old, Struct):
            both = _in_ordinal_order(iter(old.members + _members(added)))
            types[name] = replace(old, members=both)


def _add_unlisted(types: dict[str, Type]) -> None:
    """Add what members mention and no table defines: lists, and types whose members the reference leaves out."""
    waiting = list(types.values())
    while waiting:
        found = waiting.pop()
        for name in _mentioned(found):
            if name not in types and name not in SIMPLE:
                types[name] = _unlisted(name, types, mentioned_in=found.namespace)
                waiting.append(types[name])


def _mentioned(found: Type) -> list[str]:
    match found:
        case Struct():
            return [member.type for member in found.members]
        case Array():
            return [found.item]
        case Enumeration():
            return []


def _unlisted(name: str, types: dict[str, Type], *, mentioned_in: str) -> Type:
    if not name.startswith("ArrayOf"):
        return Struct(name=name, namespace=mentioned_in, is_open=True)
    item = name.removeprefix("ArrayOf")
    return Array(name=name, item=item, namespace=types[item].namespace if item in types else mentioned_in)
