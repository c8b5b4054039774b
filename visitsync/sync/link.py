"""One practice's connection with everything that a run of the engine needs in hand."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.connector_kit.connector import Clock, Connector, Translator
from visitsync.connector_kit.manifest import Manifest
from visitsync.storage.database import Database
from visitsync.storage.vault import Vault
from visitsync.sync.context_cache import ContextCache


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A connection: whose it is, how to ask its EMR, how to understand it, where to keep things."""

    practice_id: UUID
    connection_id: UUID
    manifest: Manifest
    connector: Connector
    translator: Translator
    database: Database
    vault: Vault
    clock: Clock
    contexts: ContextCache = msgspec.field(default_factory=ContextCache)
    """Shared by the links of one process."""
    progress: Callable[["Progress"], None] | None = None

    def now(self) -> datetime:
        """The present instant (aware, UTC)."""
        return self.clock()

    def tell(self, phase: str, done: int, of: int | None = None) -> None:
        """Says how far a long run has come, to whoever watches."""
        if self.progress is not None:
            self.progress(Progress(connection_id=self.connection_id, phase=phase, done=done, of=of))


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run has come in its present phase."""

    connection_id: UUID
    phase: str
    done: int
    of: int | None = None
    """None: nobody knows how many there will be."""
