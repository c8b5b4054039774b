"""Greenway Prime Suite: its interface GAPI, JSON over HTTPS, polled week by week."""

from visitsync.connector_kit.connector import Clock, ConnectionConfig, Connector, CredentialStore
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.greenway_prime_suite.api import PrimeSuiteConnector
from visitsync.connectors.greenway_prime_suite.manifest import MANIFEST
from visitsync.connectors.greenway_prime_suite.translate import TRANSLATOR

__all__ = ["MANIFEST", "TRANSLATOR", "open_connection"]


def open_connection(config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> Connector:
    """A connector for one practice's Prime Suite. Raises ForbiddenAddress."""
    return PrimeSuiteConnector(config, credentials, budget, clock)
