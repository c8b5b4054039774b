"""Any EMR with appointments by FHIR R4: SMART backend services, driven by what the server says of itself."""

from visitsync.connector_kit.connector import Clock, ConnectionConfig, Connector, CredentialStore
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.fhir_r4.api import FhirConnector
from visitsync.connectors.fhir_r4.manifest import MANIFEST
from visitsync.connectors.fhir_r4.translate import TRANSLATOR

__all__ = ["MANIFEST", "TRANSLATOR", "open_connection"]


def open_connection(config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> Connector:
    """A connector for one practice's FHIR server. Raises ForbiddenAddress."""
    return FhirConnector(config, credentials, budget, clock)
