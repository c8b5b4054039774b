"""Faults inside an answer: rows that repeat, vanish or make no sense, members that change their name or value."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from visitsync.simulator_kit.exchange import Request
from visitsync.simulator_kit.faults import SHARED_FAULTS, Fault, Faults

Row = dict[str, Any]

_CARRIED_OUT = (
    "duplicate_rows",
    "dropped_page",
    "next_is_same_page",
    "shrunk_page",
    "empty_list",
    "unreadable_record",
    "field_renamed",
    "field_retyped",
    "error_in_200",
)

FAULTS: Mapping[str, str] = {name: SHARED_FAULTS[name] for name in _CARRIED_OUT} | {
    "throttled": "200 with IsError and the 429 text, whatever the interval",
    "unauthorized": "200, and the right password is refused (Authenticated=false)",
    "forbidden": "200, and the user lacks the permission (Authorized=false, PermissionsMissing)",
    "key_refused": "200, and the customer key is refused (CustomerKeyValid=false)",
    "internal_fault": "500 with an InternalServiceFault",
    "phantom_row": "A list ends with a row whose members are all nil",
    "security_missing": "A good answer lacks its SecurityResponse",
}

# What makes a row unreadable, by what is wrong with it.
_UNREADABLE: Mapping[str, Row] = {
    "date": {"StartDate": "sometime next week", "DOB": "unknown", "ModifiedDate": "n/a"},
    "no_id": {"ID": None, "AppointmentReasonId": None},
    "text_id": {"ID": "n/a"},
    "no_start": {"StartDate": None},
}


class Spoiler:
    """Spoils one answer as the faults that are switched on ask."""

    def __init__(self, faults: Faults, request: Request) -> None:
        self._faults = faults
        self._request = request

    def strikes(self, name: str) -> Fault | None:
        """Does this fault strike this request? Using it up if so."""
        return self._faults.take(name, self._request)

    def page_limit(self, usual: int) -> int:
        """How many rows a page may hold."""
        struck = self.strikes("shrunk_page")
        return int(struck.options.get("rows", 1)) if struck else usual

    def rows(self, rows: list[Row]) -> list[Row]:
        """The rows of a list after every fault that strikes it."""
        if self.strikes("empty_list"):
            return []
        if struck := self.strikes("unreadable_record"):
            rows = _with_an_unreadable_row(rows, struck.options)
        if struck := self.strikes("field_retyped"):
            rows = [row | {str(struck.options["field"]): struck.options.get("value", "??")} for row in rows]
        if struck := self.strikes("duplicate_rows"):
            rows = _with_duplicates(rows, struck.options)
        return [*rows, {}] if self.strikes("phantom_row") else rows

    def body(self, body: bytes) -> bytes:
        """The written answer after a fault that renames a member."""
        struck = self.strikes("field_renamed")
        if struck is None:
            return body
        old, new = str(struck.options["field"]).encode(), str(struck.options.get("to", "Renamed")).encode()
        for start, end in ((b"<", b">"), (b"</", b">"), (b"<", b" i:nil")):
            body = body.replace(start + old + end, start + new + end)
        return body


def _with_an_unreadable_row(rows: list[Row], options: Mapping[str, Any]) -> list[Row]:
    if not rows:
        return rows
    index = int(options.get("row", 0)) % len(rows)
    wrong = _UNREADABLE[str(options.get("how", "date"))]
    spoilt = {name: wrong.get(name, value) for name, value in rows[index].items()}
    return [*rows[:index], spoilt, *rows[index + 1 :]]


def _with_duplicates(rows: list[Row], options: Mapping[str, Any]) -> list[Row]:
    random, share = Random(len(rows)), float(options.get("share", 0.3))
    return [again for row in rows for again in ([row, row] if random.random() < share else [row])]
