"""CareCloud (Central, API v2): REST and JSON, access by OAuth, days read whole and compared."""

from visitsync.connector_kit.connector import Clock, ConnectionConfig, Connector, CredentialStore
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.carecloud.api import CarecloudConnector
from visitsync.connectors.carecloud.manifest import MANIFEST
from visitsync.connectors.carecloud.sign_in import authorization_url, exchange_code
from visitsync.connectors.carecloud.translate import TRANSLATOR

__all__ = ["MANIFEST", "TRANSLATOR", "authorization_url", "exchange_code", "open_connection"]


def open_connection(config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> Connector:
    """A connector for one practice's CareCloud. Raises ForbiddenAddress."""
    return CarecloudConnector(config, credentials, budget, clock)
