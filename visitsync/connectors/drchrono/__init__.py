"""DrChrono (API v4): appointments by REST and JSON, access by OAuth, webhooks as hints."""

from visitsync.connector_kit.connector import Clock, ConnectionConfig, Connector, CredentialStore
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.drchrono.api import DrchronoConnector
from visitsync.connectors.drchrono.manifest import MANIFEST
from visitsync.connectors.drchrono.sign_in import authorization_url, exchange_code
from visitsync.connectors.drchrono.translate import TRANSLATOR

__all__ = ["MANIFEST", "TRANSLATOR", "authorization_url", "exchange_code", "open_connection"]


def open_connection(config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> Connector:
    """A connector for one practice's DrChrono. Raises ForbiddenAddress."""
    return DrchronoConnector(config, credentials, budget, clock)
