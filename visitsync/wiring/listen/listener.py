"""Listens on its ports, lets in whom it knows, and gives every connection a thread; ends without breaking a message."""

import socket
import ssl
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from select import POLLIN, POLLOUT, poll, select
from typing import Any
from uuid import UUID

import msgspec
import structlog

from visitsync.storage.peers import Address, Peer, address_of
from visitsync.sync.door import Door, Resends
from visitsync.wiring.listen.conversation import Conversation
from visitsync.wiring.listen.limits import Limits
from visitsync.wiring.listen.register import LOOKS_EVERY_SECONDS, Register, Trust

GRACE_SECONDS = 20.0
"""So long may messages under way take when we are asked to end."""
SAYS_AGAIN_AFTER_SECONDS = 600.0
"""Of a stranger who knocks again and again the log tells this often."""
MOST_STRANGERS = 1_000

log = structlog.get_logger()


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An address to listen at."""

    host: str
    port: int
    is_tls: bool = False


class Listener:
    """Opens its ports at once (raises OSError); `run` serves them."""

    def __init__(
        self, places: Sequence[Place], *, door: Door, register: Register, trust: Trust | None, limits: Limits
    ) -> None:
        self._door = door
        self._register = register
        self._trust = trust
        self._limits = limits
        self._crowd = Crowd(limits)
        self._resends: dict[UUID, Resends] = {}
        self._strangers: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._stopping = threading.Event()
        self._sockets: dict[socket.socket, Place] = {}
        try:
            for place in places:
                self._sockets[_listening(place)] = place
        except OSError:
            self._close()
            raise
        self.ports = tuple(opened.getsockname()[1] for opened in self._sockets)
        """In the order of the places; where 0 was asked for, what the system gave."""

    def run(self, *, ends: Callable[[], bool]) -> None:
        """Until told to end; then takes no more, and waits for the messages under way."""
        self._register.refresh()
        looking = threading.Thread(target=self._look_again, name="register", daemon=True)
        looking.start()
        try:
            while not ends():
                readable, _, _ = select(list(self._sockets), [], [], 0.2)
                for opened in readable:
                    self._accept(opened, self._sockets[opened])
        finally:
            self._close()
            self._stopping.set()
            self._crowd.wait_until_empty(GRACE_SECONDS)
            looking.join(GRACE_SECONDS)
            self._register.leave()

    def _look_again(self) -> None:
        """In a thread of its own: a database that is gone must not keep the door shut."""
        while not self._stopping.wait(LOOKS_EVERY_SECONDS):
            self._register.refresh()

    def _accept(self, opened: socket.socket, place: Place) -> None:
        try:
            connection, origin = opened.accept()
        except OSError as error:  # it has left again, or we have no handle left for it
            log.warning("a connection could not be taken", exc_info=error)
            return
        address, port = address_of(origin[0]), opened.getsockname()[1]
        if place.is_tls:
            self._crowd.start(connection, self._shake_hands, connection, address, port)
            return
        peer = self._register.by_address(address, port)
        if peer is None:
            connection.close()
            self._tell_of_stranger(address, port, "not registered")
            return
        _keep_alive(connection)
        self._crowd.start(connection, self._converse, connection, peer)

    def _shake_hands(self, connection: socket.socket, address: Address, port: int) -> None:
        with self._crowd.among_strangers(str(address)) as is_welcome:
            if not is_welcome or self._trust is None:
                self._tell_of_stranger(address, port, "too many at once")
                return
            try:
                _keep_alive(connection)
                secured = _secured(connection, self._trust.context(), self._limits.handshake_seconds)
            except (OSError, ValueError) as error:
                self._tell_of_stranger(address, port, f"no handshake: {_in_a_word(error)}")
                return
        with secured:
            certificate = secured.getpeercert(binary_form=True)
            peer = (
                self._register.by_certificate(certificate, address, port)
                if certificate
                else self._register.by_address(address, port)
            )
            if peer is None:
                self._tell_of_stranger(address, port, "not registered")
                return
            self._converse(secured, peer)

    def _converse(self, connection: socket.socket, peer: Peer) -> None:
        with self._crowd.of(peer) as is_welcome:
            if not is_welcome:
                log.warning("a peer has too many connections", peer=str(peer.peer_id), practice=str(peer.practice_id))
                return
            Conversation(
                connection,
                peer,
                the_door=self._door,
                sender_of=self._register.sender,
                resends=self._resends.setdefault(peer.peer_id, Resends()),
                limits=self._limits,
                may_go_on=lambda: not self._stopping.is_set() and self._register.is_registered(peer),
                may_hold=self._crowd.may_hold,
            ).run()

    def _tell_of_stranger(self, address: Address, port: int, why: str) -> None:
        """Once in a while: whoever knocks all day must not fill the log."""
        key, now = (str(address), why), time.monotonic()
        if now - self._strangers.get(key, float("-inf")) < SAYS_AGAIN_AFTER_SECONDS:
            return
        self._strangers[key] = now
        while len(self._strangers) > MOST_STRANGERS:
            with suppress(KeyError):
                self._strangers.popitem(last=False)
        log.warning("a stranger was sent away", host=str(address), port=port, trouble=why)

    def _close(self) -> None:
        for opened in self._sockets:
            opened.close()


class Crowd:
    """Counts who is in, so that limits hold; every connection has its thread."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Condition()
        self._threads = 0
        self._strangers: Counter[str] = Counter()
        self._peers: Counter[UUID] = Counter()
        self._held = 0

    def start(self, connection: socket.socket, work: Callable[..., None], *arguments: Any) -> None:
        """Does the work in a thread and closes the connection after it; closes it at once where there are too many."""
        with self._lock:
            is_full = self._threads >= self._limits.connections
            self._threads += not is_full
        if is_full:
            connection.close()
            log.warning("too many connections", count=self._limits.connections)
            return
        threading.Thread(target=self._do, args=(connection, work, arguments), name="peer", daemon=True).start()

    def wait_until_empty(self, seconds: float) -> None:
        """At most so long."""
        with self._lock:
            self._lock.wait_for(lambda: self._threads == 0, timeout=seconds)

    @contextmanager
    def among_strangers(self, address: str) -> Iterator[bool]:
        """Whether one more whom nobody knows yet may try from there; counted while the block runs."""
        limits = self._limits
        with self._lock:
            is_welcome = (
                self._strangers.total() < limits.handshakes and self._strangers[address] < limits.handshakes_per_address
            )
            self._strangers[address] += 1
        try:
            yield is_welcome
        finally:
            with self._lock:
                self._strangers[address] -= 1
                self._strangers += Counter()  # forgets those at zero

    @contextmanager
    def of(self, peer: Peer) -> Iterator[bool]:
        """Whether this peer may have one more connection; counted while the block runs."""
        with self._lock:
            is_welcome = self._peers[peer.peer_id] < self._limits.per_peer
            self._peers[peer.peer_id] += 1
        try:
            yield is_welcome
        finally:
            with self._lock:
                self._peers[peer.peer_id] -= 1

    def may_hold(self, more: int) -> bool:
        """Counts so many bytes more (or fewer) of messages that have not ended; whether that is still within bounds."""
        with self._lock:
            self._held += more
            return self._held <= self._limits.held_bytes

    def _do(self, connection: socket.socket, work: Callable[..., None], arguments: Sequence[Any]) -> None:
        try:
            with connection:
                work(*arguments)
        except Exception as error:  # one peer's trouble must not be silent, nor anybody else's
            log.exception("a connection ended by a mistake of ours", exc_info=error)
        finally:
            with self._lock:
                self._threads -= 1
                self._lock.notify_all()


def _listening(place: Place) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    dual = family == socket.AF_INET6 and place.host == "::"
    opened = socket.create_server((place.host, place.port), family=family, backlog=256, dualstack_ipv6=dual)
    opened.setblocking(False)
    return opened


def _keep_alive(connection: socket.socket) -> None:
    """A peer whose machine has vanished is noticed within two minutes, however long it was silent."""
    connection.setblocking(True)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4), ("TCP_NODELAY", 1)):
        if hasattr(socket, option):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def _secured(connection: socket.socket, context: ssl.SSLContext, seconds: float) -> ssl.SSLSocket:
    """The connection after the whole handshake took no longer than that. Raises OSError."""
    until = time.monotonic() + seconds
    connection.setblocking(False)
    secured = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
    waits = poll()
    while True:
        try:
            secured.do_handshake()
        except ssl.SSLWantReadError:
            waits.register(secured, POLLIN)
        except ssl.SSLWantWriteError:
            waits.register(secured, POLLOUT)
        except OSError:
            secured.close()
            raise
        else:
            secured.setblocking(True)
            return secured
        if not waits.poll(max(0.0, until - time.monotonic()) * 1000):
            secured.close()
            raise TimeoutError


def _in_a_word(error: Exception) -> str:
    return (error.reason or "TLS") if isinstance(error, ssl.SSLError) else type(error).__name__
