"""ExampleCharts (API v1): appointments by REST and JSON, polled."""

from visitsync.connector_kit.connector import Clock, ConnectionConfig, Connector, CredentialStore
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.examplecharts.api import ExampleChartsConnector
from visitsync.connectors.examplecharts.manifest import MANIFEST
from visitsync.connectors.examplecharts.translate import TRANSLATOR

__all__ = ["MANIFEST", "TRANSLATOR", "open_connection"]


def open_connection(config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> Connector:
    """A connector for one practice's ExampleCharts. Raises ForbiddenAddress."""
    return ExampleChartsConnector(config, credentials, budget, clock)
