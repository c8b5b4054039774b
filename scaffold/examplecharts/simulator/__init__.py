"""A pretend ExampleCharts, written from the vendor's documents alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from visitsync.connectors.examplecharts.simulator.lists import Lists
from visitsync.connectors.examplecharts.simulator.rows import Rows
from visitsync.connectors.examplecharts.simulator.scenarios import SCENARIOS
from visitsync.connectors.examplecharts.simulator.settings import CREDENTIALS, FAULTS, VARIANTS
from visitsync.simulator_kit.app import App, choose
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.scenarios import Scenario

__all__ = ["CREDENTIALS", "FAULTS", "SCENARIOS", "VARIANTS", "ExampleChartsSimulator", "simulator"]

NOT_FOUND = as_json({"error": "There is no such record."}, 404)
UNAUTHORIZED = as_json({"error": "The API key is not valid."}, 401)
FORBIDDEN = as_json({"error": "The API key may not do this."}, 403)


def simulator(clinic: Clinic, *, clock: Clock, variants: Mapping[str, str] | None = None) -> ExampleChartsSimulator:
    """A pretend ExampleCharts over this clinic; choose among VARIANTS. Raises UnknownVariant."""
    return ExampleChartsSimulator(clinic, clock, choose(VARIANTS, variants or {}))


class ExampleChartsSimulator(App):
    """The vendor: a key, a quota, and one page per collection."""

    emr = "examplecharts"

    def __init__(self, clinic: Clinic, clock: Clock, variants: Mapping[str, str]) -> None:
        self.clinic = clinic
        self.clock = clock
        self.variants = variants
        self.faults = Faults(FAULTS)
        clinic.list_lag = timedelta(seconds=int(variants["lag_seconds"]))
        self._rows = Rows(clinic, variants)
        self._lists = Lists(self.faults, clock, int(variants["page_size"]))
        self._minute, self._used = 0, 0

    def answer(self, request: Request) -> Response:
        """Answer as the vendor would."""
        if request.headers.get("authorization") != f"Bearer {CREDENTIALS['api_key']}":
            return UNAUTHORIZED
        if self._is_too_many():
            return as_json({"error": "Too many requests."}, 429, (("Retry-After", "60"),))
        if request.method != "GET":
            return FORBIDDEN
        version, _, path = request.path.strip("/").partition("/")
        collection, _, record_id = path.partition("/")
        if version != "v1" or collection not in ROWS:
            return NOT_FOUND
        return self._one(collection, record_id) if record_id else self._list(request, collection)

    def scenarios(self) -> Mapping[str, Scenario]:
        """What can be staged here."""
        return SCENARIOS

    def _is_too_many(self) -> bool:
        """So many in each minute of the clock."""
        most = self.variants["requests_per_minute"]
        minute = int(self.clock().timestamp() // 60)
        self._minute, self._used = minute, self._used + 1 if minute == self._minute else 1
        return most != "none" and self._used > int(most)

    def _one(self, collection: str, record_id: str) -> Response:
        shelf = getattr(self.clinic, SHELVES[collection])
        record = shelf.shown_one(int(record_id), self.clock()) if record_id.isdecimal() else None
        if record is None or not self._rows.is_shown(record):
            return NOT_FOUND
        return as_json(ROWS[collection](self._rows, record))

    def _list(self, request: Request, collection: str) -> Response:
        shelf = getattr(self.clinic, SHELVES[collection])
        found = self._rows.found(list(shelf.shown(self.clock(), self.clinic.list_lag).values()), request.query)
        return self._lists.page(request, found, lambda record: ROWS[collection](self._rows, record))


SHELVES: Mapping[str, str] = {
    "appointments": "appointments",
    "patients": "patients",
    "locations": "locations",
    "providers": "practitioners",
    "visit-types": "types",
}
"""The vendor's word for a collection → the clinic's."""

ROWS: Mapping[str, Callable[[Rows, Any], dict[str, Any]]] = {
    "appointments": Rows.appointment,
    "patients": Rows.patient,
    "locations": Rows.location,
    "providers": Rows.provider,
    "visit-types": Rows.visit_type,
}
