"""athenahealth (athenaOne REST v1): appointments by lists and by changes that are handed out once."""

from visitsync.connector_kit.connector import Clock, ConnectionConfig, Connector, CredentialStore
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.athenahealth.api import AthenahealthConnector
from visitsync.connectors.athenahealth.manifest import MANIFEST
from visitsync.connectors.athenahealth.translate import TRANSLATOR

__all__ = ["MANIFEST", "TRANSLATOR", "open_connection"]


def open_connection(config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> Connector:
    """A connector for one practice's athenahealth. Raises ForbiddenAddress."""
    return AthenahealthConnector(config, credentials, budget, clock)
