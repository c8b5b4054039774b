"""One connection to Greenway's FHIR server: the client, the sign-in and the searches, put together."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from visitsync.connector_kit.connector import Clock, ConnectionConfig, CredentialStore
from visitsync.connector_kit.fhir.asking import FhirServer
from visitsync.connector_kit.fhir.searching import Searches
from visitsync.connector_kit.fhir.smart import BackendSignIn
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.greenway_intergy.manifest import MANIFEST, limits

TOKEN_URL = "https://auth-api.login.greenwayhealth.com/oauth2/as/token.oauth2"  # noqa: S105 - an address
"""The same for every tenant (greenway reference, section 3)."""
NEEDED = ("Patient", "Coverage")
"""Never Appointment: that scope does not exist there, and asking for it refuses the whole token (section 8)."""
_GREENWAY = ".greenwayhealth.com"


class Asking:
    """Everything that reading patients needs, opened once per connector."""

    def __init__(self, config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> None:
        """Raises ForbiddenAddress for a base URL that requests must not go to."""
        client = PoliteClient(
            config.base_url,
            budget=budget,
            clock=clock,
            limits=limits(config.settings),
            allows_loopback=config.allows_loopback,
        )
        self.sign_in = BackendSignIn(
            config.base_url,
            credentials,
            budget,
            clock,
            resources=NEEDED,
            settings=_sign_in_settings(config),
            limits=limits(config.settings),
            allows_loopback=config.allows_loopback,
        )
        self.server = FhirServer(client, self.sign_in, clock, name=MANIFEST.name)
        self.searches = Searches(self.server, config.base_url, allows_loopback=config.allows_loopback)

    def __repr__(self) -> str:
        return "Asking()"


def _sign_in_settings(config: ConnectionConfig) -> Mapping[str, str]:
    """Greenway announces scopes of the second form and documents those of the first (section 3)."""
    told = {"scope_form": config.settings.get("scope_form") or "v1"}
    host = urlsplit(config.base_url).hostname or ""
    token_url = config.settings.get("token_url") or (TOKEN_URL if host.endswith(_GREENWAY) else "")
    return told | ({"token_url": token_url} if token_url else {})
