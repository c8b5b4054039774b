"""A pretend FHIR server with appointments, in the manners of several real ones; written from the specification only."""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.connectors.fhir_r4.simulator.appointment_row import AppointmentRows
from visitsync.connectors.fhir_r4.simulator.appointments import Appointments
from visitsync.connectors.fhir_r4.simulator.scenarios import NOT_EXPRESSED, SCENARIOS
from visitsync.connectors.fhir_r4.simulator.settings import (
    CREDENTIALS,
    FAULTS,
    KEY_ID,
    PATH,
    PROFILES,
    VARIANTS,
    with_profile,
)
from visitsync.simulator_kit.app import App, Control, choose
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_html
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.fhir.assertions import Client
from visitsync.simulator_kit.fhir.keys import public_half
from visitsync.simulator_kit.fhir.people import People
from visitsync.simulator_kit.fhir.practice import Practice
from visitsync.simulator_kit.fhir.search import Collection
from visitsync.simulator_kit.fhir.server import FhirTenant
from visitsync.simulator_kit.scenarios import Scenario

__all__ = [
    "CREDENTIALS", "FAULTS", "NOT_EXPRESSED", "PATH", "PROFILES", "SCENARIOS", "VARIANTS", "FhirSimulator", "simulator",
]  # fmt: skip


def simulator(clinic: Clinic, *, clock: Clock, variants: Mapping[str, str] | None = None) -> FhirSimulator:
    """A pretend FHIR server over this clinic. Raises UnknownVariant."""
    return FhirSimulator(clinic, clock, choose(VARIANTS, with_profile(variants or {})))


class FhirSimulator(App):
    """One tenant with everything that appointments refer to."""

    emr = "fhir_r4"

    def __init__(self, clinic: Clinic, clock: Clock, variants: Mapping[str, str]) -> None:
        self.clinic = clinic
        self.clock = clock
        self.variants = variants
        self.faults = Faults(FAULTS)
        self._people = People(clinic, variants)
        self._rows = AppointmentRows(clinic, variants, "")
        client = Client(id=CREDENTIALS["client_id"], keys={KEY_ID: public_half(CREDENTIALS["private_key"])})
        self.tenant = FhirTenant(PATH, self._collections(), client, clock=clock, faults=self.faults, variants=variants)

    def answer(self, request: Request) -> Response:
        """Answer as the server would."""
        self._rows.base = f"http://{request.host}{PATH}"
        return self.tenant.answer(request) or as_html("<h1>Not Found</h1>", 404)

    def scenarios(self) -> Mapping[str, Scenario]:
        """The shared scenarios that FHIR can express, and its own."""
        return SCENARIOS

    def controls(self) -> Mapping[str, Control]:
        """What the practice's own administrator does on the server."""
        return {"allow": lambda wish: self._allow({str(name): bool(allowed) for name, allowed in wish.items()})}

    def _collections(self) -> dict[str, Collection]:
        practice = Practice(self.clinic, self.variants)
        served = {
            "Patient": self._people.patients(),
            "Coverage": self._people.coverages(),
            "Organization": self._people.organizations(),
            "Practitioner": practice.practitioners(),
            "PractitionerRole": practice.roles(),
            "Location": practice.locations(),
        }
        if self.variants["services"] == "served":
            served["HealthcareService"] = practice.services()
        if self.variants["appointments"] == "served":
            served["Appointment"] = Appointments(self.clinic, self._rows, self._people, self.variants).collection()
        return served

    def _allow(self, wish: Mapping[str, bool]) -> list[str]:
        """`{"Coverage": false}` takes a scope away from the client."""
        allowed = self.tenant.sign_in.allowed
        for name, is_allowed in wish.items():
            (allowed.add if is_allowed else allowed.discard)(name)
        return sorted(allowed)
