"""DrChrono's lists: the envelope, clamped pages, cursors in absolute addresses, lists gone wrong (section 3)."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from visitsync.connectors.drchrono.simulator.stamps import Row
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults

Item = TypeVar("Item")
NO_SUCH_CURSOR = as_json({"detail": "Invalid cursor"}, 404)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Item]):
    """What a list is made from: all items in order, what orders them, how each looks, the largest page."""

    items: Sequence[Item]
    key: Callable[[Item], str]
    row: Callable[[Item], Row]
    largest_page: int


class Lists:
    """Cuts ordered items into the vendor's pages."""

    def __init__(self, faults: Faults, variants: Mapping[str, str]) -> None:
        self._faults = faults
        self._list_key = variants["list_key"]
        self._by_position = variants["paging"] == "position"

    def page(self, request: Request, listing: Listing[Item]) -> Response:
        """The page the request asks for; a page size that is too large is silently made smaller."""
        if self._faults.take("error_in_200", request):
            return as_json({"detail": "A server error occurred."})
        if self._faults.take("empty_list", request):
            return as_json(self._envelope(None, [], None))
        size = self._size(request, listing.largest_page)
        start = self._start(request, listing, size)
        if start is None:
            return NO_SUCH_CURSOR
        end = start + size
        rows = self._spoilt(request, [listing.row(item) for item in listing.items[start:end]])
        if self._faults.take("dropped_page", request):
            end += size
        following = self._address(request, listing, end) if end < len(listing.items) else None
        if following and self._faults.take("next_is_same_page", request):
            following = f"http://{request.host}{request.path}?{request.query_text}"
        previous = self._address(request, listing, max(0, start - size)) if start > 0 else None
        return as_json(self._envelope(previous, rows, following))

    def whole(self, request: Request, rows: Sequence[Row], largest_page: int) -> Response:
        """The page of a small collection that is already written out."""
        keyed = list(enumerate(rows))
        listing = Listing(
            items=keyed, key=lambda item: f"{item[0]:08d}", row=lambda item: item[1], largest_page=largest_page
        )
        return self.page(request, listing)

    def _envelope(self, previous: str | None, rows: Sequence[object], following: str | None) -> dict[str, object]:
        return {"previous": previous, self._list_key: rows, "next": following}

    def _size(self, request: Request, largest: int) -> int:
        if shrunk := self._faults.take("shrunk_page", request):
            return int(shrunk.options.get("rows", 1))
        wanted = request.query.get("page_size", "")
        return max(1, min(int(wanted), largest)) if wanted.isdigit() else largest

    def _start(self, request: Request, listing: Listing[Item], size: int) -> int | None:
        if (page := request.query.get("page", "")).isdigit():
            return (max(1, int(page)) - 1) * size
        cursor = request.query.get("cursor")
        if not cursor:
            return 0
        try:
            kind, _, place = base64.urlsafe_b64decode(cursor).decode().partition("=")
        except (binascii.Error, UnicodeDecodeError):
            return None
        if kind == "o" and place.isdigit():
            return int(place)
        return bisect_right(listing.items, place, key=listing.key) if kind == "p" else None

    def _address(self, request: Request, listing: Listing[Item], start: int) -> str:
        asked = {name: value for name, value in request.query.items() if name not in ("cursor", "page")}
        if start > 0:
            place = f"p={listing.key(listing.items[start - 1])}" if self._by_position else f"o={start}"
            asked = {"cursor": base64.urlsafe_b64encode(place.encode()).decode(), **asked}
        return f"http://{request.host}{request.path}?{urlencode(asked)}"

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
            spoilt = [
                *spoilt[:index],
                UNREADABLE[fault.options.get("how", "bad time")](spoilt[index]),
                *spoilt[index + 1 :],
            ]
        return spoilt


UNREADABLE: Mapping[str, Callable[[Row], object]] = {
    "bad time": lambda row: row | {"scheduled_time": "sometime soon", "updated_at": "yesterday"},
    "no id": lambda row: {name: value for name, value in row.items() if name != "id"},
    "null id": lambda row: row | {"id": None},
    "numbers for text": lambda row: row | {"status": 7, "reason": 7, "scheduled_time": 7, "email": 7},
    "text for numbers": lambda row: row | {"duration": "half an hour", "doctor": "Osei"},
    "null": lambda row: None,
    "no object": lambda row: "Traceback (most recent call last)",
    "hardly anything": lambda row: {"id": row["id"]},
}
"""Ways in which one row of a list can make no sense; fault option `how`."""


def _renamed(row: Row, name: str, to: str) -> Row:
    return {(to if key == name else key): value for key, value in row.items()}
