"""How an EMR that pushes to us fares: its senders, what they sent last, and what waits."""

from datetime import datetime, timedelta

import msgspec

from visitsync.storage import intake, listeners, peers
from visitsync.storage.database import Transaction
from visitsync.storage.peers import Peer, PeerTraffic
from visitsync.storage.practices import StoredConnection

ALARM_STANDS = timedelta(days=1)
"""So long an alarm about a sender that resends is shown."""


class PeerHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How much one registered sender has sent."""

    peer_id: str
    name: str
    messages: int
    resent: int
    refused: int
    last_message_at: datetime | None
    last_refused_at: datetime | None
    is_resending: bool
    """Within the last day it sent one message again and again although we had acknowledged it."""


class PushHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How an EMR that pushes to us fares. Times are aware, UTC."""

    last_message_at: datetime | None
    waiting: int
    """Messages kept and acknowledged, not yet taken in."""
    waiting_since: datetime | None
    peers: tuple[PeerHealth, ...]
    is_anybody_listening: bool
    """Whether a listening process of ours runs now."""

    @property
    def alarm(self) -> str:
        """Which peers are not satisfied with our answers."""
        return ", ".join(one.name for one in self.peers if one.is_resending)


def push_health(
    transaction: Transaction, one: StoredConnection, heard_at: datetime | None, now: datetime
) -> PushHealth:
    """Of one connection; `heard_at` is when it was last heard from."""
    waiting, since = intake.count_messages_waiting(transaction, one.connection_id)
    sent = {each.peer_id: each for each in peers.traffic(transaction, one.connection_id)}
    return PushHealth(
        last_message_at=heard_at,
        waiting=waiting,
        waiting_since=since,
        peers=tuple(
            _peer(each, sent.get(each.peer_id, PeerTraffic(peer_id=each.peer_id)), now)
            for each in peers.of_practice(transaction, one.connection_id)
        ),
        is_anybody_listening=listeners.is_anybody_listening(transaction),
    )


def _peer(one: Peer, sent: PeerTraffic, now: datetime) -> PeerHealth:
    return PeerHealth(
        peer_id=str(one.peer_id),
        name=one.name,
        messages=sent.messages,
        resent=sent.resent,
        refused=sent.refused,
        last_message_at=sent.last_message_at,
        last_refused_at=sent.last_refused_at,
        is_resending=sent.last_alarm_at is not None and now - sent.last_alarm_at < ALARM_STANDS,
    )
