"""/appointments: today only unless both dates are given, and the few things that may be written (section 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from visitsync.connectors.carecloud.simulator.appointment_row import REASONS, RESOURCES_FROM, AppointmentRows
from visitsync.connectors.carecloud.simulator.lists import Lists
from visitsync.connectors.carecloud.simulator.refusals import Refused
from visitsync.connectors.carecloud.simulator.shapes import APPOINTMENT_MARK, PATIENT_MARK, Row, number_in
from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.records import Appointment

ORDERS: Mapping[str, Callable[[Appointment], Any]] = {
    "start": lambda one: (one.start, one.id),
    "id": lambda one: one.id,
    "change": lambda one: (one.changed_at, one.id),
}
CHANGES = {"pending": records.SCHEDULED, "check_in": records.CHECKED_IN, "check_out": records.COMPLETED}
LEFT_OUT = frozenset({"C", "R"})


class Schedule:
    """The schedule as the API shows it and lets others change it."""

    def __init__(self, clinic: Clinic, rows: AppointmentRows, lists: Lists, variants: Mapping[str, str]) -> None:
        self._clinic = clinic
        self._rows = rows
        self._lists = lists
        self._variants = variants
        self._confirmations: dict[int, list[Row]] = {}

    def page(self, request: Request) -> Response:
        """GET of the list. Raises Refused."""
        found = sorted(self._found(request.query), key=ORDERS[self._variants["order"]])
        return self._lists.page(request, "appointments", found, self._rows.appointment)

    def one(self, called: str) -> Response:
        """GET of one. Raises Refused."""
        return as_json({"appointment": self._rows.in_full(self._known(called))})

    def create(self, request: Request) -> Response:
        """POST of one. Raises Refused."""
        wish = _body(request).get("appointment", {})
        try:
            made = self._clinic.book(
                patient_id=self._patient(wish["patient"]["id"]),
                practitioner_id=int(wish["resource_id"]) - RESOURCES_FROM,
                location_id=int(wish["location_id"]),
                type_id=int(wish["visit_reason_id"]),
                start=self._clinic.wall_time(datetime.fromisoformat(wish["start_time"])),
                note=wish.get("comments") or "",
            )
        except (KeyError, TypeError, ValueError):
            raise Refused(422, "The appointment lacks something.") from None
        return as_json({"appointment": self._rows.id_of(made)}, 201)

    def act(self, request: Request, called: str, act: str) -> Response:
        """PUT of cancel, pending, check_in and check_out. Raises Refused."""
        known = self._known(called)
        if act == "cancel":
            return self._cancel(request, known)
        self._clinic.set_status(known.id, CHANGES[act])
        return self.one(called)

    def confirmations(self, called: str) -> Response:
        """GET of what was written by the practice's other programs. Raises Refused."""
        return as_json(self._confirmations.get(self._known(called).id, []))

    def confirm(self, request: Request, called: str) -> Response:
        """POST of a confirmation. Raises Refused."""
        known, wish = self._known(called), _body(request)
        told: Row = {"appointment_confirmation": wish}
        self._confirmations.setdefault(known.id, []).append(told)
        if wish.get("communication_outcome") == "confirmed":
            self._clinic.set_status(known.id, records.CONFIRMED)
        return as_json(told, 201)

    def _cancel(self, request: Request, known: Appointment) -> Response:
        wish = _body(request)
        reason = wish.get("appointment_cancellation_reason_id")
        if self._rows.code_of(known) not in ("P", "R") or reason not in REASONS:
            raise Refused(422, "This appointment cannot be cancelled.")
        row = self._rows.appointment(self._clinic.cancel(known.id))
        names = ("start_time", "appointment_cancellation_reason_id", "cancellation_details", "updated_at")
        told = {"appointment_id": row["id"], "cancellation_comments": wish.get("cancellation_comments")}
        return as_json({**told, **{name: row[name] for name in names}})

    def _found(self, query: Mapping[str, str]) -> Sequence[Appointment]:
        first, last = self._days(query)
        wanted = {name: set(filter(None, query.get(name, "").split(","))) for name in FILTERS}
        shelf, now, lag = self._clinic.appointments, self._clinic.clock(), self._clinic.list_lag
        hidden = LEFT_OUT if self._variants["cancelled_rows"] == "left out" else frozenset()
        return [
            one
            for one in shelf.shown(now, lag).values()
            if first <= self._clinic.wall_time(self._clinic.instant_of(one)).date() <= last
            and self._is_shown(one)
            and self._rows.code_of(one) not in hidden
            and all(not ids or FILTERS[name](one, self._rows) in ids for name, ids in wanted.items())
        ]

    def _is_shown(self, one: Appointment) -> bool:
        return not one.is_archived and (not one.is_block or self._variants["blocks"] == "rows")

    def _days(self, query: Mapping[str, str]) -> tuple[date, date]:
        """Today only, unless both dates are given. Raises Refused."""
        given = [query.get("start_date", ""), query.get("end_date", "")]
        if not all(given):
            if any(given) and self._variants["one_date"] == "refused":
                raise Refused(422, "Both dates are needed.")
            today = self._clinic.wall_time().date()
            return today, today
        try:
            first, last = (date.fromisoformat(text) for text in given)
        except ValueError:
            raise Refused(400, "The dates are none.") from None
        longest = self._variants["longest_span"]
        if longest != "none" and last - first >= timedelta(days=int(longest)):
            raise Refused(400, "The range of dates is too long.")
        return first, last

    def _known(self, called: str) -> Appointment:
        number = number_in(called, APPOINTMENT_MARK)
        shelf, now, lag = self._clinic.appointments, self._clinic.clock(), self._clinic.list_lag
        found = shelf.shown_one(number, now, lag) if number is not None else None
        if found is None or not self._is_shown(found):
            raise Refused(int(self._variants["unknown_id"]), "There is no such appointment.")
        return found

    def _patient(self, called: str) -> int:
        number = int(called) if called.isdigit() else number_in(called, PATIENT_MARK)
        if number is None or number not in self._clinic.patients:
            raise Refused(422, "There is no such patient.")
        return number


FILTERS: Mapping[str, Callable[[Appointment, AppointmentRows], str]] = {
    "location_id": lambda one, rows: str(one.location_id),
    "resource_id": lambda one, rows: str(RESOURCES_FROM + one.practitioner_id),
    "visit_reason_ids": lambda one, rows: str(one.type_id),
    "patient_ids": lambda one, rows: rows.patient_id(one.patient_id or 0),
}


def _body(request: Request) -> dict[str, Any]:
    try:
        return msgspec.json.decode(request.body, type=dict[str, Any])
    except msgspec.DecodeError:
        raise Refused(400, "The body is no JSON object.") from None
