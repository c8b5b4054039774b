"""The door for pushed messages: kept and committed before they are acknowledged, and taken in by a job of their own."""

import hashlib
import re
import threading
from datetime import datetime
from uuid import UUID

import msgspec

from visitsync.connector_kit.connector import Clock, ConnectionConfig, Receiver, Reception
from visitsync.storage import intake, peers, quarantine, sync_runs
from visitsync.storage.database import Database, Transaction
from visitsync.storage.practice_context import HEARD
from visitsync.storage.vault import Vault
from visitsync.sync.jobs import take_messages_now
from visitsync.sync.messages import SET_ASIDE

SOURCE = "push"
MOST_REFUSED = 100
"""Refused messages that are kept per connection; whoever sends nonsense all day pushes out older nonsense only."""
LARGEST_REFUSED = 256 * 1024
"""So many bytes of a refused message are kept."""
_PLAIN_ID = re.compile(r"[!-~ ]{1,200}")


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """A registered peer, and the connection that it is for."""

    peer_id: UUID
    practice_id: UUID
    emr: str
    config: ConnectionConfig
    receiver: Receiver

    @property
    def connection_id(self) -> UUID:
        return UUID(self.config.connection_id)

    def __repr__(self) -> str:
        return f"Sender({self.peer_id})"


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """Where messages are kept."""

    database: Database
    vault: Vault
    clock: Clock


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message, once that is committed."""

    answer: bytes
    """What its sender is told; b"": nothing."""
    delivery_id: str | None
    is_resent: bool
    """It was kept before, and changes nothing."""
    refusal: str


def receive(door: Door, sender: Sender, body: bytes, *, answer_id: str) -> Received:
    """Keeps a message and the job that takes it in, in one transaction; the answer may be sent when this returns.

    Raises StorageUnavailable: then nothing is known to be kept, and the sender must send it again.
    """
    now = door.clock()
    reception = sender.receiver.receive(body, sender.config, now=now, answer_id=answer_id)
    delivery_id = _short(reception.delivery_id)
    with door.database.practice(sender.practice_id) as transaction:
        is_new = _keep(transaction, door.vault, sender, reception, delivery_id, now)
        if reception.refusal:
            _set_aside(transaction, door.vault, sender, reception.refusal, body, now)
        else:
            sync_runs.note_last(transaction, sender.connection_id, HEARD, at=now)
        peers.heard(
            transaction,
            sender.connection_id,
            sender.peer_id,
            now=now,
            is_resent=not is_new,
            is_refused=bool(reception.refusal),
        )
    return Received(answer=reception.answer, delivery_id=delivery_id, is_resent=not is_new, refusal=reception.refusal)


def refuse_too_large(door: Door, sender: Sender, head: bytes, byte_count: int, *, answer_id: str) -> bytes | None:
    """Keeps how an oversized message began, and says no to it in its own language; None: that language has no no.

    Raises StorageUnavailable.
    """
    now = door.clock()
    first_line = re.split(rb"[\r\n]", head, maxsplit=1)[0]
    reception = sender.receiver.receive(first_line, sender.config, now=now, answer_id=answer_id)
    with door.database.practice(sender.practice_id) as transaction:
        _set_aside(transaction, door.vault, sender, f"too large: {byte_count} bytes", head, now)
        peers.heard(transaction, sender.connection_id, sender.peer_id, now=now, is_refused=True)
    return reception.answer if reception.refusal and reception.answer else None


def busy(door: Door, sender: Sender, body: bytes, *, answer_id: str) -> bytes | None:
    """What to tell a sender whose message cannot be kept just now; None: hang up, so that it sends it again."""
    return sender.receiver.busy(body, sender.config, now=door.clock(), answer_id=answer_id)


def note_alarm(door: Door, sender: Sender) -> None:
    """A message comes again and again although it was acknowledged: health shows it."""
    with door.database.practice(sender.practice_id) as transaction:
        peers.note_alarm(transaction, sender.connection_id, sender.peer_id, now=door.clock())


def _keep(
    transaction: Transaction, vault: Vault, sender: Sender, reception: Reception, delivery_id: str | None, now: datetime
) -> bool:
    """False where it was kept before."""
    if reception.page is None:
        return True
    intake_id = intake.receive(
        transaction,
        vault,
        sender.connection_id,
        reception.page,
        source=SOURCE,
        run_id=None,
        now=now,
        delivery_id=delivery_id,
        sent_at=reception.sent_at or now,
    )
    if intake_id is None:
        return False
    take_messages_now(transaction.connection, sender.practice_id, sender.connection_id)
    return True


def _set_aside(transaction: Transaction, vault: Vault, sender: Sender, reason: str, body: bytes, now: datetime) -> None:
    """Refused messages are kept for whoever must find out why; the same one sent again only once."""
    quarantine.put(
        transaction,
        vault,
        sender.connection_id,
        kind=SET_ASIDE,
        record_key=hashlib.blake2b(body, digest_size=8).hexdigest(),
        reason=reason,
        raw=body[:LARGEST_REFUSED],
        intake_id=0,
        now=now,
    )
    quarantine.keep_latest(transaction, sender.connection_id, SET_ASIDE, at_most=MOST_REFUSED)


def _short(delivery_id: str | None) -> str | None:
    """Whatever a sender calls its message: short enough for an index, and nothing but plain letters."""
    if delivery_id is None or _PLAIN_ID.fullmatch(delivery_id):
        return delivery_id
    return hashlib.blake2b(delivery_id.encode("utf-8", "surrogatepass"), digest_size=24).hexdigest()


class Resends:
    """Notices that one message comes again and again although it was acknowledged, on whichever connection."""

    def __init__(self, *, most: int = 1_000) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._times: dict[str, list[datetime]] = {}

    def is_alarming(self, received: Received, now: datetime) -> bool:
        """Whether this is the third copy (or a later one) within a minute after our answer."""
        if received.delivery_id is None:
            return False
        with self._lock:
            times = [at for at in self._times.pop(received.delivery_id, []) if now - at <= peers.ALARM_WITHIN]
            if received.is_resent:
                times.append(now)
            if len(self._times) >= self._most:
                self._times.pop(next(iter(self._times)))
            self._times[received.delivery_id] = times
        return len(times) >= peers.ALARM_AFTER
