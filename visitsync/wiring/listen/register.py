"""Who is at the door: peers told apart by their certificates or addresses, before anything they send is read."""

import ssl
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from visitsync.connector_kit.connector import ConnectionConfig, Receiver
from visitsync.connectors import connector_for
from visitsync.storage import peers, practices
from visitsync.storage.database import StorageUnavailable
from visitsync.storage.listeners import Presence
from visitsync.storage.peers import Address, Peer
from visitsync.storage.practices import NoSuchConnection
from visitsync.sync.door import Sender
from visitsync.wiring.house import House

LOOKS_EVERY_SECONDS = 2.0
"""So long may it take until a peer that was added is let in, and one that was removed is sent away."""
KNOWS_FOR_SECONDS = 5.0
"""So long may it take until a changed setting of a connection is heeded."""

log = structlog.get_logger()


class Register:
    """The peers of all practices, as they were a moment ago; safe to ask from many threads."""

    def __init__(self, house: House, *, receiver_of: Callable[[str], Receiver | None] | None = None) -> None:
        """`receiver_of` gives the receiver of an EMR by its name; by default its connector's."""
        self._house = house
        self._receiver_of = receiver_of or _connectors_receiver
        self._peers: dict[UUID, Peer] = {}
        self._lock = threading.Lock()
        self._known: dict[UUID, tuple[float, Sender]] = {}
        self._presence = Presence(house.database.url)

    def refresh(self) -> None:
        """Reads the register anew and shows that somebody listens; while the database is gone, what was known goes on.

        `leave` ends the showing.
        """
        try:
            found = {one.peer_id: one for one in peers.everybody(self._house.database)}
            self._presence.show()
        except StorageUnavailable as error:
            log.warning("the register of peers cannot be read", exc_info=error)
            return
        with self._lock:
            self._peers = found

    def leave(self) -> None:
        """Nobody listens any more."""
        self._presence.close()

    def is_registered(self, peer: Peer) -> bool:
        """Whether it is still registered as it was."""
        with self._lock:
            return self._peers.get(peer.peer_id) == peer

    def by_address(self, address: Address, port: int) -> Peer | None:
        """The peer that needs no certificate and comes from there on that local port; there is never more than one."""
        return next((one for one in self._all() if one.fingerprint is None and one.comes_from(address, port)), None)

    def by_certificate(self, certificate: bytes, address: Address, port: int) -> Peer | None:
        """The peer with that certificate (DER), if it may come from there."""
        fingerprint = sha256(certificate).digest()
        return next(
            (one for one in self._all() if one.fingerprint == fingerprint and one.comes_from(address, port)), None
        )

    def certificates(self) -> list[str]:
        """Those of all peers, in PEM."""
        return [one.certificate for one in self._all() if one.certificate is not None]

    def sender(self, peer: Peer) -> Sender | None:
        """The peer with the connection that it is for; None where there is nothing to be had for it.

        Raises StorageUnavailable where the connection was never known and cannot be asked for.
        """
        known_at, known = self._known.get(peer.peer_id, (0.0, None))
        if known is not None and time.monotonic() - known_at < KNOWS_FOR_SECONDS:
            return known
        try:
            known = self._sender(peer)
        except StorageUnavailable:
            if known is None:
                raise
        if known is not None:
            self._known[peer.peer_id] = (time.monotonic(), known)
        return known

    def _all(self) -> list[Peer]:
        with self._lock:
            return list(self._peers.values())

    def _sender(self, peer: Peer) -> Sender | None:
        try:
            with self._house.database.practice(peer.practice_id) as transaction:
                connection = practices.find_connection(transaction, peer.connection_id)
                zone = practices.find_practice(transaction).zone
        except NoSuchConnection:
            return None
        receiver = self._receiver_of(connection.emr)
        config: ConnectionConfig = self._house.config(connection, zone)
        if receiver is None:
            return None
        return Sender(
            peer_id=peer.peer_id, practice_id=peer.practice_id, emr=connection.emr, config=config, receiver=receiver
        )


def _connectors_receiver(emr: str) -> Receiver | None:
    return getattr(connector_for(emr), "RECEIVER", None)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What we show of ourselves on TLS ports, and what we ask of those who come."""

    certificate: Path
    """PEM, with the chain."""
    key: Path
    requires_certificate: bool = False
    """Nobody without a registered certificate gets in on a TLS port."""


class Trust:
    """The TLS settings as they are now: renewed certificates and new peers need no restart."""

    def __init__(self, identity: Identity, certificates: Callable[[], list[str]]) -> None:
        self._identity = identity
        self._certificates = certificates
        self._lock = threading.Lock()
        self._made_of: object = None
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """Raises OSError (ssl.SSLError among them) where our own certificate or key cannot be used."""
        certificates = self._certificates()
        identity = self._identity
        made_of = (certificates, identity.certificate.stat().st_mtime_ns, identity.key.stat().st_mtime_ns)
        with self._lock:
            if self._context is None or self._made_of != made_of:
                self._context, self._made_of = _context(identity, certificates), made_of
            return self._context


def _context(identity: Identity, certificates: list[str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(identity.certificate, identity.key)
    context.verify_mode = ssl.CERT_REQUIRED if identity.requires_certificate else ssl.CERT_OPTIONAL
    # A registered certificate is trusted as it stands, whoever signed it; no other is.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if certificates:
        context.load_verify_locations(cadata="\n".join(certificates))
    return context
