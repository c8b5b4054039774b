"""A pretend DrChrono: REST v4 over one clinic, written from the vendor's documents and recordings only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from visitsync.connectors.drchrono.simulator import gate as gate
from visitsync.connectors.drchrono.simulator.appointment_row import AppointmentRows
from visitsync.connectors.drchrono.simulator.appointments import Appointments
from visitsync.connectors.drchrono.simulator.bulk import BulkLists
from visitsync.connectors.drchrono.simulator.input import BadInput, a_number, is_true
from visitsync.connectors.drchrono.simulator.lists import Lists
from visitsync.connectors.drchrono.simulator.oauth import Consent, Grant
from visitsync.connectors.drchrono.simulator.patient_row import PatientRows
from visitsync.connectors.drchrono.simulator.patients import Patients
from visitsync.connectors.drchrono.simulator.practice_rows import DOCTOR_USER_IDS_FROM, PracticeRows
from visitsync.connectors.drchrono.simulator.scenarios import SCENARIOS
from visitsync.connectors.drchrono.simulator.settings import CREDENTIALS, FAULTS, VARIANTS
from visitsync.connectors.drchrono.simulator.stamps import Row, Stamps
from visitsync.connectors.drchrono.simulator.telehealth import Telehealth
from visitsync.connectors.drchrono.simulator.webhooks import EVENTS, Webhooks
from visitsync.simulator_kit.app import App, Control, choose
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_html, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.scenarios import Scenario

__all__ = ["CREDENTIALS", "FAULTS", "SCENARIOS", "VARIANTS", "DrChrono", "simulator"]

NOT_FOUND = as_json({"detail": "Not found."}, 404)
Page = Callable[[Request], Response]


def simulator(clinic: Clinic, *, clock: Clock, variants: Mapping[str, str] | None = None) -> DrChrono:
    """A pretend DrChrono over this clinic; choose among VARIANTS. Raises UnknownVariant."""
    return DrChrono(clinic, clock, choose(VARIANTS, variants or {}))


class DrChrono(App):
    """The vendor: consent, gate, and one page per collection."""

    emr = "drchrono"

    def __init__(self, clinic: Clinic, clock: Clock, variants: Mapping[str, str]) -> None:
        self.clinic = clinic
        self.clock = clock
        self.variants = variants
        self.faults = Faults(FAULTS)
        clinic.list_lag = timedelta(seconds=int(variants["replica_lag_seconds"]))
        self.permissions = dict(gate.PERMISSIONS)
        self.consent = Consent(clock=clock, faults=self.faults, variants=variants)
        self.quota = gate.Quota(clock, variants)
        self._build()

    def _build(self) -> None:
        clinic, variants, stamps = self.clinic, self.variants, Stamps(self.clinic, self.variants)
        self._rows = AppointmentRows(clinic, stamps, variants)
        self._patient_rows = PatientRows(clinic, stamps)
        self._practice = PracticeRows(clinic)
        self._lists = Lists(self.faults, variants)
        self._bulk = BulkLists(self.clock, self.faults, variants)
        shared = (stamps, self._lists, variants, self._is_shared)
        self._appointments = Appointments(clinic, self._rows, *shared)
        self._patients = Patients(clinic, self._patient_rows, *shared)
        self._telehealth = Telehealth(clinic, self._rows, self._lists, variants)
        self.webhooks = Webhooks(clinic, self.faults, variants, self._rows, self._patient_rows)

    @property
    def user_id(self) -> int:
        """The authorising user: the login of the practice's first doctor."""
        return DOCTOR_USER_IDS_FROM + next((practitioner.id for practitioner in self.clinic.practitioners), 0)

    def answer(self, request: Request) -> Response:
        """Answer as the vendor would."""
        if request.host.startswith("www."):
            return as_html("<h1>API access over www was switched off</h1>", 403)
        consent = self.consent.answer(request)
        if consent is not None:
            return consent
        if not request.path.startswith("/api/"):
            return as_html("<h1>Not Found</h1>", 404)
        return self._refusal(request) or self._serve(request)

    def vendor_id(self, appointment_id: int) -> str:
        """The text the API shows as id at the moment."""
        shelf = self.clinic.appointments
        appointment = shelf.get(appointment_id) or shelf.removed.get(appointment_id)
        return self._rows.id_of(appointment) if appointment else str(appointment_id)

    def scenarios(self) -> Mapping[str, Scenario]:
        """The shared scenarios this vendor can express, and its own."""
        return SCENARIOS

    def controls(self) -> Mapping[str, Control]:
        """What a person does in the vendor's own screens."""
        return {
            "webhook": self._configure_webhook,
            "deliveries": lambda wish: self._deliveries(),
            "deliver": lambda wish: {"sent": self.webhooks.deliver_due()},
            "ping": lambda wish: self.webhooks.ping(),
            "deauthorise": lambda wish: self.consent.deauthorise(),
            "permissions": self._change_permissions,
            "quota": lambda wish: {"used_this_hour": self.quota.used},
        }

    def tick(self) -> None:
        """Deliver the webhooks that are due."""
        if self.webhooks.subscription:
            self.webhooks.deliver_due()

    def _refusal(self, request: Request) -> Response | None:
        """Why this request does not get in: too many, no token, no right."""
        if fault := self.faults.take("throttled", request):
            return gate.throttled(float(fault.options.get("seconds", 30.0)))
        too_many = self.quota.refusal()
        if too_many is not None:
            return too_many
        if self.faults.take("token_expires", request):
            self.consent.expire_access_token()
        grant = self.consent.grant_of(request)
        if grant is None or self.faults.take("unauthorized", request):
            return gate.unauthorized()
        if self._is_forbidden(request, grant):
            return gate.forbidden(self.variants["forbidden_body"])
        return None

    def _is_forbidden(self, request: Request, grant: Grant) -> bool:
        if self.faults.take("forbidden", request):
            return True
        return not gate.may(grant, self.permissions, request.path.split("/")[2], request.method)

    def _serve(self, request: Request) -> Response:
        parts = request.path.removeprefix("/api/").split("/")
        pages = self._pages(parts[0], parts[1] if len(parts) == 2 else None) if len(parts) <= 2 else {}
        if not pages:
            return NOT_FOUND
        page = pages.get("GET" if request.method == "HEAD" else request.method)
        if page is None:
            return as_json({"detail": f'Method "{request.method}" not allowed.'}, 405)
        if "text/html" in request.headers.get("accept", ""):
            return as_html("<h1>DrChrono API</h1><p>Ask for JSON.</p>")
        try:
            return page(request)
        except BadInput as refusal:
            return refusal.response

    def _pages(self, collection: str, record_id: str | None) -> Mapping[str, Page]:
        """What each method does here; nothing when there is no such address."""
        if record_id is None:
            return self._list_pages().get(collection, {})
        pages: Mapping[str, Mapping[str, Page]] = {
            "appointments": {
                "GET": lambda request: self._appointments.one(request, record_id),
                "PUT": lambda request: self._appointments.change(request, record_id),
                "PATCH": lambda request: self._appointments.change(request, record_id),
                "DELETE": lambda request: self._appointments.delete(record_id),
            },
            "patients": {
                "GET": lambda request: self._patients.one(request, record_id),
                "PUT": lambda request: self._patients.change(request, record_id),
                "PATCH": lambda request: self._patients.change(request, record_id),
            },
            "telehealth_appointments": {
                "GET": lambda request: self._telehealth.one(record_id),
                "PATCH": lambda request: self._telehealth.change(record_id),
            },
            "users": {"GET": lambda request: self._user(request, record_id)},
        }
        if collection in ("doctors", "offices", "appointment_profiles"):
            return {"GET": lambda request: _one_of(self._small(collection), record_id)}
        return pages.get(collection, {})

    def _list_pages(self) -> Mapping[str, Mapping[str, Page]]:
        small = (
            "doctors", "doctor_options", "offices", "appointment_profiles", "appointment_templates", "availability",
            "eligibility_checks", "insurances", "schedule_blocks", "staff", "users",
        )  # fmt: skip
        return {
            "appointments": {"GET": self._appointments.page, "POST": self._appointments.create},
            "patients": {"GET": self._patients.page, "POST": self._patients.create},
            "patients_summary": {"GET": self._patients.summaries},
            "telehealth_appointments": {"GET": self._telehealth.page, "POST": self._telehealth.create},
            "appointments_list": {"GET": self._bulk.poll, "POST": self._ask_for_appointments},
            "patients_list": {"GET": self._bulk.poll, "POST": self._ask_for_patients},
        } | {name: {"GET": self._small_page} for name in small}

    def _small_page(self, request: Request) -> Response:
        rows = self._small(request.path.split("/")[2], request.query.get("term", ""))
        if doctor := request.query.get("doctor"):
            rows = [row for row in rows if row.get("doctor", row["id"]) == a_number(doctor, "doctor")]
        return self._lists.whole(request, rows, int(self.variants["page_size"]))

    def _small(self, collection: str, term: str = "") -> Sequence[Row]:
        """All rows of a small collection; those whose fields nobody documented are empty."""
        if collection == "appointment_profiles":
            return [row for row in self._practice.profiles() if self._is_shared_profile(row["doctor"])]
        rows: Mapping[str, Callable[[], Sequence[Row]]] = {
            "doctors": self._practice.doctors,
            "offices": self._practice.offices,
            "users": lambda: self._practice.users(self.permissions),
            "staff": self._practice.staff,
            "schedule_blocks": self._practice.schedule_blocks,
            "insurances": lambda: self._practice.insurances(term),
        }
        return rows[collection]() if collection in rows else ()

    def _user(self, request: Request, record_id: str) -> Response:
        if record_id != "current":
            return _one_of(self._small("users"), record_id)
        if self.variants["users_current"] == "direct":
            return _one_of(self._small("users"), str(self.user_id))
        return as_html("", 302, (("Location", f"http://{request.host}/api/users/{self.user_id}"),))

    def _ask_for_appointments(self, request: Request) -> Response:
        verbose = is_true(request.query.get("verbose"))
        found = self._appointments.found(request.query)
        if request.query.get("order_by") == "updated_at":
            found = sorted(found, key=lambda a: (a.changed_at, a.id))
        return self._bulk.ask(request, lambda: [self._rows.appointment(a, verbose=verbose) for a in found])

    def _ask_for_patients(self, request: Request) -> Response:
        verbose = is_true(request.query.get("verbose"))
        found = self._patients.found(request.query)
        if request.query.get("order_by") == "updated_at":
            found = sorted(found, key=lambda p: (p.changed_at, p.id))
        return self._bulk.ask(request, lambda: [self._patient_rows.patient(p, verbose=verbose) for p in found])

    def _is_shared(self, practitioner_id: int | None) -> bool:
        """May the authorising user see this doctor's patients and schedule?"""
        return self.permissions["share_patients"] or practitioner_id == self.user_id - DOCTOR_USER_IDS_FROM

    def _is_shared_profile(self, practitioner_id: int) -> bool:
        own = practitioner_id == self.user_id - DOCTOR_USER_IDS_FROM
        return own or self.permissions["share_appointment_profiles"]

    def _configure_webhook(self, wish: Mapping[str, Any]) -> dict[str, object]:
        hook = self.webhooks.configure(
            str(wish["callback_url"]), str(wish["secret_token"]), tuple(wish.get("events", EVENTS))
        )
        return {"verified": hook.verified, "events": hook.events}

    def _deliveries(self) -> dict[str, object]:
        return {
            "waiting": [{"number": d.number, "event": d.event, "due": d.due} for d in self.webhooks.waiting],
            "done": [{"number": d.number, "event": d.event, "outcomes": d.outcomes} for d in self.webhooks.done],
        }

    def _change_permissions(self, wish: Mapping[str, Any]) -> dict[str, bool]:
        self.permissions |= {name: bool(allowed) for name, allowed in wish.items()}
        return self.permissions


def _one_of(rows: Sequence[Row], record_id: str) -> Response:
    found = next((row for row in rows if str(row["id"]) == record_id), None)
    return as_json(found) if found else NOT_FOUND
