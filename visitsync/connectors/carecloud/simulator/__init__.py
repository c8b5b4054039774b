"""A pretend CareCloud: REST v2 over one clinic, written from the vendor's documents and recordings only."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from visitsync.connectors.carecloud.simulator.appointment_row import AppointmentRows
from visitsync.connectors.carecloud.simulator.lists import Lists
from visitsync.connectors.carecloud.simulator.oauth import Consent
from visitsync.connectors.carecloud.simulator.patient_row import PatientRows
from visitsync.connectors.carecloud.simulator.practice_rows import PracticeRows
from visitsync.connectors.carecloud.simulator.refusals import Refused, refusal
from visitsync.connectors.carecloud.simulator.scenarios import NOT_SHOWN, SCENARIOS
from visitsync.connectors.carecloud.simulator.schedule import CHANGES, Schedule
from visitsync.connectors.carecloud.simulator.settings import CREDENTIALS, FAULTS, PATH, VARIANTS
from visitsync.connectors.carecloud.simulator.shapes import PATIENT_MARK, Row, Stamps, number_in
from visitsync.simulator_kit.app import App, Control, choose
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_html, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.records import Patient
from visitsync.simulator_kit.scenarios import Scenario

__all__ = ["CREDENTIALS", "FAULTS", "NOT_SHOWN", "PATH", "SCENARIOS", "VARIANTS", "CareCloud", "simulator"]


def simulator(clinic: Clinic, *, clock: Clock, variants: Mapping[str, str] | None = None) -> CareCloud:
    """A pretend CareCloud over this clinic; choose among VARIANTS. Raises UnknownVariant."""
    return CareCloud(clinic, clock, choose(VARIANTS, variants or {}))


class CareCloud(App):
    """The vendor: consent, and one page per collection."""

    emr = "carecloud"

    def __init__(self, clinic: Clinic, clock: Clock, variants: Mapping[str, str]) -> None:
        self.clinic = clinic
        self.clock = clock
        self.variants = variants
        self.faults = Faults(FAULTS)
        self.denied: set[str] = set()
        self.consent = Consent(clock=clock, faults=self.faults, variants=variants, practice=clinic.name)
        stamps = Stamps(clinic, variants)
        self._rows = AppointmentRows(clinic, stamps, variants)
        self._charts = PatientRows(clinic, variants, self._rows.patient_id)
        self._practice = PracticeRows(clinic, stamps, variants)
        self._lists = Lists(self.faults, variants)
        self._schedule = Schedule(clinic, self._rows, self._lists, variants)
        self._recent: deque[tuple[float, float]] = deque()

    def vendor_id(self, appointment_id: int) -> str:
        """The GUID; also of one that is gone."""
        shelf = self.clinic.appointments
        found = shelf.get(appointment_id) or shelf.removed.get(appointment_id)
        return self._rows.id_of(found) if found else str(appointment_id)

    def patient_id(self, number: int) -> str:
        """What a chart is called."""
        return self._rows.patient_id(number)

    def scenarios(self) -> Mapping[str, Scenario]:
        """The shared scenarios this vendor can express, and its own."""
        return SCENARIOS

    def way_back(self) -> Callable[[], None]:
        """What puts back which tokens work: nothing else is CareCloud's own memory."""
        return self.consent.way_back()

    def controls(self) -> Mapping[str, Control]:
        """What a person does in the vendor's own screens."""
        return {"revoke": lambda wish: self.consent.revoke(), "privileges": self._change_privileges}

    def tick(self) -> None:
        """Nothing is due by itself: CareCloud pushes nothing."""

    def answer(self, request: Request) -> Response:
        """Answer as the vendor would."""
        consent = self.consent.answer(request)
        if consent is not None:
            return consent
        if not request.path.startswith(f"{PATH}/"):
            return as_html("<h1>Not Found</h1>", 404)
        try:
            self._let_in(request)
            return self._serve(request)
        except Refused as refused:
            return refusal(refused.status, refused.why, self.variants["refusal_body"])

    def _let_in(self, request: Request) -> None:
        """Raises Refused."""
        if self._is_burst():
            raise Refused(429, "Too many requests.")
        if self.faults.take("token_expires", request):
            self.consent.expire_access_token()
        if not self.consent.is_let_in(request):
            raise Refused(401, "The token does not work.")
        if request.path.split("/")[2] in self.denied:
            raise Refused(403, "The privilege is missing.")

    def _is_burst(self) -> bool:
        """By the simulator's clock and by the real one."""
        if self.variants["calls_per_second"] == "none":
            return False
        now, tick = self.clock().timestamp(), time.monotonic()
        while self._recent and (now - self._recent[0][0] >= 1 or tick - self._recent[0][1] >= 1):
            self._recent.popleft()
        self._recent.append((now, tick))
        return len(self._recent) > int(self.variants["calls_per_second"])

    def _serve(self, request: Request) -> Response:
        """Raises Refused."""
        parts = request.path.removeprefix(f"{PATH}/").split("/")
        page = self._page(request.method, parts)
        if page is None:
            raise Refused(405 if parts[0] == "appointments" and len(parts) == 2 else 404, "Not found.")
        return page(request)

    def _page(self, method: str, parts: list[str]) -> Callable[[Request], Response] | None:
        """What answers this; None when there is no such address."""
        if len(parts) == 1:
            return self._collection(method, parts[0])
        if parts[0] == "appointments":
            return self._of_an_appointment(method, *parts[1:])
        if parts[0] == "patients":
            return self._of_a_patient(method, *parts[1:])
        if parts[0] == "appointment_resources" and len(parts) == 2 and method == "GET":
            return lambda request: self._resource(parts[1])
        return None

    def _collection(self, method: str, name: str) -> Callable[[Request], Response] | None:
        if name == "appointments":
            return {"GET": self._schedule.page, "POST": self._schedule.create}.get(method)
        small: Mapping[str, Callable[[], list[Row]]] = {
            "locations": self._practice.locations,
            "providers": self._practice.providers,
            "visit_reasons": self._practice.visit_reasons,
            "appointment_resources": self._practice.resources,
            "appointment_statuses": self._practice.statuses,
            "appointment_cancellation_reasons": self._practice.cancellation_reasons,
            "appointment_blockouts": self._practice.blockouts,
        }
        if method != "GET" or name not in small:
            return None
        return lambda request: self._lists.whole(request, name, small[name]())

    def _of_an_appointment(
        self, method: str, called: str, what: str = "", *more: str
    ) -> Callable[[Request], Response] | None:
        if (method, what) == ("GET", ""):
            return lambda request: self._schedule.one(called)
        if (method, what) == ("GET", "confirmations"):
            return lambda request: self._schedule.confirmations(called)
        if (method, what) == ("POST", "confirmation"):
            return lambda request: self._schedule.confirm(request, called)
        if method == "PUT" and what in ("cancel", *CHANGES) and not more:
            return lambda request: self._schedule.act(request, called, what)
        return None

    def _of_a_patient(
        self, method: str, called: str, what: str = "", *more: str
    ) -> Callable[[Request], Response] | None:
        if (method, called, what) == ("POST", "search", ""):
            return self._search
        if (method, what) == ("GET", ""):
            return lambda request: as_json({"patient": self._charts.patient(self._patient(called))})
        if (method, what) == ("GET", "insurances") and not more:
            return lambda request: self._insurances(request, called)
        return None

    def _insurances(self, request: Request, called: str) -> Response:
        patient = self._patient(called)
        if self.faults.take("insurances_fail", request):
            raise Refused(500, "Not expected.")
        if patient.coverage is None and not patient.is_self_pay and self.variants["uninsured"] != "no policies":
            if self.variants["uninsured"] == "404":
                raise Refused(404, "There is no insurance.")
            return as_json([])
        return as_json(self._charts.insurances(patient))

    def _patient(self, called: str) -> Patient:
        """Raises Refused."""
        is_number = self.variants["patient_ids"] == "number" and called.isdigit()
        number = int(called) if is_number else number_in(called, PATIENT_MARK)
        shelf, now = self.clinic.patients, self.clock()
        found = shelf.shown_one(number, now) if number is not None else None
        is_merged = found is not None and found.merged_into is not None and self.variants["merged_chart"] == "gone"
        if found is None or is_merged:
            raise Refused(int(self.variants["unknown_id"]), "There is no such patient.")
        return found

    def _search(self, request: Request) -> Response:
        wish = msgspec.json.decode(request.body, type=dict[str, Any])
        terms = [str(term).casefold() for term in (*wish.get("terms", ()), *wish.get("fields", {}).values())]
        found = [
            self._charts.found(one)
            for one in self.clinic.patients
            if all(term in f"{one.first_name} {one.last_name} {one.email}".casefold() for term in terms)
        ]
        return as_json({"patients": found})

    def _resource(self, number: str) -> Response:
        row = self._practice.resource(number)
        if row is None:
            raise Refused(404, "There is no such resource.")
        return as_json([{"resource": row}])

    def _change_privileges(self, wish: Mapping[str, Any]) -> list[str]:
        """{"patients": false} takes a privilege from the application."""
        for name, is_granted in wish.items():
            (self.denied.discard if is_granted else self.denied.add)(name)
        return sorted(self.denied)
