"""Senders that may push to us: which connection of which practice each is for, and how much each has sent.

Who connects is recognised before any message is read, by where it comes from or by its certificate. The register holds
no patient data and no wall guards it (migration 0003); every change of it is noted with the practice's settings.
"""

import hashlib
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from uuid import UUID

import msgspec
import psycopg
from psycopg.errors import ExclusionViolation, UniqueViolation

from visitsync.storage.database import Database, Transaction
from visitsync.storage.practice_settings import Author, note_change

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

WIDEST = {4: 8, 6: 16}
"""A registration for more of the internet than this (prefix length, by IP version) is a mistake."""
ALARM_AFTER = 3
"""So many copies of one message within ALARM_WITHIN of our answer: the answer does not satisfy its sender."""
ALARM_WITHIN = timedelta(minutes=1)


class PeerRefused(ValueError):
    """This registration cannot be; the message says why."""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """One registered sender. Where it has both, its certificate and its network must both fit."""

    peer_id: UUID
    practice_id: UUID
    connection_id: UUID
    name: str
    network: Network | None = None
    port: int | None = None
    """The local port on which it counts; None: all."""
    certificate: str | None = None
    """PEM."""
    fingerprint: bytes | None = None
    """SHA-256 of the certificate (DER)."""
    added_at: datetime
    added_by: str

    def comes_from(self, address: Address, port: int) -> bool:
        """Whether it may come from there, on that local port."""
        return (self.network is None or address in self.network) and self.port in (None, port)


class PeerTraffic(msgspec.Struct, frozen=True, kw_only=True):
    """What one sender has sent so far. Times are aware, UTC."""

    peer_id: UUID
    messages: int = 0
    resent: int = 0
    refused: int = 0
    last_message_at: datetime | None = None
    last_refused_at: datetime | None = None
    last_alarm_at: datetime | None = None


def register(
    transaction: Transaction,
    connection_id: UUID,
    author: Author,
    *,
    name: str,
    network: Network | None = None,
    port: int | None = None,
    certificate: str | None = None,
) -> UUID:
    """Lets a sender in, for this connection only. Raises PeerRefused, also where another registration fits it too."""
    if network is not None:
        _refuse_too_wide(network)
    fingerprint = fingerprint_of(certificate) if certificate is not None else None
    if network is None and fingerprint is None:
        raise PeerRefused("A sender is recognised by its network, by its certificate, or by both; give one.")
    ports = f"[{port},{port + 1})" if port is not None else "[1,65536)"
    try:
        row = transaction.execute(
            """insert into peer (tenant_id, connection_id, name, network, ports, certificate, fingerprint,
                                 added_at, added_by)
               values (%s, %s, %s, %s, %s::int4range, %s, %s, %s, %s) returning peer_id""",
            (transaction.practice_id, connection_id, name, network, ports, certificate, fingerprint,
             author.now, author.name),
        ).fetchone()  # fmt: skip
    except (ExclusionViolation, UniqueViolation):
        # Not whose: that would tell one practice of another.
        raise PeerRefused(
            "A registration that is there already fits this sender as well. One sender belongs to one connection: name "
            "a smaller network, a port of its own (--port), or its certificate (--certificate)."
        ) from None
    except psycopg.errors.ForeignKeyViolation:
        raise PeerRefused("There is no such connection.") from None
    assert row is not None  # noqa: S101  # an insert returns its row
    note_change(transaction, author, "peer add", after=f"{name} ({_described(network, port, fingerprint)})")
    return UUID(str(row[0]))


def remove(transaction: Transaction, author: Author, peer_id: UUID) -> None:
    """From the next moment on this sender is a stranger. Raises LookupError where the practice has no such peer."""
    row = transaction.execute(
        "delete from peer where tenant_id = %s and peer_id = %s returning name", (transaction.practice_id, peer_id)
    ).fetchone()
    if row is None:
        raise LookupError(str(peer_id))
    note_change(transaction, author, "peer remove", before=str(row[0]))


def of_practice(transaction: Transaction, connection_id: UUID | None = None) -> list[Peer]:
    """The practice's peers, of one connection or of all."""
    rows = transaction.execute(
        f"{_SELECT} where tenant_id = %s and (%s::uuid is null or connection_id = %s) order by added_at, peer_id",
        (transaction.practice_id, connection_id, connection_id),
    ).fetchall()
    return [_peer(row) for row in rows]


def everybody(database: Database) -> list[Peer]:
    """All peers of all practices, for the listener that must tell them apart."""
    with database.shared() as connection:
        rows = connection.execute(f"{_SELECT} order by added_at, peer_id".encode()).fetchall()
    return [_peer(row) for row in rows]


def fingerprint_of(certificate: str) -> bytes:
    """SHA-256 of a certificate in PEM. Raises PeerRefused."""
    try:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.strip())).digest()
    except ValueError:
        raise PeerRefused("That is no certificate in PEM (-----BEGIN CERTIFICATE-----).") from None


def heard(
    transaction: Transaction,
    connection_id: UUID,
    peer_id: UUID,
    *,
    now: datetime,
    is_resent: bool = False,
    is_refused: bool = False,
) -> None:
    """Counts one message of a peer."""
    transaction.execute(
        """insert into peer_traffic (practice_id, connection_id, peer_id, messages, resent, refused, last_message_at,
                                     last_refused_at)
           values (%(practice)s, %(connection)s, %(peer)s, 1, %(resent)s, %(refused)s, %(now)s, %(refused_at)s)
           on conflict (practice_id, connection_id, peer_id) do update
           set messages = peer_traffic.messages + 1, resent = peer_traffic.resent + excluded.resent,
               refused = peer_traffic.refused + excluded.refused, last_message_at = excluded.last_message_at,
               last_refused_at = coalesce(excluded.last_refused_at, peer_traffic.last_refused_at)""",
        {
            "practice": transaction.practice_id,
            "connection": connection_id,
            "peer": peer_id,
            "resent": int(is_resent),
            "refused": int(is_refused),
            "now": now,
            "refused_at": now if is_refused else None,
        },
    )


def note_alarm(transaction: Transaction, connection_id: UUID, peer_id: UUID, *, now: datetime) -> None:
    """The same message comes again and again: our answers do not reach this peer, or do not satisfy it."""
    transaction.execute(
        """update peer_traffic set last_alarm_at = %s
           where practice_id = %s and connection_id = %s and peer_id = %s""",
        (now, transaction.practice_id, connection_id, peer_id),
    )


def traffic(transaction: Transaction, connection_id: UUID) -> list[PeerTraffic]:
    """What each peer of a connection has sent, those that are no longer registered included."""
    rows = transaction.execute(
        """select peer_id, messages, resent, refused, last_message_at, last_refused_at, last_alarm_at
           from peer_traffic where practice_id = %s and connection_id = %s order by last_message_at desc nulls last""",
        (transaction.practice_id, connection_id),
    ).fetchall()
    return [PeerTraffic(**dict(zip(PeerTraffic.__struct_fields__, row, strict=True))) for row in rows]


def network_of(text: str) -> Network:
    """A network or a single address as text. Raises PeerRefused."""
    try:
        return ip_network(text.strip())
    except ValueError:
        raise PeerRefused(f"{text!r} is no network; write it like 203.0.113.7 or 203.0.113.0/28.") from None


def address_of(text: str) -> Address:
    """The address of a sender as the system gives it; an IPv4 one may come in the clothes of IPv6."""
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _refuse_too_wide(network: Network) -> None:
    if network.prefixlen < WIDEST[network.version]:
        raise PeerRefused(f"{network} is far too wide: name the addresses that this sender really has.")


def _described(network: Network | None, port: int | None, fingerprint: bytes | None) -> str:
    parts = [
        f"network {network}" if network is not None else "",
        f"port {port}" if port is not None else "",
        f"certificate {fingerprint.hex()[:16]}…" if fingerprint is not None else "",
    ]
    return ", ".join(filter(None, parts))


_SELECT = """select peer_id, tenant_id, connection_id, name, network, lower(ports), upper(ports), certificate,
                    fingerprint, added_at, added_by from peer"""


def _peer(row: Sequence[object]) -> Peer:
    peer_id, practice_id, connection_id, name, network, first, beyond, certificate, fingerprint, at, by = row
    return Peer(
        peer_id=UUID(str(peer_id)),
        practice_id=UUID(str(practice_id)),
        connection_id=UUID(str(connection_id)),
        name=str(name),
        network=None if network is None else ip_network(str(network)),
        port=first if isinstance(first, int) and beyond == first + 1 else None,
        certificate=None if certificate is None else str(certificate),
        fingerprint=fingerprint if isinstance(fingerprint, bytes) else None,
        added_at=at,  # type: ignore[arg-type]  # timestamptz
        added_by=str(by),
    )
