"""Who may push to a practice's connections, and what each sender has sent."""

from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.connector_kit.manifest import Feed
from visitsync.connectors import connector_for
from visitsync.storage import peers, practices
from visitsync.storage.database import Transaction
from visitsync.storage.peers import Peer, PeerTraffic
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import StoredConnection


class AskedNotPushed(ValueError):
    """This EMR pushes nothing: it is asked."""


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """A registered sender. Times are aware, UTC."""

    peer_id: str
    name: str
    emr: str
    connection_id: str
    network: str | None
    port: int | None
    fingerprint: str | None
    """SHA-256 of the certificate, in hexadecimal digits."""
    added_at: datetime
    added_by: str
    messages: int
    resent: int
    refused: int
    last_message_at: datetime | None


def register_sender(
    transaction: Transaction,
    connection: StoredConnection,
    author: Author,
    *,
    network: str | None = None,
    port: int | None = None,
    certificate: str | None = None,
    name: str = "",
) -> UUID:
    """Lets a sender in by its network, by its certificate (PEM), or by both together; returns its id.

    Raises AskedNotPushed, PeerRefused.
    """
    manifest = connector_for(connection.emr).MANIFEST
    if manifest.feed is not Feed.PUSH:
        raise AskedNotPushed(f"{manifest.name} pushes nothing: it is asked.")
    return peers.register(
        transaction,
        connection.connection_id,
        author,
        name=name or network or "certificate",
        network=None if network is None else peers.network_of(network),
        port=port,
        certificate=certificate,
    )


def senders(transaction: Transaction) -> list[Sender]:
    """All of the practice, the oldest first."""
    emrs = {one.connection_id: one.emr for one in practices.connections(transaction)}
    sent = {one.peer_id: one for each in emrs for one in peers.traffic(transaction, each)}
    return [
        _sender(one, emrs[one.connection_id], sent.get(one.peer_id, PeerTraffic(peer_id=one.peer_id)))
        for one in peers.of_practice(transaction)
    ]


def _sender(one: Peer, emr: str, sent: PeerTraffic) -> Sender:
    return Sender(
        peer_id=str(one.peer_id),
        name=one.name,
        emr=emr,
        connection_id=str(one.connection_id),
        network=None if one.network is None else str(one.network),
        port=one.port,
        fingerprint=None if one.fingerprint is None else one.fingerprint.hex(),
        added_at=one.added_at,
        added_by=one.added_by,
        messages=sent.messages,
        resent=sent.resent,
        refused=sent.refused,
        last_message_at=sent.last_message_at,
    )
