"""/api/appointments: a date filter is a must, deletions hide, edits overlap or not (reference, section 5.1)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from visitsync.connectors.drchrono.simulator.appointment_row import STATUS_BACK, AppointmentRows
from visitsync.connectors.drchrono.simulator.input import (
    BadInput,
    a_day,
    a_number,
    a_time,
    demand,
    is_true,
    written,
    written_rows,
)
from visitsync.connectors.drchrono.simulator.lists import Listing, Lists
from visitsync.connectors.drchrono.simulator.stamps import Row, Stamps
from visitsync.simulator_kit import records
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.records import Appointment

DATE_FILTERS = ("since", "occurred_since", "date", "date_range")
FILTERS = (*DATE_FILTERS, "doctor", "office", "patient", "status", "show_archived", "ignore_virtual")
REQUIRED = ("doctor", "exam_room", "office", "patient", "scheduled_time")
NOT_IN_THE_WAY = frozenset({records.CANCELLED, records.RESCHEDULED, records.NO_SHOW})
Test = Callable[[Appointment], bool]


def place(appointment: Appointment) -> str:
    """What lists are ordered by: the scheduled time, never the time of change."""
    return f"{appointment.start.isoformat(timespec='seconds')}|{appointment.id:012d}"


class Appointments:
    """The schedule as the API shows it and lets others change it."""

    def __init__(
        self,
        clinic: Clinic,
        rows: AppointmentRows,
        stamps: Stamps,
        lists: Lists,
        variants: Mapping[str, str],
        is_shared: Callable[[int | None], bool],
    ) -> None:
        self._clinic = clinic
        self._rows = rows
        self._stamps = stamps
        self._lists = lists
        self._variants = variants
        self._is_shared = is_shared
        self._ordered: tuple[int, list[Appointment]] = (-1, [])
        self._found: tuple[object, list[Appointment]] = (None, [])

    def page(self, request: Request) -> Response:
        """GET of the list. Raises BadInput."""
        verbose = is_true(request.query.get("verbose"))
        largest = self._variants["verbose_page_size" if verbose else "appointments_page_size"]
        fields = set(filter(None, request.query.get("fields", "").split(",")))

        def row(appointment: Appointment) -> Row:
            whole = self._rows.appointment(appointment, verbose=verbose)
            return {key: value for key, value in whole.items() if key in fields} if fields else whole

        listing = Listing(items=self.found(request.query), key=place, row=row, largest_page=int(largest))
        return self._lists.page(request, listing)

    def one(self, request: Request, shown_id: str) -> Response:
        """GET of one; 404 when missing or deleted. Raises BadInput."""
        verbose = is_true(request.query.get("verbose"))
        return as_json(self._rows.appointment(self.known(shown_id), verbose=verbose))

    def create(self, request: Request) -> Response:
        """POST of one, or of a JSON list. Raises BadInput."""
        made = [self._rows.appointment(self._book(fields), verbose=True) for fields in written_rows(request)]
        return as_json(made if request.body.lstrip()[:1] == b"[" else made[0], 201)

    def change(self, request: Request, shown_id: str) -> Response:
        """PUT demands the required fields, PATCH none of them. Raises BadInput."""
        appointment, fields = self.known(shown_id), written(request)
        if request.method == "PUT":
            demand(fields, (*REQUIRED, "duration"))
        changes = self._read(fields, appointment)
        if {"start", "minutes", "practitioner_id"} & set(changes):
            self._refuse_overlap(appointment.id, fields, {**_slot_of(appointment), **changes})
        if changes:
            self._clinic.change_appointment(appointment.id, **changes)
        return Response(status=204, content_type="text/html; charset=utf-8")

    def delete(self, shown_id: str) -> Response:
        """DELETE hides the row. Raises BadInput."""
        self._clinic.archive(self.known(shown_id).id)
        return Response(status=204, content_type=None)

    def known(self, shown_id: str) -> Appointment:
        """The appointment that is shown by this id now. Raises BadInput (404)."""
        appointment = self._by_shown_id(shown_id)
        if appointment is None or appointment.is_archived or not self._is_shared(appointment.practitioner_id):
            raise BadInput({"detail": "Not found."}, 404)
        return appointment

    def found(self, query: Mapping[str, str]) -> Sequence[Appointment]:
        """All appointments a list with these filters holds, in its order. Raises BadInput."""
        shelf, now, lag = self._clinic.appointments, self._clinic.clock(), self._clinic.list_lag
        wanted = {name: query[name] for name in FILTERS if query.get(name)}
        hidden = frozenset(p.id for p in self._clinic.practitioners if not self._is_shared(p.id))
        asked = (shelf.revision, self._clinic.practitioners.revision, hidden, tuple(sorted(wanted.items())))
        is_settled = shelf.is_settled(now, lag)
        if not is_settled or self._found[0] != asked:
            tests = self._tests(wanted, hidden)
            among = self._within(self._in_order(is_settled), wanted)
            self._found = (asked if is_settled else None, [a for a in among if all(test(a) for test in tests)])
        return self._found[1]

    def _in_order(self, is_settled: bool) -> list[Appointment]:
        shelf = self._clinic.appointments
        if is_settled and self._ordered[0] == shelf.revision:
            return self._ordered[1]
        shown = shelf.shown(self._clinic.clock(), self._clinic.list_lag)
        ordered = sorted(shown.values(), key=lambda a: (a.start, a.id))
        self._ordered = (shelf.revision if is_settled else -1, ordered)
        return ordered

    def _within(self, ordered: list[Appointment], wanted: Mapping[str, str]) -> list[Appointment]:
        """The part of the ordered schedule that the scheduled-time filters leave."""
        if not any(wanted.get(name) for name in DATE_FILTERS):
            raise BadInput(["You must specify one of: since, occurred_since, date, date_range."])
        first, last = datetime.min, datetime.max  # noqa: DTZ901 - wall times
        if "date" in wanted:
            first = datetime.combine(a_day(wanted["date"], "date"), time.min)
            last = first + timedelta(days=1)
        if "date_range" in wanted:
            first_day, last_day = self._range(wanted["date_range"])
            first, last = (
                datetime.combine(first_day, time.min),
                datetime.combine(last_day, time.min) + timedelta(days=1),
            )
        if "occurred_since" in wanted:
            first = max(first, a_time(wanted["occurred_since"], "occurred_since"))
        start = bisect_left(ordered, first, key=lambda a: a.start)
        return ordered[start : bisect_left(ordered, last, key=lambda a: a.start)]

    def _range(self, text: str) -> tuple[date, date]:
        first, slash, last = text.partition("/")
        if not slash:
            raise BadInput({"date_range": ["Date range has wrong format. Use YYYY-MM-DD/YYYY-MM-DD."]})
        days = a_day(first, "date_range"), a_day(last, "date_range")
        most = int(self._variants["window_days"])
        if (days[1] - days[0]).days + 1 > most:
            raise BadInput({"date_range": [f"Date range may not exceed {most} days."]})
        return days

    def _tests(self, wanted: Mapping[str, str], hidden: frozenset[int]) -> list[Test]:
        tests: list[Test] = []
        for name, attribute in (("doctor", "practitioner_id"), ("office", "location_id"), ("patient", "patient_id")):
            if name in wanted:
                tests.append(_has(attribute, a_number(wanted[name], name)))
        if "since" in wanted:
            tests.append(self._changed_since(a_time(wanted["since"], "since")))
        if "status" in wanted:
            tests.append(self._has_status(wanted["status"]))
        if not self._shows_archived(wanted):
            tests.append(lambda a: not a.is_archived)
        if is_true(wanted.get("ignore_virtual")):
            tests.append(lambda a: a.is_materialised)
        if hidden:
            tests.append(lambda a: a.practitioner_id not in hidden)
        return tests

    def _changed_since(self, wall: datetime) -> Test:
        since = {p.id: self._stamps.since(wall, p.id) for p in self._clinic.practitioners}
        return lambda a: a.changed_at >= since[a.practitioner_id]

    def _has_status(self, wanted: str) -> Test:
        if self._variants["status_filter"] == "any case":
            return lambda a: str(self._rows.status(a)).casefold() == wanted.casefold()
        return lambda a: self._rows.status(a) == wanted

    def _shows_archived(self, wanted: Mapping[str, str]) -> bool:
        if self._variants["show_archived"] == "ignored" or not is_true(wanted.get("show_archived")):
            return False
        return "since" not in wanted or self._variants["since_shows_deletions"] == "yes"

    def _by_shown_id(self, shown_id: str) -> Appointment | None:
        shelf, now = self._clinic.appointments, self._clinic.clock()
        if shown_id.isdigit():
            appointment = shelf.shown_one(int(shown_id), now)
            return appointment if appointment and appointment.is_materialised else None
        series = shown_id.rpartition("_")[2]
        if not series.isdigit():
            return None
        return next((a for a in self._clinic.occurrences_of(int(series)) if self._rows.id_of(a) == shown_id), None)

    def _book(self, fields: Mapping[str, Any]) -> Appointment:
        is_break = is_true(fields.get("appt_is_break")) or ("patient" in fields and fields["patient"] is None)
        demand(fields, [name for name in REQUIRED if name != "patient" or not is_break])
        if is_break and self._variants["break_create"] == "refused":
            raise BadInput({"patient": ["This field may not be null."]})
        if not fields.get("profile"):
            demand(fields, ("duration",))
        changes = self._read(fields, None)
        kind = self._clinic.types.get(changes["type_id"]) if changes.get("type_id") else None
        changes.setdefault("minutes", kind.minutes if kind else 30)
        changes.setdefault("type_id", None)
        changes.setdefault("patient_id", None)
        self._refuse_overlap(None, fields, changes)
        return self._clinic.book(**changes, is_block=is_break)

    def _read(self, fields: Mapping[str, Any], appointment: Appointment | None) -> dict[str, Any]:
        """The clinic's words for what a client wrote. Raises BadInput."""
        changes: dict[str, Any] = {}
        for name, (ours, read) in WRITABLE.items():
            if name in fields and fields[name] is not None:
                changes[ours] = read(fields[name], name)
        if changes.get("type_id"):
            changes["type_id"] %= 1000
        if "status" in changes:
            changes["status"] = STATUS_BACK.get(changes["status"], changes["status"])
        self._check(changes, appointment)
        return changes

    def _check(self, changes: Mapping[str, Any], appointment: Appointment | None) -> None:
        clinic = self._clinic
        for ours, theirs, shelf in (
            ("practitioner_id", "doctor", clinic.practitioners),
            ("location_id", "office", clinic.locations),
            ("patient_id", "patient", clinic.patients),
            ("type_id", "profile", clinic.types),
        ):
            if ours in changes and changes[ours] not in shelf:
                raise BadInput({theirs: [f'Invalid pk "{changes[ours]}" - object does not exist.']})
        location = clinic.locations.get(changes.get("location_id", appointment.location_id if appointment else 0))
        if "room" in changes and location and not 1 <= changes["room"] <= len(location.rooms):
            raise BadInput({"exam_room": ["Exam room does not exist in this office."]})

    def _refuse_overlap(self, own_id: int | None, fields: Mapping[str, Any], slot: Mapping[str, Any]) -> None:
        if is_true(fields.get("allow_overlapping")):
            return
        start, end = slot["start"], slot["start"] + timedelta(minutes=slot["minutes"])
        for other in self._clinic.appointments:
            if other.practitioner_id != slot["practitioner_id"] or other.id == own_id or other.is_archived:
                continue
            overlaps = other.start < end and start < other.start + timedelta(minutes=other.minutes)
            if overlaps and other.status not in NOT_IN_THE_WAY:
                raise BadInput({"detail": f"Appointment overlaps with {self._rows.id_of(other)}"}, 409)


def _text(value: object, field: str) -> str:
    return str(value)


WRITABLE: Mapping[str, tuple[str, Callable[[Any, str], Any]]] = {
    "doctor": ("practitioner_id", a_number),
    "office": ("location_id", a_number),
    "exam_room": ("room", a_number),
    "patient": ("patient_id", a_number),
    "profile": ("type_id", a_number),
    "scheduled_time": ("start", a_time),
    "duration": ("minutes", a_number),
    "reason": ("reason", _text),
    "notes": ("note", _text),
    "status": ("status", _text),
}


def _has(attribute: str, value: int) -> Test:
    return lambda appointment: bool(getattr(appointment, attribute) == value)


def _slot_of(appointment: Appointment) -> dict[str, Any]:
    return {
        "start": appointment.start,
        "minutes": appointment.minutes,
        "practitioner_id": appointment.practitioner_id,
    }
