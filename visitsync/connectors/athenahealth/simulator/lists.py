"""athenahealth's lists: envelope, rows by offset, relative links in capitals, lists gone wrong (section 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode

from visitsync.connectors.athenahealth.simulator.stamps import Row
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults

Item = TypeVar("Item")


class Lists:
    """Cuts items into the vendor's pages."""

    def __init__(self, faults: Faults, variants: Mapping[str, str]) -> None:
        self._faults = faults
        self._default = int(variants["list_rows"])
        self._most = int(variants["most_rows"])

    def page(
        self, request: Request, key: str, items: Sequence[Item], row: Callable[[Item], Row], most: int | None = None
    ) -> Response:
        """The page that a request asks for by limit and offset."""
        if self._faults.take("error_in_200", request):
            return as_json({"error": "The data provided is invalid."})
        if self._faults.take("empty_list", request):
            return as_json({"totalcount": 0, key: []})
        size = self.size(request, most)
        start = _figure(request.query, "offset", 0)
        end = start + size
        rows = self.spoilt(request, [row(item) for item in items[start:end]])
        if self._faults.take("dropped_page", request):
            end += size
        envelope: dict[str, Any] = {"totalcount": len(items)}
        if end < len(items):
            following = start if self._faults.take("next_is_same_page", request) else end
            envelope["next"] = _link(request, size, following)
        if start:
            envelope["previous"] = _link(request, size, max(0, start - size))
        return as_json(envelope | {key: rows})

    def size(self, request: Request, most: int | None = None) -> int:
        """How many rows a page holds: what was asked for, up to the most."""
        if shrunk := self._faults.take("shrunk_page", request):
            return int(shrunk.options.get("rows", 1))
        most = most or self._most
        return max(1, min(_figure(request.query, "limit", min(self._default, most)), most))

    def spoilt(self, request: Request, rows: list[Row]) -> Sequence[object]:
        """The rows after the faults that strike them."""
        spoilt: list[Any] = rows
        if not rows:
            return spoilt
        if fault := self._faults.take("duplicate_rows", request):
            chance, share = Random(len(rows)), float(fault.options.get("share", 0.3))
            spoilt = [row for row in spoilt for _ in range(2 if chance.random() < share else 1)]
        if fault := self._faults.take("field_renamed", request):
            spoilt = [_renamed(row, str(fault.options["field"]), str(fault.options["to"])) for row in spoilt]
        if fault := self._faults.take("field_retyped", request):
            spoilt = [{**row, str(fault.options["field"]): fault.options.get("value")} for row in spoilt]
        if fault := self._faults.take("unreadable_record", request):
            index = int(fault.options.get("row", 0)) % len(spoilt)
            broken = UNREADABLE[fault.options.get("how", "bad time")](spoilt[index])
            spoilt = [*spoilt[:index], broken, *spoilt[index + 1 :]]
        return spoilt


UNREADABLE: Mapping[str, Callable[[Row], object]] = {
    "bad time": lambda row: row | {"starttime": "sometime", "dob": 7, "firstname": 7},
    "iso date": lambda row: row | {"date": "2026-11-24"},
    "no id": lambda row: {name: value for name, value in row.items() if name not in ("appointmentid", "patientid")},
    "null id": lambda row: row | {"appointmentid": None, "patientid": None},
    "text for numbers": lambda row: row | {"duration": "half an hour"},
    "null": lambda row: None,
    "no object": lambda row: "Traceback (most recent call last)",
}
"""Ways in which one row of a list can make no sense; fault option `how`."""


def _link(request: Request, size: int, offset: int) -> str:
    """Relative, with the names in capitals but for limit and offset."""
    asked = {
        name.upper(): value for name, value in sorted(request.query.items()) if name.lower() not in ("limit", "offset")
    }
    return f"{request.path}?{urlencode({**asked, 'limit': size, 'offset': offset})}"


def _figure(query: Mapping[str, str], name: str, otherwise: int) -> int:
    text = query.get(name, "")
    return int(text) if text.isdigit() else otherwise


def _renamed(row: Row, name: str, to: str) -> Row:
    return {(to if key == name else key): value for key, value in row.items()}
