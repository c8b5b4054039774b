"""A pretend Greenway Intergy: HL7 messages over MLLP, and a FHIR server without appointments.

Written from public facts about the database and the FHIR service; what its interface sends is inferred.
"""

from __future__ import annotations

from collections.abc import Mapping

from visitsync.connectors.greenway_intergy.simulator.letters import PRACTICE, IntergyLetters
from visitsync.connectors.greenway_intergy.simulator.people import IntergyPeople
from visitsync.connectors.greenway_intergy.simulator.scenarios import NOT_SHOWN, SCENARIOS
from visitsync.connectors.greenway_intergy.simulator.settings import CREDENTIALS, FAULTS, KEY_ID, PATH, VARIANTS
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_html
from visitsync.simulator_kit.fhir.assertions import Client
from visitsync.simulator_kit.fhir.keys import public_half
from visitsync.simulator_kit.fhir.practice import Practice
from visitsync.simulator_kit.fhir.server import FhirTenant
from visitsync.simulator_kit.hl7v2.habits import choose_habits
from visitsync.simulator_kit.hl7v2.sender import Hl7Sender

__all__ = ["CREDENTIALS", "FAULTS", "NOT_SHOWN", "PATH", "SCENARIOS", "VARIANTS", "Intergy", "simulator"]


def simulator(clinic: Clinic, *, clock: Clock, variants: Mapping[str, str] | None = None) -> Intergy:
    """A pretend Intergy over this clinic. Raises UnknownVariant."""
    return Intergy(clinic, clock, choose_habits(VARIANTS, variants or {}))


class Intergy(Hl7Sender):
    """One practice: its interface, and its tenant of Greenway's FHIR service."""

    def __init__(self, clinic: Clinic, clock: Clock, habits: Mapping[str, str]) -> None:
        letters = IntergyLetters(clinic, habits)
        super().__init__(
            clinic,
            emr="greenway_intergy",
            clock=clock,
            habits=habits,
            letters=letters,
            scenarios=SCENARIOS,
            faults=FAULTS,
        )
        people, practice = IntergyPeople(clinic, habits), Practice(clinic, habits)
        collections = {
            "Patient": people.patients(),
            "Coverage": people.coverages(),
            "Organization": people.organizations(),
            "Practitioner": practice.practitioners(),
            "Location": practice.locations(),
        }
        client = Client(id=CREDENTIALS["client_id"], keys={KEY_ID: public_half(CREDENTIALS["private_key"])})
        self.tenant = FhirTenant(PATH, collections, client, clock=clock, faults=self.faults, variants=habits)

    def answer(self, request: Request) -> Response:
        """Answer as the FHIR server would."""
        return self.tenant.answer(request) or as_html("<h1>Not Found</h1>", 404)

    def vendor_id(self, appointment_id: int) -> str:
        """Practice, service center and number."""
        shelf = self.clinic.appointments
        appointment = shelf.get(appointment_id) or shelf.removed.get(appointment_id)
        center = str(appointment.location_id) if appointment is not None else ""
        return "/".join(part for part in (PRACTICE, center, str(appointment_id)) if part)

    def patient_key(self, patient_id: int) -> str:
        """Practice and patient number."""
        return f"{PRACTICE}/{patient_id}"
