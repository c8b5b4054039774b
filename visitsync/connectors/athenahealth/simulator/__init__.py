"""A pretend athenahealth: REST v1 over one clinic, written from the vendor's documents and recordings only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from visitsync.connectors.athenahealth.simulator import gate
from visitsync.connectors.athenahealth.simulator.appointment_row import AppointmentRows
from visitsync.connectors.athenahealth.simulator.booked import Booked
from visitsync.connectors.athenahealth.simulator.changed import Changed
from visitsync.connectors.athenahealth.simulator.feed import EVENTS, Feed
from visitsync.connectors.athenahealth.simulator.lists import Lists
from visitsync.connectors.athenahealth.simulator.patient_row import PatientRows
from visitsync.connectors.athenahealth.simulator.patients import Patients
from visitsync.connectors.athenahealth.simulator.practice_rows import PracticeRows
from visitsync.connectors.athenahealth.simulator.scenarios import NOT_EXPRESSED, SCENARIOS
from visitsync.connectors.athenahealth.simulator.settings import CREDENTIALS, FAULTS, PRACTICE_ID, VARIANTS
from visitsync.connectors.athenahealth.simulator.stamps import Row
from visitsync.simulator_kit.app import App, Control, choose
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.scenarios import Scenario

__all__ = ["CREDENTIALS", "FAULTS", "NOT_EXPRESSED", "SCENARIOS", "VARIANTS", "Athenahealth", "simulator"]


def simulator(clinic: Clinic, *, clock: Clock, variants: Mapping[str, str] | None = None) -> Athenahealth:
    """A pretend athenahealth over this clinic; choose among VARIANTS. Raises UnknownVariant."""
    return Athenahealth(clinic, clock, choose(VARIANTS, variants or {}))


class Athenahealth(App):
    """The vendor: the token desk, the gateway, and one practice behind it."""

    emr = "athenahealth"

    def __init__(self, clinic: Clinic, clock: Clock, variants: Mapping[str, str]) -> None:
        self.clinic = clinic
        self.clock = clock
        self.variants = variants
        self.faults = Faults(FAULTS)
        self.tokens = gate.TokenDesk(clock, self.faults, variants)
        self.quota = gate.Quota(clock, variants)
        self.feeds = {name: Feed(name, clinic, clock, variants) for name in EVENTS}
        self.restricted: set[int] = set()
        self._lists = Lists(self.faults, variants)
        self._practice = PracticeRows(clinic, variants)
        patient_rows = PatientRows(clinic, variants)
        rows = AppointmentRows(clinic, patient_rows, variants)
        self._booked = Booked(clinic, rows, self._lists, variants, self._no_such_record)
        self._patients = Patients(clinic, patient_rows, self._lists, variants, self.restricted, self._no_such_record)
        self._changed = Changed(clinic, self.feeds, (rows, patient_rows), self._lists, self.faults, variants)

    def answer(self, request: Request) -> Response:
        """Answer as the vendor would."""
        if (request.method, request.path) == ("POST", "/oauth2/v1/token"):
            return self.tokens.answer(request)
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        answer = self._serve(request)
        return answer.but(headers=(*answer.headers, *self.quota.headers()))

    def scenarios(self) -> Mapping[str, Scenario]:
        """The shared scenarios this vendor can express, and its own."""
        return SCENARIOS

    def controls(self) -> Mapping[str, Control]:
        """What a person, or another program on the same key, does."""
        return {
            "steal": lambda wish: {"taken": self.steal(str(wish.get("feed", "appointments")))},
            "subscriptions": lambda wish: {name: feed.status for name, feed in self.feeds.items()},
            "unsubscribe": self._unsubscribe,
            "restrict": self._restrict,
        }

    def hides(self, appointment_id: int) -> bool:
        """Whether clients are never shown it: time that is kept free is a frozen slot, which is no appointment."""
        booked = self.clinic.appointments.get(appointment_id)
        return booked is not None and booked.is_block

    def steal(self, feed: str = "appointments") -> int:
        """Another program on the same key reads all that is unread."""
        with self.clinic.lock:
            taken = self.feeds[feed].unread(lambda _: True)
            self.feeds[feed].process(taken)
            return len(taken)

    def way_back(self) -> Callable[[], None]:
        """What puts the vendor's own memory (which changes it handed out to whom) back to how it is now."""
        returns = [feed.way_back() for feed in self.feeds.values()]

        def go_back() -> None:
            for one in returns:
                one()

        return go_back

    def _refusal(self, request: Request) -> Response | None:
        """Why this request does not get in: too many, no token, no right, no such practice."""
        if fault := self.faults.take("throttled", request):
            return self.quota.throttled(str(fault.options.get("quota", "second")))
        too_many = self.quota.refusal()
        if too_many is not None:
            return too_many
        if self.faults.take("token_expires", request):
            self.tokens.expire_all()
        if not self.tokens.knows(request):
            return gate.unauthorized()
        if self.faults.take("forbidden", request):
            return gate.refused("The key lacks access to this API or practice.", 403)
        return None

    def _serve(self, request: Request) -> Response:
        parts = request.path.strip("/").split("/")
        if parts == ["v1", "1", "practiceinfo"]:
            return self._listed(request, "practiceinfo", self._practice.practices())
        if parts[0] != "v1" or len(parts) < 3:
            return gate.no_such_address()
        if parts[1] != PRACTICE_ID:
            return gate.refused("The practice is not available to this key.", 403)
        return self._in_practice(request, parts[2:])

    def _in_practice(self, request: Request, parts: list[str]) -> Response:
        if parts[1:2] == ["changed"] and parts[0] in EVENTS:
            return self._of_feed(request, parts[0], parts[2:])
        if request.method != "GET":
            return gate.no_such_address()
        if parts[0] in ("departments", "providers", "appointmenttypes"):
            return self._of_lists(request, parts)
        pages: Mapping[tuple[str, ...], Callable[[], Response]] = {
            ("appointments", "booked"): lambda: self._booked.page(request, takes_many=False),
            ("appointments", "booked", "multipledepartment"): lambda: self._booked.page(request, takes_many=True),
            ("patients",): lambda: self._patients.search(request),
        }
        page = pages.get(tuple(parts))
        if page is not None:
            return page()
        if parts[0] == "appointments" and len(parts) == 2:
            return self._booked.one(request, parts[1])
        if parts[0] == "patients" and len(parts) in (2, 3):
            return self._patients.one(request, *parts[1:])
        return gate.no_such_address()

    def _of_feed(self, request: Request, feed: str, parts: list[str]) -> Response:
        if parts == ["subscription", "events"]:
            return self._changed.events(feed)
        if parts == ["subscription"]:
            return self._changed.subscription(request, feed)
        return gate.no_such_address() if parts else self._changed.page(request, feed)

    def _of_lists(self, request: Request, parts: list[str]) -> Response:
        """A whole list, or a list of one by its id."""
        everything: dict[str, Callable[[Mapping[str, str]], list[Row]]] = {
            "departments": self._practice.departments,
            "providers": self._practice.providers,
            "appointmenttypes": self._practice.types,
        }
        rows = everything[parts[0]](request.query)
        if len(parts) == 1:
            return self._listed(request, parts[0], rows)
        key = f"{parts[0].removesuffix('s')}id"
        found = [row for row in rows if str(row[key]) == parts[1]]
        return as_json(found) if found else self._no_such_record()

    def _listed(self, request: Request, key: str, rows: list[Row]) -> Response:
        return self._lists.page(request, key, rows, lambda row: row)

    def _no_such_record(self) -> Response:
        """Nobody recorded the words; the gateway's own page must not be taken for the record's end."""
        if self.variants["missing_id"] == "gateway":
            return gate.no_such_address()
        return gate.refused("The record is not available.", 404)

    def _unsubscribe(self, wish: Mapping[str, Any]) -> dict[str, str]:
        self.feeds[str(wish.get("feed", "appointments"))].unsubscribe(str(wish.get("event", "")))
        return {name: feed.status for name, feed in self.feeds.items()}

    def _restrict(self, wish: Mapping[str, Any]) -> list[int]:
        self.restricted.add(int(wish["patient"]))
        return sorted(self.restricted)
