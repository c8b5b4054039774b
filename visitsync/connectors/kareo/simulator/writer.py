"""Writes answers of a contract as bytes: every member in its order, those without a value as nil or not at all.

Long lists are what costs time, so no tree is built: each combination of members that have a value gets one text
template, and a row is that template filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from visitsync.connectors.kareo.simulator.contract import Array, Contract, Operation, Struct
from visitsync.connectors.kareo.simulator.namespaces import ARRAYS, INSTANCE, SOAP, SYSTEM, K
from visitsync.connectors.kareo.simulator.types import MEMBERS_SINCE_2021

Values = Mapping[str, Any]
"""The members of a type that have a value; None is none."""
ToText = Callable[[Any], str]
"""Writes the content of an element."""


class Writer:
    """Writes the answers of one contract. Members it does not have yet are left out; unknown ones are errors."""

    def __init__(self, contract: Contract, *, sends_nil: bool = True) -> None:
        """`sends_nil` False leaves members without a value out."""
        self._contract = contract
        self._sends_nil = sends_nil
        self._writers: dict[tuple[str, str], ToText] = {}

    def envelope(self, operation: Operation, result: Values) -> bytes:
        """The whole SOAP message that answers `operation` with these members of its result type."""
        name = operation.name
        members = self.content(operation.response, K)(result)
        return (
            f'<s:Envelope xmlns:s="{SOAP}"><s:Body><{name}Response xmlns="{K}"><{name}Result xmlns:i="{INSTANCE}">'
            f"{members}</{name}Result></{name}Response></s:Body></s:Envelope>"
        ).encode()

    def content(self, type_name: str, within: str) -> ToText:
        """What writes the content of a type inside an element of namespace `within`."""
        key = (type_name, within)
        if key not in self._writers:
            self._writers[key] = self._content(type_name, within)
        return self._writers[key]

    def _content(self, type_name: str, within: str) -> ToText:
        match self._contract.types.get(type_name):
            case Struct():
                return self._struct(type_name, within)
            case Array() as array:
                return _items(array, self.content(array.item, array.namespace))
            case _:
                return _SIMPLE.get(type_name, _text)

    def _struct(self, type_name: str, within: str) -> ToText:
        tags: dict[str, tuple[str, str]] = {}
        writers: dict[str, ToText] = dict.fromkeys(_newer_members(type_name), _text)
        required: set[str] = set()
        for namespace, member in self._contract.members(type_name):
            tags[member.name] = (f"{member.name}{self._declarations(member.type, namespace, within)}", member.name)
            writers[member.name] = self.content(member.type, namespace)
            if member.is_required:
                required.add(member.name)
        return _StructText(type_name, tags, writers, required, sends_nil=self._sends_nil)

    def _declarations(self, type_name: str, namespace: str, within: str) -> str:
        """The namespaces that a member's element must declare."""
        default = f' xmlns="{namespace}"' if namespace != within else ""
        found = self._contract.types.get(type_name)
        return f'{default} xmlns:a="{found.namespace}"' if _is_prefixed(found) and found else default


class _StructText:
    """Writes the members of one type; called with the values of one record after another."""

    def __init__(
        self,
        type_name: str,
        tags: dict[str, tuple[str, str]],
        writers: dict[str, ToText],
        required: set[str],
        *,
        sends_nil: bool,
    ) -> None:
        self._type_name = type_name
        self._tags = tags
        self._writers = writers
        self._required = required
        self._sends_nil = sends_nil
        self._templates: dict[tuple[str, ...], str] = {}

    def __call__(self, values: Values) -> str:
        writers = self._writers
        filled = {name: writers[name](value) for name, value in values.items() if value is not None}
        shape = tuple(filled)
        template = self._templates.get(shape)
        if template is None:
            template = self._templates[shape] = self._template(frozenset(shape))
        return template % filled

    def _template(self, filled: frozenset[str]) -> str:
        if missing := self._required - filled:
            raise ValueError(f"{self._type_name} needs {', '.join(sorted(missing))}")
        return "".join(
            f"<{start}>%({name})s</{end}>" if name in filled else f'<{start} i:nil="true"/>'
            for name, (start, end) in self._tags.items()
            if self._sends_nil or name in filled
        )


def _newer_members(type_name: str) -> list[str]:
    return [word.partition(":")[0] for word in MEMBERS_SINCE_2021.get(type_name, "").split()]


def _items(array: Array, item: ToText) -> ToText:
    name = f"a:{array.item}" if _is_prefixed(array) else array.item
    return lambda values: "".join([f"<{name}>{item(value)}</{name}>" for value in values])


def _is_prefixed(found: object) -> bool:
    """WCF writes the items of these lists with a prefix of their own."""
    return isinstance(found, Array) and found.namespace in (ARRAYS, SYSTEM)


# Control characters cannot stand in XML 1.0, not even escaped; the real service could not send them either.
_MARKUP = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return _MARKUP.sub(lambda found: _ESCAPED.get(found[0], ""), text) if _MARKUP.search(text) else text


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _date_time(value: datetime) -> str:
    """An aware moment in UTC with a Z; a naive one as it stands (a date of birth has no zone)."""
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


_SIMPLE: dict[str, ToText] = {"boolean": _boolean, "dateTime": _date_time, "int": str, "long": str, "guid": str}
