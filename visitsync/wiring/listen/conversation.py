"""One connection of one peer: messages come, each is kept, and only then acknowledged, one after the other."""

import socket
import time
from collections.abc import Callable
from uuid import uuid4

import structlog

from visitsync.connector_kit.mllp import Broken, Decoder, Event, Frame, TooLarge, framed
from visitsync.storage.database import StorageUnavailable
from visitsync.storage.peers import Peer
from visitsync.sync import door
from visitsync.sync.door import Door, Resends, Sender
from visitsync.wiring.listen.limits import Limits

READ_BYTES = 64 * 1024
TICK_SECONDS = 1.0
"""So often a silent connection looks whether it may go on."""

log = structlog.get_logger()


class HangUp(Exception):
    """This connection ends here; the message says why, for the log."""


class Conversation:
    """Runs in a thread of its own; whatever a peer does harms nobody else's."""

    def __init__(
        self,
        connection: socket.socket,
        peer: Peer,
        *,
        the_door: Door,
        sender_of: Callable[[Peer], Sender | None],
        resends: Resends,
        limits: Limits,
        may_go_on: Callable[[], bool],
        may_hold: Callable[[int], bool],
    ) -> None:
        """`may_go_on` ends it between two messages; `may_hold` says whether so many more bytes (or fewer) are fine."""
        self._connection = connection
        self._peer = peer
        self._door = the_door
        self._sender_of = sender_of
        self._resends = resends
        self._limits = limits
        self._may_go_on = may_go_on
        self._may_hold = may_hold
        self._decoder = Decoder(largest=limits.largest_message)
        self._began_at = self._heard_at = time.monotonic()
        self._message_began_at: float | None = None
        self._messages = 0
        self._held = 0

    def run(self) -> None:
        """Until the peer leaves, is sent away, or something goes wrong. Raises nothing."""
        ids = {"peer": str(self._peer.peer_id), "connection": str(self._peer.connection_id)}
        log.info("peer connected", **ids, practice=str(self._peer.practice_id))
        reason = "peer left"
        try:
            while self._may_go_on():
                if not self._one_read():
                    break
            else:
                reason = "stopped, or no longer registered"
        except HangUp as why:
            reason = str(why)
        except OSError as error:
            reason = f"connection broke ({type(error).__name__})"
        finally:
            self._hold(0)
            log.info("peer disconnected", **ids, trouble=reason, count=self._messages)

    def _one_read(self) -> bool:
        """Reads what has come and answers what is whole; False where the peer has ended the connection."""
        decoder = self._decoder
        self._connection.settimeout(self._limits.settle_seconds if decoder.awaits_return else TICK_SECONDS)
        try:
            data = self._connection.recv(READ_BYTES)
        except TimeoutError:
            self._answer_all(decoder.settle())
            self._refuse_to_wait()
            return True
        if not data:
            # It may have said all and be waiting for our answer with its own half closed.
            self._answer_all(decoder.settle())
            return False
        self._heard_at = time.monotonic()
        self._answer_all(decoder.feed(data))
        self._hold(decoder.held_bytes)
        self._refuse_to_wait()
        return True

    def _refuse_to_wait(self) -> None:
        """Raises HangUp where the peer is too slow, too silent, or speaks something else."""
        now, limits, decoder = time.monotonic(), self._limits, self._decoder
        if not decoder.is_inside:
            self._message_began_at = None
        elif self._message_began_at is None:
            self._message_began_at = now
        elif now - self._message_began_at > limits.message_seconds:
            raise HangUp("a message took too long to come")
        if now - self._heard_at > limits.idle_seconds:
            raise HangUp("idle for too long")
        is_stranger = self._messages == 0 and decoder.stray_bytes > 0 and not decoder.is_inside
        if decoder.stray_bytes > limits.stray_bytes or (
            is_stranger and now - self._began_at > limits.wrong_protocol_seconds
        ):
            raise HangUp("what it sends is no MLLP")

    def _answer_all(self, events: list[Event]) -> None:
        for event in events:
            self._messages += 1
            match event:
                case Frame():
                    self._answer(event.body)
                case TooLarge():
                    self._refuse_too_large(event)
                case Broken():
                    log.warning("a message was broken off", bytes=event.byte_count, **self._ids())
            self._message_began_at = None

    def _answer(self, body: bytes) -> None:
        sender = self._sender()
        try:
            received = door.receive(self._door, sender, body, answer_id=_answer_id())
        except StorageUnavailable as error:
            log.warning("a message could not be kept", exc_info=error, **self._ids())
            self._say_busy(sender, body)
            return
        if received.refusal:
            log.warning("a message was refused", trouble=received.refusal, bytes=len(body), **self._ids())
        self._send(received.answer)
        if self._resends.is_alarming(received, self._door.clock()):
            self._raise_alarm(sender)

    def _say_busy(self, sender: Sender, body: bytes) -> None:
        answer = door.busy(self._door, sender, body, answer_id=_answer_id())
        if answer is None:
            raise HangUp("nothing can be kept just now")
        self._send(answer)

    def _refuse_too_large(self, event: TooLarge) -> None:
        log.warning("a message is too large", bytes=event.byte_count, **self._ids())
        try:
            answer = door.refuse_too_large(
                self._door, self._sender(), event.head, event.byte_count, answer_id=_answer_id()
            )
        except StorageUnavailable as error:
            raise HangUp("nothing can be kept just now") from error
        if answer is None:
            raise HangUp("a message was too large")
        self._send(answer)

    def _raise_alarm(self, sender: Sender) -> None:
        log.error(
            "a message comes again and again although it was acknowledged: see the setting ack_mode", **self._ids()
        )
        try:
            door.note_alarm(self._door, sender)
        except StorageUnavailable as error:
            log.warning("the alarm could not be noted", exc_info=error, **self._ids())

    def _sender(self) -> Sender:
        try:
            sender = self._sender_of(self._peer)
        except StorageUnavailable as error:
            raise HangUp("nothing can be kept just now") from error
        if sender is None:
            raise HangUp("there is nothing that it could push to")
        return sender

    def _send(self, answer: bytes) -> None:
        if answer:
            self._connection.settimeout(self._limits.answer_seconds)
            self._connection.sendall(framed(answer))

    def _hold(self, held: int) -> None:
        if not self._may_hold(held - self._held) and held > self._held:
            self._may_hold(self._held - held)
            raise HangUp("too much is under way already")
        self._held = held

    def _ids(self) -> dict[str, str]:
        return {
            "peer": str(self._peer.peer_id),
            "connection": str(self._peer.connection_id),
            "practice": str(self._peer.practice_id),
        }


def _answer_id() -> str:
    """No longer than the 20 letters that HL7 2.3 allows for a message control id."""
    return uuid4().hex[:20]
