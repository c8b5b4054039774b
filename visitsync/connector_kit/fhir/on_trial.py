"""A pretend FHIR server without Appointment, and everything that reads people from it, for tests of this package."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from visitsync.connector_kit.conformance.far_side import MemoryBudget, MemoryCredentials
from visitsync.connector_kit.fhir import people
from visitsync.connector_kit.fhir.asking import FhirServer
from visitsync.connector_kit.fhir.people import PeopleReader
from visitsync.connector_kit.fhir.searching import Searches
from visitsync.connector_kit.fhir.smart import BackendSignIn
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.pages import RawRecord
from visitsync.domain.patient import Patient, PatientStatus
from visitsync.simulator_kit.app import App, choose
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.exchange import Request, Response
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.fhir.assertions import Client
from visitsync.simulator_kit.fhir.keys import PublicKey, a_private_key, public_half
from visitsync.simulator_kit.fhir.people import People
from visitsync.simulator_kit.fhir.practice import Practice
from visitsync.simulator_kit.fhir.server import FHIR_FAULTS, FHIR_VARIANTS, FhirTenant
from visitsync.simulator_kit.server import SimulatorServer

NOON = datetime(2026, 11, 9, 17, 0, tzinfo=UTC)
KEY = a_private_key("a client of the pretend server without appointments")
CREDENTIALS = {"client_id": "pretend-client", "private_key": KEY, "key_id": "key-1"}
PATH = "/fhir/r4"


class PretendEmr(App):
    """An EMR that offers people by FHIR and nothing else."""

    emr = "pretend"

    def __init__(self, variants: Mapping[str, str], keys: Mapping[str, PublicKey]) -> None:
        self.clock = VirtualClock.frozen_at(NOON)
        self.clinic = Clinic(clock=self.clock)
        self.faults = Faults(FHIR_FAULTS)
        self.variants = choose(FHIR_VARIANTS, variants)
        people_, practice = People(self.clinic, self.variants), Practice(self.clinic, self.variants)
        collections = {
            "Patient": people_.patients(),
            "Coverage": people_.coverages(),
            "Organization": people_.organizations(),
            "Practitioner": practice.practitioners(),
            "Location": practice.locations(),
        }
        client = Client(id="pretend-client", keys=keys)
        self.tenant = FhirTenant(
            PATH, collections, client, clock=self.clock, faults=self.faults, variants=self.variants
        )

    def answer(self, request: Request) -> Response:
        return self.tenant.answer(request) or Response(status=404)


class FhirTrial:
    """The pretend server while it is served, and one connection to it."""

    def __init__(self, app: PretendEmr, server: SimulatorServer, credentials: Mapping[str, str]) -> None:
        self.app = app
        self.server = server
        self.budget = MemoryBudget(app.clock)
        self.credentials = MemoryCredentials(credentials)
        self.base_url = server.url + PATH

    def sign_in(self, **changes: object) -> BackendSignIn:
        """The connection's way in, asking for patients and coverage unless told otherwise."""
        given = {"resources": ("Patient", "Coverage"), "allows_loopback": True, **changes}
        return BackendSignIn(self.base_url, self.credentials, self.budget, self.app.clock, **given)  # type: ignore[arg-type]

    def fhir_server(self, **changes: object) -> FhirServer:
        """The server as a connector asks it."""
        client = PoliteClient(self.base_url, budget=self.budget, clock=self.app.clock, allows_loopback=True)
        return FhirServer(client, self.sign_in(**changes), self.app.clock)

    def searches(self) -> Searches:
        """Searches of the same server."""
        return Searches(self.fhir_server(), self.base_url, allows_loopback=True)

    def people(self, **options: object) -> PeopleReader:
        """Reads people."""
        return PeopleReader(self.fhir_server(), self.searches(), self.app.clock, **options)  # type: ignore[arg-type]

    def read(self, *ids: int | str, **options: object) -> dict[str, Patient]:
        """These patients as the connection understands them."""
        found = {}
        for page in self.people(**options).read([str(each) for each in ids], urgency=Urgency.SOON):
            for record in people.split(page):
                if not isinstance(record, RawRecord):
                    raise TypeError(record.reason)
                gone = Patient(id=record.id, status=PatientStatus.GONE)
                found[record.id] = gone if record.is_absent else people.to_patient(record)
        return found


@contextmanager
def trying(
    variants: Mapping[str, str] | None = None,
    *,
    credentials: Mapping[str, str] = CREDENTIALS,
    keys: Mapping[str, PublicKey] | None = None,
) -> Iterator[FhirTrial]:
    """A trial, served while the block lasts."""
    app = PretendEmr(variants or {}, keys or {"key-1": public_half(KEY)})
    with SimulatorServer(app) as server:
        yield FhirTrial(app, server, credentials)
