"""How a pretend FHIR server searches: parameters, sorting, self and next links, page tokens that expire."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response
from visitsync.simulator_kit.faults import Fault, Faults
from visitsync.simulator_kit.fhir.answers import FHIR_JSON, Row, as_resource, outcome, outcome_row, stamp

Matcher = Callable[[Row, str], bool]
TOKEN_LASTS = timedelta(minutes=10)
RESULT_PARAMS = ("_count", "_sort", "_include", "_revinclude", "_format", "_total", "_summary", "_elements", "_pretty")
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")


@dataclass(frozen=True, kw_only=True)
class Collection:
    """One type of resource of a pretend server."""

    rows: Callable[[], Iterable[Row]]
    """All of them, as lists show them at the moment."""
    one: Callable[[str], Row | None]
    """One by its id, as a single read shows it; None where there is none."""
    params: Mapping[str, Matcher] = field(default_factory=dict)
    """Search parameters besides _id and _lastUpdated; a value is one of those between commas."""
    is_deleted: Callable[[str], bool] = lambda identity: False
    """Whether there was such a resource once: then 410 instead of 404."""
    history: Callable[[datetime], list[Row]] | None = None
    """Entries of a type history since a moment, where it is offered."""
    refusal: Callable[[Sequence[tuple[str, str]]], Response | None] = lambda asked: None
    """What this server demands of a search beyond the standard."""
    included: Callable[[Row], Iterable[Row]] = lambda row: ()
    """What an _include brings along."""
    hidden: frozenset[str] = frozenset()
    """Common parameters that are not offered: `_lastUpdated`."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What is left of a search whose first page went out."""

    resource: str
    rows: list[Row]
    offset: int
    size: int
    until: datetime


class Search:
    """Searches over the collections of one server."""

    def __init__(self, clock: Clock, faults: Faults, variants: Mapping[str, str]) -> None:
        self._clock = clock
        self._faults = faults
        self._variants = variants
        self._snapshots: dict[str, _Snapshot] = {}

    def first(self, request: Request, resource: str, collection: Collection, base: str) -> Response:
        """The first page of a search."""
        asked = parse_qsl(request.query_text, keep_blank_values=True)
        if refusal := collection.refusal(asked):
            return refusal
        known = self._known(collection)
        unknown = [name for name, _ in asked if _bare(name) not in {*known, *RESULT_PARAMS}]
        is_strict = "handling=strict" in request.headers.get("prefer", "")
        if unknown and (is_strict or self._variants["fhir_handling"] == "strict"):
            return outcome("not-supported", text=f"Unknown search parameter {unknown[0]}")
        honoured = [(name, value) for name, value in asked if name not in unknown]
        try:
            rows = [row for row in collection.rows() if _matches(row, honoured, known)]
        except ValueError:
            return outcome("invalid", text="A search value makes no sense")
        if ("_sort", "_lastUpdated") in honoured and self._variants["fhir_sort"] == "honoured":
            rows.sort(key=lambda row: (row["meta"]["lastUpdated"], row["id"]))
        size = self._size(dict(asked).get("_count", ""))
        wants_more = any(name == "_include" for name, _ in asked) or self._variants["fhir_includes"] == "unasked"
        more = collection.included if wants_more else lambda row: ()
        self_link = f"{base}/{resource}?{urlencode(honoured)}"
        return self._page(
            request, _Snapshot(resource, rows, 0, size, self._clock() + TOKEN_LASTS), base, self_link, more
        )

    def following(self, request: Request, base: str, collections: Mapping[str, Collection]) -> Response:
        """A later page, by its token."""
        token = request.query.get("_getpages", "")
        found = self._snapshots.get(token)
        if found is None or self._clock() > found.until or self._faults.take("page_expired", request):
            return outcome("not-found", status=410, text="Search ID does not exist and may have expired")
        collection = collections.get(found.resource)
        brings = collection is not None and self._variants["fhir_includes"] == "unasked"
        more = collection.included if collection is not None and brings else lambda row: ()
        return self._page(request, found, base, f"{base}?{request.query_text}", more)

    def history(self, request: Request, resource: str, collection: Collection, base: str) -> Response:
        """The type's history since a moment, newest first."""
        if collection.history is None:
            return outcome("not-supported", status=404, text="No history here")
        try:
            since = instant(request.query.get("_since", "1970-01-01T00:00:00Z"))
        except ValueError:
            return outcome("invalid", text="_since makes no sense")
        snapshot = _Snapshot(
            f"{resource}/_history", collection.history(since), 0, self._size(request.query.get("_count", "")),
            self._clock() + TOKEN_LASTS,
        )  # fmt: skip
        return self._page(request, snapshot, base, f"{base}/{resource}/_history?{request.query_text}", lambda row: ())

    def _known(self, collection: Collection) -> Mapping[str, Matcher]:
        common: dict[str, Matcher] = {
            "_id": lambda row, value: str(row["id"]) == value,
            "_lastUpdated": lambda row, value: compared(instant(row["meta"]["lastUpdated"]), value),
        }
        return {name: each for name, each in common.items() if name not in collection.hidden} | dict(collection.params)

    def _size(self, asked: str) -> int:
        most = int(self._variants["fhir_page_size"])
        return max(1, min(int(asked), most)) if asked.isdigit() and int(asked) else most

    def _page(
        self, request: Request, at: _Snapshot, base: str, self_link: str, more: Callable[[Row], Iterable[Row]]
    ) -> Response:
        at = self._disturbed(request, at)
        rows = at.rows[at.offset : at.offset + at.size]
        entries = self._spoilt(request, [self._entry(at.resource, row, base) for row in rows])
        if not at.resource.endswith("_history"):
            included = {(each["resourceType"], each["id"]): each for row in rows for each in more(row)}
            entries += [_as_entry(each, base, "include") for each in included.values()]
        if self._variants["fhir_outcome_entries"] == "yes":
            row = outcome_row("informational", "information", "Searched")
            entries.append({"resource": row, "search": {"mode": "outcome"}})
        links = [{"relation": "self", "url": self_link}] if self._variants["fhir_self_link"] == "true" else []
        if self._faults.take("next_is_same_page", request):
            links.append({"relation": "next", "url": self._next(at, base)})
        elif self._faults.take("next_elsewhere", request):
            links.append({"relation": "next", "url": "https://fhir.example.org/elsewhere?_getpages=1"})
        elif at.offset + at.size < len(at.rows):
            rest = _Snapshot(at.resource, at.rows, at.offset + at.size, at.size, at.until)
            links.append({"relation": "next", "url": self._next(rest, base)})
        bundle: Row = {
            "resourceType": "Bundle",
            "id": secrets.token_hex(8),
            "meta": {"lastUpdated": stamp(self._clock() + self._drift)},
            "type": "history" if at.resource.endswith("_history") else "searchset",
            "total": len(at.rows),
            "link": links,
        }
        if entries:
            bundle["entry"] = entries
        return as_resource(bundle, media=_MEDIA[self._variants["fhir_media_type"]])

    def _disturbed(self, request: Request, at: _Snapshot) -> _Snapshot:
        """What is answered instead, where a fault takes entries away."""
        if self._faults.take("empty_list", request):
            return replace(at, rows=[], offset=0)
        if self._faults.take("dropped_page", request):
            return replace(at, offset=at.offset + at.size)
        if fault := self._faults.take("shrunk_page", request):
            return replace(at, size=int(fault.options.get("rows", 1)))
        return at

    @property
    def _drift(self) -> timedelta:
        return timedelta(seconds=int(self._variants["fhir_clock_drift_seconds"]))

    def _next(self, rest: _Snapshot, base: str) -> str:
        token = secrets.token_hex(12)
        self._snapshots[token] = rest
        query = f"?_getpages={token}&_getpagesoffset={rest.offset}&_count={rest.size}"
        return f"./{query}" if self._variants["fhir_next"] == "relative" else base + query

    def _entry(self, resource: str, row: Row, base: str) -> Row:
        return row if resource.endswith("_history") else _as_entry(row, base, "match")

    def _spoilt(self, request: Request, entries: list[Row]) -> list[Row]:
        """The page's entries after the faults that strike it."""
        if fault := self._faults.take("duplicate_rows", request):
            entries = (
                [each for each in entries for _ in range(2)] if float(fault.options.get("share", 0.3)) else entries
            )
        if entries and (fault := self._faults.take("unreadable_record", request)):
            entries = _with_nonsense(entries, fault)
        if fault := self._faults.take("field_renamed", request):
            entries = [_renamed(each, str(fault.options["field"]), str(fault.options["to"])) for each in entries]
        return entries


_MEDIA = {"fhir+json": FHIR_JSON, "json": "application/json"}


def compared(moment: datetime, wanted: str) -> bool:
    """Whether a moment passes `ge2026-10-20T04:00:00Z` and its like. Raises ValueError."""
    prefix, text = (wanted[:2], wanted[2:]) if wanted[:2] in PREFIXES else ("eq", wanted)
    bound = instant(text)
    tests: Mapping[str, bool] = {
        "ge": moment >= bound, "gt": moment > bound, "le": moment <= bound, "lt": moment < bound,
        "sa": moment > bound, "eb": moment < bound, "eq": moment == bound, "ne": moment != bound, "ap": True,
    }  # fmt: skip
    return tests[prefix]


def instant(text: str) -> datetime:
    """A moment; without a zone it is read in the server's own, which is UTC here. Raises ValueError.

    A blank where a plus sign was meant is what an unencoded offset becomes; nothing matches it.
    """
    if " " in text:
        raise ValueError("a blank in an instant")
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _matches(row: Row, asked: Sequence[tuple[str, str]], known: Mapping[str, Matcher]) -> bool:
    """A parameter that comes twice must hold twice; values between commas are alternatives."""
    return all(
        any(known[_bare(name)](row, each) for each in value.split(",")) for name, value in asked if _bare(name) in known
    )


def _bare(name: str) -> str:
    return name.partition(":")[0]


def _as_entry(row: Row, base: str, mode: str) -> Row:
    full_url = f"{base}/{row['resourceType']}/{row['id']}"
    return {"fullUrl": full_url, "resource": row, "search": {"mode": mode}}


def _renamed(entry: Row, old: str, new: str) -> Row:
    resource = {new if name == old else name: value for name, value in entry.get("resource", {}).items()}
    return {**entry, "resource": resource} if "resource" in entry else entry


def _with_nonsense(entries: list[Row], fault: Fault) -> list[Row]:
    spoilt = list(entries)
    position = int(fault.options.get("row", 0)) % len(spoilt)
    nonsense: dict[str, Any] = {**spoilt[position].get("resource", {}), "start": {"no": "time"}, "birthDate": 7}
    spoilt[position] = {**spoilt[position], "resource": nonsense}
    return spoilt
