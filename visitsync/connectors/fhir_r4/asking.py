"""One connection to a FHIR server: the client, the sign-in, the searches and what its metadata say, put together."""

from collections.abc import Collection, Mapping

from visitsync.connector_kit.connector import Clock, ConnectionConfig, CredentialStore
from visitsync.connector_kit.fhir.asking import FhirServer
from visitsync.connector_kit.fhir.metadata import Capabilities
from visitsync.connector_kit.fhir.people import PeopleReader
from visitsync.connector_kit.fhir.searching import Searches
from visitsync.connector_kit.fhir.smart import BackendSignIn
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget, Urgency
from visitsync.connectors.fhir_r4.manifest import MANIFEST, limits

NEEDED = ("Appointment", "Patient")
WELCOME = ("Coverage", "Practitioner", "PractitionerRole", "Location", "HealthcareService", "Organization")
"""Read where the server has them."""


class Asking:
    """Everything that reading needs, opened once per connector."""

    def __init__(self, config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> None:
        """Raises ForbiddenAddress for a base URL that requests must not go to."""
        own_limits = limits(config.settings)
        client = PoliteClient(
            config.base_url,
            budget=budget,
            clock=clock,
            limits=own_limits,
            allows_loopback=config.allows_loopback,
        )
        self.sign_in = BackendSignIn(
            config.base_url,
            credentials,
            budget,
            clock,
            resources=NEEDED,
            optional=WELCOME,
            offers=self._offered,
            settings=config.settings,
            limits=own_limits,
            allows_loopback=config.allows_loopback,
        )
        self.server = FhirServer(client, self.sign_in, clock)
        self.searches = Searches(self.server, config.base_url, allows_loopback=config.allows_loopback)
        self.config = config
        self.clock = clock
        self._capabilities: Capabilities | None = None

    def __repr__(self) -> str:
        return f"Asking({self.config.connection_id})"

    def setting(self, name: str) -> str:
        """What the practice set, else the default."""
        return self.config.settings.get(name) or _DEFAULTS[name]

    def number(self, name: str) -> int:
        """A setting that is a number; nonsense means the default."""
        text = self.setting(name).strip()
        return max(1, int(text if text.isascii() and text.isdigit() else _DEFAULTS[name]))

    def capabilities(self, *, urgency: Urgency) -> Capabilities:
        """What the server says of itself, asked once per connector."""
        if self._capabilities is None:
            self._capabilities = self.server.capabilities(urgency=urgency)
        return self._capabilities

    def has(self, resource: str) -> bool:
        """Whether the server has such a resource."""
        return self.capabilities(urgency=Urgency.ROUTINE).has(resource)

    def people(self) -> PeopleReader:
        """Reads patients, with their coverage where the server has it."""
        by = self.setting("coverage_by")
        return PeopleReader(
            self.server,
            self.searches,
            self.clock,
            reads_coverage=by != "not read" and self.has("Coverage"),
            coverage_param=by,
            at_once=self.number("patients_per_request"),
        )

    def _offered(self) -> Collection[str]:
        return self.capabilities(urgency=Urgency.ROUTINE).resources.keys()


_DEFAULTS: Mapping[str, str] = {setting.name: setting.default for setting in MANIFEST.settings}
