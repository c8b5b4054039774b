"""A pretend Prime Suite: its interface GAPI over one clinic, written from the vendor's documents only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from visitsync.connectors.greenway_prime_suite.simulator.appointment_row import AppointmentRows
from visitsync.connectors.greenway_prime_suite.simulator.gate import Gate
from visitsync.connectors.greenway_prime_suite.simulator.patient_record import PatientRecords
from visitsync.connectors.greenway_prime_suite.simulator.refusals import error, fault_page
from visitsync.connectors.greenway_prime_suite.simulator.scenarios import SCENARIOS
from visitsync.connectors.greenway_prime_suite.simulator.schedule import Schedule
from visitsync.connectors.greenway_prime_suite.simulator.settings import (
    CREDENTIALS,
    FAULTS,
    FHIR_PATH,
    INSURANCE_METHOD,
    KEY_ID,
    PATH,
    PATHS,
    VARIANTS,
)
from visitsync.connectors.greenway_prime_suite.simulator.stamps import Stamps
from visitsync.simulator_kit.app import App, choose
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Delivery, Request, Response, as_html, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.fhir.assertions import Client
from visitsync.simulator_kit.fhir.keys import public_half
from visitsync.simulator_kit.fhir.people import People
from visitsync.simulator_kit.fhir.server import FhirTenant
from visitsync.simulator_kit.scenarios import Scenario

__all__ = ["CREDENTIALS", "FAULTS", "INSURANCE_METHOD", "PATH", "SCENARIOS", "VARIANTS", "PrimeSuite", "simulator"]


def simulator(clinic: Clinic, *, clock: Clock, variants: Mapping[str, str] | None = None) -> PrimeSuite:
    """A pretend Prime Suite over this clinic; choose among VARIANTS. Raises UnknownVariant."""
    return PrimeSuite(clinic, clock, choose(VARIANTS, variants or {}))


class PrimeSuite(App):
    """The gateway, the login, and one answer per method."""

    emr = "greenway_prime_suite"

    def __init__(self, clinic: Clinic, clock: Clock, variants: Mapping[str, str]) -> None:
        self.clinic = clinic
        self.clock = clock
        self.variants = variants
        self.faults = Faults(FAULTS)
        stamps = Stamps(clinic, variants)
        self._gate = Gate(clock, self.faults, variants)
        self._people = PatientRecords(clinic, stamps, variants)
        self._rows = AppointmentRows(clinic, stamps, self._people, variants)
        self._schedule = Schedule(clinic, self.faults, self._rows, variants)
        people = People(clinic, variants)
        collections = {
            "Patient": people.patients(),
            "Coverage": people.coverages(),
            "Organization": people.organizations(),
        }
        client = Client(id=CREDENTIALS["client_id"], keys={KEY_ID: public_half(CREDENTIALS["private_key"])})
        self._tenant = FhirTenant(FHIR_PATH, collections, client, clock=clock, faults=self.faults, variants=variants)

    def answer(self, request: Request) -> Response:
        """Answer as the vendor would: its FHIR server, or else the gateway."""
        by_fhir = self._tenant.answer(request)
        if by_fhir is not None:
            return by_fhir
        response = self._answer(request)
        if self.variants["slashes"] == "escaped":
            response = response.but(body=response.body.replace(b"/Date(", b"\\/Date(").replace(b")/", b")\\/"))
        if response.content_type == "application/json":
            response = response.but(content_type=self.variants["content_type"])
        seconds = float(self.variants["answers_after_seconds"])
        return response.but(delivery=Delivery(stall_seconds=seconds)) if seconds else response

    def vendor_id(self, appointment_id: int) -> str:
        """The number of the appointment at the moment."""
        shelf = self.clinic.appointments
        appointment = shelf.get(appointment_id) or shelf.removed.get(appointment_id)
        return str(self._rows.id_of(appointment) if appointment else appointment_id)

    def hides(self, appointment_id: int) -> bool:
        """Whether it is in the clinic's books, yet no longer on the schedule that clients see."""
        appointment = self.clinic.appointments.get(appointment_id)
        return appointment is None or self._schedule.hides(appointment)

    def scenarios(self) -> Mapping[str, Scenario]:
        """The shared scenarios this vendor can express, and its own."""
        return SCENARIOS

    def _answer(self, request: Request) -> Response:
        refusal = self._gate.refusal(request)
        if refusal is not None:
            return refusal
        service, _, method = request.path.partition(f"{PATHS[self.variants['path']]}/")
        if service or not method:
            return as_html("<h1>Endpoint not found.</h1>", 404)
        if request.method != "POST":
            return as_html("<h1>Method not allowed.</h1>", 405)
        if fault := self.faults.take("fault_page", request):
            return fault_page(int(fault.options.get("status", 500)))
        asked = _decoded(request.body)
        if asked is None or "json" not in request.headers.get("content-type", ""):
            return fault_page(400)
        return self._gate.login_refusal(request, asked) or self._serve(request, method, asked)

    def _serve(self, request: Request, method: str, asked: Mapping[str, Any]) -> Response:
        if self.faults.take("error_in_200", request):
            return error("Object reference not set to an instance of an object.")
        if method == "User/PatientListGet":
            return self._schedule.answer(request, asked)
        if method == "Patient/PatientDemographicsSummaryGet":
            return self._demographics(asked.get("PatientID"))
        if method == INSURANCE_METHOD and self.variants["insurance"] == "own call":
            return self._policies(asked.get("PatientId"))
        return as_html("<h1>Endpoint not found.</h1>", 404)

    def _demographics(self, patient_id: object) -> Response:
        patient = self._people.find(patient_id) if isinstance(patient_id, int) else None
        if patient is not None:
            return as_json(self._people.demographics(patient))
        nobody: Mapping[str, Response] = {
            "error": error("Patient not found.", "4"),
            "null": as_json({"Patient": None}),
            "zeros": as_json({"Patient": {"PatientID": 0, "Firstname": None, "LastName": None, "FullName": ""}}),
        }
        return nobody[self.variants["unknown_patient"]]

    def _policies(self, patient_id: object) -> Response:
        patient = self._people.find(patient_id) if isinstance(patient_id, int) else None
        return as_json({"Insurance": [] if patient is None else self._people.policies(patient)})


def _decoded(body: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    return found if isinstance(found, dict) else None
