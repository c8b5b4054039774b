"""Practices' contexts that this process has loaded, good until something they are made of changes, or for a while."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from visitsync.connector_kit.connector import TranslationContext
from visitsync.domain.practice import PracticeContext

GOOD_FOR = timedelta(minutes=15)
"""Some of a context ages by itself: what is learned of sync times, test visits that expire."""
AT_MOST = 256
"""Contexts kept; a worker that serves more connections loads the others anew."""


class LoadedContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn knows of the practice, as it was loaded."""

    revision: int
    loaded_at: datetime
    practice: PracticeContext
    translation: TranslationContext
    salt: bytes
    """Part of every fingerprint: whatever may make the same bytes mean something else."""


class ContextCache:
    """Contexts by connection. Not shared between threads that serve the same connection at once: the last one stays."""

    def __init__(self) -> None:
        self._loaded: dict[UUID, LoadedContext] = {}

    def context(
        self, connection_id: UUID, revision: int, now: datetime, load: Callable[[], LoadedContext]
    ) -> LoadedContext:
        """The context kept for this revision, else what `load` brings."""
        kept = self._loaded.get(connection_id)
        if kept is not None and kept.revision == revision and timedelta() <= now - kept.loaded_at < GOOD_FOR:
            return kept
        if len(self._loaded) >= AT_MOST:
            self._loaded.clear()
        self._loaded[connection_id] = loaded = load()
        return loaded

    def forget(self, connection_id: UUID) -> None:
        """The next turn loads anew."""
        self._loaded.pop(connection_id, None)
