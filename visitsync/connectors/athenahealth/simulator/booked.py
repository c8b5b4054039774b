"""/appointments and /appointments/booked: by days and departments, cancelled ones only when asked for (section 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from visitsync.connectors.athenahealth.simulator.appointment_row import CANCELLED, SLOT_IDS_FROM, AppointmentRows
from visitsync.connectors.athenahealth.simulator.gate import refused
from visitsync.connectors.athenahealth.simulator.lists import Lists
from visitsync.connectors.athenahealth.simulator.patient_row import is_yes
from visitsync.connectors.athenahealth.simulator.stamps import read_day
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.records import Appointment


class Booked:
    """The schedule as the API shows it."""

    def __init__(
        self,
        clinic: Clinic,
        rows: AppointmentRows,
        lists: Lists,
        variants: Mapping[str, str],
        no_such_record: Callable[[], Response],
    ) -> None:
        self._clinic = clinic
        self._rows = rows
        self._lists = lists
        self._variants = variants
        self._no_such_record = no_such_record
        self._found: tuple[object, list[Appointment]] = (None, [])

    def page(self, request: Request, *, takes_many: bool) -> Response:
        """GET of the booked appointments of some days, in the order of their time of day alone."""
        query = request.query
        missing = [name for name in ("startdate", "enddate") if not query.get(name)]
        is_required = self._variants["departmentid"] == "required" and len(self._clinic.locations) > 0
        if is_required and not query.get("departmentid"):
            missing.append("departmentid")
        if missing:
            return refused("Additional fields are required.", 400, missingfields=missing, invalidfields=[])
        departments = frozenset(filter(None, query.get("departmentid", "").split(",")))
        if len(departments) > 1 and not takes_many:
            return refused("The data provided is invalid.", 400, invalidfields=["departmentid"])
        try:
            found = self._among(query, departments)
        except ValueError:
            return refused("The data provided is invalid.", 400, detailedmessage="Expecting format date.")
        most = int(self._variants["booked_rows"])
        return self._lists.page(request, "appointments", found, lambda a: self._rows.booked(a, query), most)

    def one(self, request: Request, identity: str) -> Response:
        """GET of one: a list of one, also for an open slot."""
        number = int(identity) if identity.isdigit() and len(identity) < 12 else 0
        shelf = self._clinic.appointments
        if number >= SLOT_IDS_FROM and number - SLOT_IDS_FROM in shelf:
            return as_json([self._rows.slot(shelf[number - SLOT_IDS_FROM], identity=number)])
        found = shelf.shown_one(number, self._clinic.clock())
        if found is None or found.is_archived:
            return self._no_such_record()
        return as_json([self._rows.booked(found, request.query)])

    def _among(self, query: Mapping[str, str], departments: frozenset[str]) -> list[Appointment]:
        """Raises ValueError."""
        first, last = read_day(query["startdate"]), read_day(query["enddate"])
        shelf, now = self._clinic.appointments, self._clinic.clock()
        shows_cancelled = is_yes(query, "showcancelled")
        is_settled = shelf.is_settled(now)
        asked = (shelf.revision, first, last, departments, shows_cancelled)
        if not is_settled or self._found[0] != asked:
            rows = [
                a
                for a in shelf.shown(now).values()
                if first <= a.start.date() <= last
                and not (a.is_archived or a.is_block)
                and (not departments or str(a.location_id) in departments)
                and (shows_cancelled or a.status not in CANCELLED)
            ]
            rows.sort(key=lambda a: (a.start.time(), a.id % 7))
            self._found = (asked if is_settled else None, rows)
        return self._found[1]
