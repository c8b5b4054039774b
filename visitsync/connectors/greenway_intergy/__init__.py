"""Greenway Intergy: appointments by HL7 v2 messages pushed to us, patients and coverage by FHIR R4."""

from visitsync.connector_kit.connector import Clock, ConnectionConfig, Connector, CredentialStore
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.greenway_intergy.api import IntergyConnector
from visitsync.connectors.greenway_intergy.manifest import MANIFEST
from visitsync.connectors.greenway_intergy.translate import RECEIVER, TRANSLATOR

__all__ = ["MANIFEST", "RECEIVER", "TRANSLATOR", "open_connection"]


def open_connection(config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> Connector:
    """A connector for one practice's Intergy. Raises ForbiddenAddress."""
    return IntergyConnector(config, credentials, budget, clock)
