"""The credentials of one connection, sealed in the database and renewed by one worker at a time."""

import hashlib
from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec
from psycopg.errors import LockNotAvailable

from visitsync.connector_kit.errors import NeedsReconnect, TryAgainLater
from visitsync.storage.database import Database, StorageUnavailable, Transaction
from visitsync.storage.practices import NoSuchConnection
from visitsync.storage.vault import Vault, place

RENEWAL_SECONDS = 90
"""A renewal that takes longer loses its lock; the polite client gives up long before."""

_decode = msgspec.json.Decoder(dict[str, str]).decode


class StoredCredentials:
    """Implements CredentialStore. Call it outside of a practice's transaction: it opens its own."""

    def __init__(self, database: Database, vault: Vault, *, practice_id: UUID, connection_id: UUID) -> None:
        self._database = database
        self._vault = vault
        self._practice_id = practice_id
        self._connection_id = connection_id

    def read(self) -> Mapping[str, str]:
        """Raises NeedsReconnect where none were given yet, NoSuchConnection, StorageUnavailable."""
        with self._database.practice(self._practice_id) as transaction:
            return self._opened(self._sealed(transaction))

    def save(self, credentials: Mapping[str, str]) -> None:
        """Replaces them all. Raises NoSuchConnection, StorageUnavailable."""
        with self._database.practice(self._practice_id) as transaction:
            _lock(transaction, self._connection_id)
            self._sealed(transaction)
            self._store(transaction, credentials)

    def renew(self, renewal: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Mapping[str, str]:
        """Calls `renewal` with the current credentials while every other worker waits; saves and returns its answer.

        What `renewal` raises passes through, with nothing changed. If the database goes away after `renewal` was
        done, saving is tried once more: a refresh token may have been used up. Raises TryAgainLater where another
        worker's renewal takes too long; NeedsReconnect, NoSuchConnection, StorageUnavailable.
        """
        sealed_before = b""
        renewed: dict[str, str] | None = None
        try:
            with self._database.practice(self._practice_id) as transaction:
                _lock(transaction, self._connection_id)
                sealed_before = self._sealed(transaction) or b""
                before = self._opened(sealed_before)
                renewed = dict(renewal(before))
                if renewed != before:
                    self._store(transaction, renewed)
        except LockNotAvailable:
            raise TryAgainLater("Another worker has been renewing these credentials for too long.") from None
        except StorageUnavailable:
            if renewed is None:
                raise
            self._save_unless_changed(sealed_before, renewed)
        return renewed

    def _save_unless_changed(self, sealed_before: bytes, credentials: Mapping[str, str]) -> None:
        with self._database.practice(self._practice_id) as transaction:
            _lock(transaction, self._connection_id)
            if self._sealed(transaction) == sealed_before:
                self._store(transaction, credentials)

    def _sealed(self, transaction: Transaction) -> bytes | None:
        row = transaction.execute(
            "select credentials from connection where practice_id = %s and connection_id = %s",
            [self._practice_id, self._connection_id],
        ).fetchone()
        if row is None:
            raise NoSuchConnection(f"No connection {self._connection_id}.")
        return bytes(row[0]) if row[0] is not None else None

    def _opened(self, sealed: bytes | None) -> dict[str, str]:
        if not sealed:
            raise NeedsReconnect("This connection has no credentials yet.")
        return _decode(self._vault.open(sealed, credentials_place(self._practice_id, self._connection_id)))

    def _store(self, transaction: Transaction, credentials: Mapping[str, str]) -> None:
        sealed = self._vault.seal(
            msgspec.json.encode(dict(credentials)), credentials_place(self._practice_id, self._connection_id)
        )
        transaction.execute(
            "update connection set credentials = %s where practice_id = %s and connection_id = %s",
            [sealed, self._practice_id, self._connection_id],
        )


def credentials_place(practice_id: UUID, connection_id: UUID) -> bytes:
    """Where a connection's sealed credentials belong."""
    return place("connection.credentials", practice_id, connection_id)


def _lock(transaction: Transaction, connection_id: UUID) -> None:
    """Waits its turn, and bounds how long the others can be made to wait if the network swallows the answer.

    An advisory lock, not the row's: the vendor may take seconds, and pages are saved under the row's lock meanwhile.
    """
    key = hashlib.blake2b(transaction.practice_id.bytes + connection_id.bytes, digest_size=8, person=b"credentials")
    transaction.execute(
        """
        select set_config('lock_timeout', %(wait)s, true),
               set_config('idle_in_transaction_session_timeout', %(bound)s, true)
        """,
        {"wait": f"{RENEWAL_SECONDS + 5}s", "bound": f"{RENEWAL_SECONDS}s"},
    )
    transaction.execute("select pg_advisory_xact_lock(%s)", [int.from_bytes(key.digest(), signed=True)])
