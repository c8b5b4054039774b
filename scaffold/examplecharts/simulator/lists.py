"""ExampleCharts' lists: pages with a cursor, the vendor's own clock, and lists gone wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from visitsync.connectors.examplecharts.simulator.rows import UNREADABLE, Row
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults

BAD_CURSOR = as_json({"error": "The cursor is not one of ours."}, 400)


class Lists:
    """Cuts records into the vendor's pages."""

    def __init__(self, faults: Faults, clock: Clock, page_size: int) -> None:
        self._faults = faults
        self._clock = clock
        self._page_size = page_size

    def page(self, request: Request, found: Sequence[Any], row: Callable[[Any], Row]) -> Response:
        """The page that the request asks for: records behind its cursor, which is the last id that was shown."""
        cursor = request.query.get("cursor", "0")
        if not cursor.isdecimal():
            return BAD_CURSOR
        if self._faults.take("error_in_200", request):
            return as_json({"error": "Something went wrong."})
        if self._faults.take("empty_list", request):
            return self._written([], None)
        size = self._size(request)
        behind = [one for one in found if one.id > int(cursor)]
        shown, rest = behind[:size], behind[size:]
        if rest and self._faults.take("dropped_page", request):
            shown, rest = rest[:size], rest[size:]
        following = str(shown[-1].id) if rest else None
        if following and self._faults.take("next_is_same_page", request):
            following = cursor
        return self._written(self._spoilt(request, [row(one) for one in shown]), following)

    def _size(self, request: Request) -> int:
        if shrunk := self._faults.take("shrunk_page", request):
            return int(shrunk.options.get("rows", 1))
        limit = request.query.get("limit", "")
        return min(int(limit), self._page_size) if limit.isdecimal() else self._page_size

    def _written(self, rows: Sequence[object], following: str | None) -> Response:
        return as_json({"rows": rows, "next": following, "as_of": f"{self._clock():%Y-%m-%dT%H:%M:%SZ}"})

    def _spoilt(self, request: Request, rows: list[Row]) -> Sequence[object]:
        spoilt: list[Any] = rows
        if fault := self._faults.take("duplicate_rows", request):
            chance, share = Random(len(rows)), float(fault.options.get("share", 0.3))
            spoilt = [row for row in spoilt for _ in range(2 if chance.random() < share else 1)]
        if fault := self._faults.take("field_renamed", request):
            spoilt = [_renamed(row, str(fault.options["field"]), str(fault.options["to"])) for row in spoilt]
        if fault := self._faults.take("field_retyped", request):
            spoilt = [{**row, str(fault.options["field"]): fault.options.get("value")} for row in spoilt]
        if (fault := self._faults.take("unreadable_record", request)) and spoilt:
            index = int(fault.options.get("row", 0)) % len(spoilt)
            spoil = UNREADABLE[str(fault.options.get("how", "bad time"))]
            spoilt = [*spoilt[:index], spoil(spoilt[index]), *spoilt[index + 1 :]]
        return spoilt


def _renamed(row: Row, name: str, to: str) -> Row:
    return {(to if key == name else key): value for key, value in row.items()}
