"""`User/PatientListGet`: the live schedule of some days, page by page (sections 4.5 and 4.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from visitsync.connectors.greenway_prime_suite.simulator.appointment_row import AppointmentRows
from visitsync.connectors.greenway_prime_suite.simulator.history import history
from visitsync.connectors.greenway_prime_suite.simulator.refusals import error
from visitsync.connectors.greenway_prime_suite.simulator.spoiling import spoilt
from visitsync.connectors.greenway_prime_suite.simulator.stamps import read_stamp
from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.records import Appointment

FILTERS = ("AppointmentTypeIDs", "CareProviderIDs", "ServiceLocationIDs", "VisitTypeIDs")
DEFAULT_PAGE_SIZE = 10
VANISHING = frozenset({records.CANCELLED, records.RESCHEDULED})
"""States in which an appointment is no longer on the schedule, where cancelled ones vanish."""


class Schedule:
    """Answers questions about days."""

    def __init__(self, clinic: Clinic, faults: Faults, rows: AppointmentRows, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._faults = faults
        self._rows = rows
        self._variants = variants

    def answer(self, request: Request, asked: Mapping[str, Any]) -> Response:
        """One page."""
        span = self._span(asked)
        if span is None or any(not isinstance(asked.get(name), list) for name in FILTERS):
            return error("Invalid request.")
        if self._is_too_long(asked):
            return error("The date range is too long.")
        found = self._found(span)
        page = self._page(request, found, asked)
        rows = spoilt(self._faults, request, [self._rows.row(one) for one in page])
        return self._envelope(request, rows, len(found))

    def hides(self, appointment: Appointment) -> bool:
        """Whether the schedule no longer shows it."""
        vanishes = self._variants["cancellations"] == "vanish" and appointment.status in VANISHING
        return vanishes or appointment.is_archived

    def _span(self, asked: Mapping[str, Any]) -> tuple[date, date] | None:
        """The days that are meant, both included."""
        first, last = read_stamp(asked.get("FromDate")), read_stamp(asked.get("ToDate"))
        if first is None or last is None or last < first:
            return None
        if self._variants["range"] == "utc days":
            return first.date(), last.date()
        zone = ZoneInfo(self._clinic.zone)
        return first.astimezone(zone).date(), last.astimezone(zone).date()

    def _is_too_long(self, asked: Mapping[str, Any]) -> bool:
        first, last = read_stamp(asked["FromDate"]), read_stamp(asked["ToDate"])
        longest = self._variants["longest_window"]
        if longest == "any" or first is None or last is None:
            return False
        return last - first > timedelta(days=int(longest))

    def _found(self, span: tuple[date, date]) -> Sequence[Appointment]:
        shown = self._clinic.appointments.shown(self._clinic.clock(), self._clinic.list_lag)
        before = history(self._clinic) if self._variants["history"] == "shown" else ()
        on_these_days = (one for one in (*before, *shown.values()) if span[0] <= one.start.date() <= span[1])
        found = [one for one in on_these_days if not self.hides(one)]
        return sorted(found, key=lambda one: (one.start, one.id))

    def _page(self, request: Request, found: Sequence[Appointment], asked: Mapping[str, Any]) -> Sequence[Appointment]:
        size = min(_whole(asked.get("PageSize"), DEFAULT_PAGE_SIZE), int(self._variants["largest_page"]))
        if shrunk := self._faults.take("shrunk_page", request):
            size = int(shrunk.options.get("rows", 1))
        start = _whole(asked.get("PageStart"), 0)
        if self._variants["page_start"] == "from 1":
            start = max(start - 1, 0)
        if start and self._faults.take("next_is_same_page", request):
            start = 0
        if start and self._faults.take("dropped_page", request):
            start += size
        return found[start : start + size]

    def _envelope(self, request: Request, rows: Sequence[object], total: int) -> Response:
        if self._faults.take("empty_list", request):
            rows, total = [], 0
        if self._faults.take("missing_list", request):
            return as_json({"TotalRows": total})
        if nothing := self._faults.take("null_list", request):
            return as_json({"TotalRows": nothing.options.get("total", total), "Appointments": None})
        is_null = total == 0 and self._variants["empty_week"] == "null"
        return as_json({"TotalRows": total, "Appointments": None if is_null else rows})


def _whole(value: object, default: int) -> int:
    return value if isinstance(value, int) and value >= 0 else default
