"""Any scheduling system that sends HL7 version 2: SIU and ADT messages, pushed over MLLP."""

from visitsync.connector_kit.connector import Clock, ConnectionConfig, Connector, CredentialStore
from visitsync.connector_kit.hl7v2.not_asked import PushOnlyConnector
from visitsync.connector_kit.limits import Budget
from visitsync.connectors.hl7v2.manifest import MANIFEST
from visitsync.connectors.hl7v2.translate import RECEIVER, TRANSLATOR

__all__ = ["MANIFEST", "RECEIVER", "TRANSLATOR", "open_connection"]


def open_connection(config: ConnectionConfig, credentials: CredentialStore, budget: Budget, clock: Clock) -> Connector:
    """A connector that never asks anything: messages come by themselves."""
    return PushOnlyConnector(MANIFEST, config)
