"""What acting for practices needs: the database, the vault, the clock, and a way to every practice's EMR."""

from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from visitsync.connector_kit.connector import Clock, ConnectionConfig
from visitsync.connectors import connector_for
from visitsync.storage import practices
from visitsync.storage.credentials import StoredCredentials
from visitsync.storage.database import Database
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import StoredConnection
from visitsync.storage.vault import Vault
from visitsync.storage.vendor_limits import StoredBudget
from visitsync.sync.context_cache import ContextCache
from visitsync.sync.link import Link, Progress


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """The one thing that commands, pages and workers are handed. Every call names the practice."""

    database: Database
    vault: Vault
    clock: Clock
    allows_loopback: bool = False
    """Only for simulators: EMRs may be on this machine, over plain HTTP."""
    contexts: ContextCache = msgspec.field(default_factory=ContextCache)

    def author(self, name: str) -> Author:
        """Somebody who changes something now."""
        return Author(name, self.clock())

    def link(
        self, practice_id: UUID, connection_id: UUID, *, progress: Callable[[Progress], None] | None = None
    ) -> Link:
        """A practice's connection with everything that a run needs. Raises NoSuchConnection, NeedsReconnect."""
        with self.database.practice(practice_id) as transaction:
            practice = practices.find_practice(transaction)
            connection = practices.find_connection(transaction, connection_id)
        module = connector_for(connection.emr)
        credentials = self.credentials(practice_id, connection_id)
        connector = module.open_connection(
            self.config(connection, practice.zone),
            credentials,
            self.budget(connection.emr, connection_id, credentials.read()),
            self.clock,
        )
        return Link(
            practice_id=practice_id,
            connection_id=connection_id,
            manifest=connector.manifest,  # as this connection's settings make it
            connector=connector,
            translator=module.TRANSLATOR,
            database=self.database,
            vault=self.vault,
            clock=self.clock,
            contexts=self.contexts,
            progress=progress,
        )

    def credentials(self, practice_id: UUID, connection_id: UUID) -> StoredCredentials:
        """The sealed credentials of a connection."""
        return StoredCredentials(self.database, self.vault, practice_id=practice_id, connection_id=connection_id)

    def config(self, connection: StoredConnection, practice_zone: str) -> ConnectionConfig:
        """Where and how a connection's EMR is asked."""
        return ConnectionConfig(
            connection_id=str(connection.connection_id),
            base_url=connection.base_url,
            settings=connection.settings,
            practice_zone=practice_zone,
            allows_loopback=self.allows_loopback,
        )

    def budget(self, emr: str, connection_id: UUID, credentials: Mapping[str, str]) -> StoredBudget:
        """The shared count of requests; limits belong to our application, to the credentials, or to the connection."""
        owners = {
            "application": credentials.get("client_id", str(connection_id)),
            "credential": credentials.get("customer_key", str(connection_id)),
            "connection": str(connection_id),
        }
        return StoredBudget(self.database, emr=emr, owners=owners)
