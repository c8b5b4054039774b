"""CareCloud's lists: pages of a fixed size, told by the Link header alone, and lists gone wrong (section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode

from visitsync.connectors.carecloud.simulator.shapes import Row, listed
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults

Item = TypeVar("Item")
Headers = tuple[tuple[str, str], ...]


class Lists:
    """Cuts items into the vendor's pages."""

    def __init__(self, faults: Faults, variants: Mapping[str, str]) -> None:
        self._faults = faults
        self._variants = variants
        self._size = int(variants["page_size"])

    def page(self, request: Request, collection: str, items: Sequence[Item], row: Callable[[Item], Row]) -> Response:
        """The page that the request asks for; beyond the last one there is nothing on it."""
        if self._faults.take("error_in_200", request):
            return as_json({"error": {"message": "An unexpected error occurred."}})
        asked = request.query.get("page", "")
        number = max(1, int(asked)) if asked.isdigit() else 1
        shrunk = self._faults.take("shrunk_page", request)
        size = int(shrunk.options.get("rows", 1)) if shrunk else self._size
        pages = max(1, -(-len(items) // size))
        if self._faults.take("empty_list", request):
            items, pages = (), 1
        if self._faults.take("dropped_page", request):
            number = min(number + 1, pages)
        on_page = items[(number - 1) * size : number * size]
        rows = self._spoilt(request, [row(item) for item in on_page])
        headers = () if self._faults.take("link_lost", request) else self._links(request, number, pages)
        return as_json(listed(collection, rows, self._variants["shapes"]), headers=headers)

    def whole(self, request: Request, collection: str, rows: Sequence[Row]) -> Response:
        """The page of a small collection that is already written out."""
        return self.page(request, collection, rows, lambda row: row)

    def _links(self, request: Request, number: int, pages: int) -> Headers:
        if pages == 1 and self._variants["single_page"] == "without link":
            return ()
        following = number if self._faults.take("next_is_same_page", request) else number + 1
        places = {"first": 1, "prev": number - 1, "next": following, "last": pages}
        wanted = {rel: page for rel, page in places.items() if 1 <= page <= pages}
        links = {rel: self._address(request, page) for rel, page in wanted.items()}
        form = self._variants["link_header"]
        if form == "odd":
            return (("LINK", " , ".join(f"<{url}> ;title=a;  REL = {rel}" for rel, url in reversed(links.items()))),)
        if form == "two lines":
            ordered = sorted(links.items(), key=lambda link: link[0] != "next")
            return tuple(("Link", f'<{url}>; rel="{rel}"') for rel, url in ordered)
        return (("Link", ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())),)

    def _address(self, request: Request, page: int) -> str:
        form = self._variants["link_header"]
        asked = {} if form == "page alone" else {k: v for k, v in request.query.items() if k != "page"}
        host = "https://internal.carecloud.example" if form == "other host" else f"http://{request.host}"
        return f"{host}{request.path}?{urlencode({**asked, 'page': page})}"

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
            made = UNREADABLE[fault.options.get("how", "bad time")](spoilt[index])
            spoilt = [*spoilt[:index], made, *spoilt[index + 1 :]]
        return spoilt


UNREADABLE: Mapping[str, Callable[[Row], object]] = {
    "bad time": lambda row: row | {"start_time": "sometime soon", "updated_at": "yesterday"},
    "no offset": lambda row: row | {"start_time": "2026-11-17T10:00:00"},
    "no id": lambda row: {name: value for name, value in row.items() if name != "id"},
    "null id": lambda row: row | {"id": None},
    "numbers for text": lambda row: row | {"chief_complaint": 7, "start_time": 7},
    "text for numbers": lambda row: row | {"end_time": "half an hour", "patient": "somebody"},
    "null": lambda row: None,
    "no object": lambda row: "Traceback (most recent call last)",
    "hardly anything": lambda row: {"id": row["id"]},
}
"""Ways in which one row of a list can make no sense; fault option `how`."""


def _renamed(row: Row, name: str, to: str) -> Row:
    return {(to if key == name else key): value for key, value in row.items()}
