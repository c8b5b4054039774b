"""How an EMR that pushes to us fares: its senders, what they sent last, and what waits."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from visitsync.domain.practice import PracticeContext
from visitsync.rules.silence import is_too_quiet
from visitsync.storage import intake, peers
from visitsync.storage.database import Transaction
from visitsync.storage.peers import Peer, PeerTraffic
from visitsync.storage.practices import StoredConnection
from visitsync.wiring.cli.printing import say

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

    @property
    def alarm(self) -> str:
        """Which peers are not satisfied with our answers."""
        return ", ".join(one.name for one in self.peers if one.is_resending)


class Late(msgspec.Struct, frozen=True):
    """What takes longer than is normal, and what to do then."""

    what: str
    then: str


_IS_WORKER_RUNNING = "Is a worker running? `visitsync work` starts one."


def what_takes_long(push: PushHealth | None, since: datetime, context: PracticeContext, now: datetime) -> Late | None:
    """What takes longer than is normal, if anything does."""
    abnormal = timedelta(minutes=context.connection.abnormal_minutes)
    if push is None:
        is_late = now - since > abnormal
        return (
            Late("It has not been read completely for longer than is normal.", _IS_WORKER_RUNNING) if is_late else None
        )
    if not push.peers:
        return Late("Nobody is registered who may push to it.", "`visitsync peer add` registers a sender.")
    if push.waiting_since is not None and now - push.waiting_since > abnormal:
        return Late("Messages wait to be taken in for longer than is normal.", _IS_WORKER_RUNNING)
    if push.alarm:
        what = f"{push.alarm} sends messages again and again although they were acknowledged."
        return Late(
            what, "Set ack_mode to what the sender expects: `visitsync connect EMR --setting ack_mode=enhanced`."
        )
    if is_too_quiet(since, now, context):
        what = "No message has come for longer than is normal while the practice works."
        return Late(what, "Is `visitsync listen` running, and does the EMR's interface send? Its queue tells.")
    return None


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
    )


def tell_of_push(push: PushHealth, at: Callable[[datetime | None], str]) -> None:
    """Prints it; `at` puts an instant in words."""
    waiting = f", {push.waiting} waiting to be taken in" if push.waiting else ""
    say(f"  last message {at(push.last_message_at)}{waiting}")
    for one in push.peers:
        say(f"  peer {one.name}: {one.messages} messages, {one.resent} sent again, {one.refused} refused, "
            f"last {at(one.last_message_at)}")  # fmt: skip


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
