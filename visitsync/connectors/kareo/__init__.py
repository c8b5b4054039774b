"""Kareo (Tebra): SOAP Web Services 2.1, polled."""

from visitsync.connector_kit.connector import Clock, ConnectionConfig, Connector, CredentialStore
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.kareo.api import KareoConnector
from visitsync.connectors.kareo.manifest import MANIFEST
from visitsync.connectors.kareo.translate import TRANSLATOR

__all__ = ["MANIFEST", "TRANSLATOR", "open_connection"]


def open_connection(config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> Connector:
    """A connector for one practice's Kareo. Raises ForbiddenAddress."""
    return KareoConnector(config, credentials, budget, clock)
