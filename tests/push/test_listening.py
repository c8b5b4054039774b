"""The listener over real sockets: who gets in, what is answered when, and that nobody harms anybody else."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.push import pretend
from tests.push.conftest import NOW, Pushed
from tests.push.pretend import booking, message
from tests.push.senders import HOST, Certificate, Engine, Listening, certificate, listening, shows
from visitsync.storage import peers
from visitsync.storage.database import Database
from visitsync.storage.peers import PeerRefused
from visitsync.storage.practice_settings import Author
from visitsync.storage.practices import add_practice
from visitsync.storage.vault import Vault
from visitsync.wiring.listen.limits import Limits
from visitsync.wiring.listen.register import Identity

ADMIN = Author("the practice's admin", NOW)
Listens = Callable[..., Listening]


@pytest.fixture
def other(database: Database, vault: Vault) -> Pushed:
    """Another practice with a connection of its own."""
    practice_id = add_practice(database, slug="harbor", name="Harbor", zone=pretend.ZONE).practice_id
    return Pushed(database, vault, practice_id, pretend.MANIFEST)


@pytest.fixture
def listens(pushed: Pushed, tmp_path: Path) -> Iterator[Listens]:
    """Starts a listener of the pretend EMR's messages."""
    with ExitStack() as stack:

        def start(*, limits: Limits | None = None, identity: Identity | None = None) -> Listening:
            opened = listening(
                pushed.database, pushed.vault, tmp_path,
                limits=limits, identity=identity, clock=pushed.clock, receiver=pretend.Receiver(),
            )  # fmt: skip
            return stack.enter_context(opened)

        yield start


def let_in(practice: Pushed, *, network: str | None = f"{HOST}/32", **wishes: Any) -> UUID:
    with practice.database.practice(practice.practice_id) as transaction:
        return peers.register(
            transaction, practice.connection_id, ADMIN, name="sender",
            network=None if network is None else peers.network_of(network), **wishes,
        )  # fmt: skip


def until(happens: Callable[[], bool], *, seconds: float = 20) -> None:
    """Waits for it."""
    ends = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.1)


def is_let_in(port: int) -> bool:
    with Engine(port) as engine:
        return not engine.is_ended(0.3)


def kept(practice: Pushed) -> int:
    return int(practice.query("select count(*) from intake")[0][0])


def a_message(**more: Any) -> bytes:
    return message(sent=NOW, appointments=[booking("a1", NOW + timedelta(days=1))], **more)


def test_a_message_is_answered_once_it_is_committed(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    with Engine(listens().port) as engine:
        assert (engine.send(a_message()) or b"").startswith(b"yes")
        assert kept(pushed) == 1
        assert pushed.query("select count(*) from intake where taken_in_at is null and sent_at = %(now)s", now=NOW) == [
            (1,)
        ]


def test_an_unknown_sender_is_sent_away_before_anything_is_read(pushed: Pushed, listens: Listens) -> None:
    with Engine(listens().port) as engine:
        assert engine.is_ended()
    assert kept(pushed) == 0


def test_the_peer_decides_the_practice_never_the_message(pushed: Pushed, other: Pushed, listens: Listens) -> None:
    ports = listens(), listens()
    let_in(pushed, port=ports[0].port)
    let_in(other, port=ports[1].port)
    until(lambda: all(is_let_in(ours.port) for ours in ports))
    for ours, practice in zip(ports, (pushed, other), strict=True):
        with Engine(ours.port) as engine:
            assert engine.send(a_message(practice=str(pushed.practice_id)))
        assert kept(practice) == 1


def test_a_registration_that_fits_another_practices_sender_is_refused(
    pushed: Pushed, other: Pushed, tmp_path: Path
) -> None:
    let_in(pushed, network="203.0.113.0/28")
    for overlapping in ("203.0.113.7", "203.0.113.0/24", "203.0.113.0/28"):
        with pytest.raises(PeerRefused) as refused:
            let_in(other, network=overlapping)
        assert "harbor" not in str(refused.value)
        with pytest.raises(PeerRefused):
            let_in(other, network=overlapping, port=2575)
    let_in(other, network="203.0.113.16/28")
    let_in(pushed, network="198.51.100.7", port=2575)
    let_in(other, network="198.51.100.7", port=2576)
    theirs = certificate(tmp_path, "engine").pem
    let_in(pushed, network=None, certificate=theirs)
    with pytest.raises(PeerRefused):
        let_in(other, network=None, certificate=theirs)


@pytest.mark.parametrize("network", ["0.0.0.0/0", "10.0.0.0/7", "::/0", "everybody", "203.0.113.7/24"])
def test_a_network_that_lets_in_anybody_or_makes_no_sense_is_refused(pushed: Pushed, network: str) -> None:
    with pytest.raises(PeerRefused):
        let_in(pushed, network=network)


def test_registrations_are_noted_and_only_their_own_practice_removes_them(pushed: Pushed, other: Pushed) -> None:
    peer_id = let_in(pushed)
    with pytest.raises(LookupError), other.database.practice(other.practice_id) as transaction:
        peers.remove(transaction, ADMIN, peer_id)
    with pushed.database.practice(pushed.practice_id) as transaction:
        peers.remove(transaction, ADMIN, peer_id)
    changes = pushed.query("select what from setting_change where what like 'peer%%' order by change_id")
    assert changes[-2:] == [("peer add",), ("peer remove",)]


def test_a_peer_that_is_removed_is_sent_away(pushed: Pushed, listens: Listens) -> None:
    peer_id = let_in(pushed)
    with Engine(listens().port) as engine:
        assert engine.send(a_message())
        with pushed.database.practice(pushed.practice_id) as transaction:
            peers.remove(transaction, ADMIN, peer_id)
        assert engine.is_ended()


def test_messages_cut_in_pieces_and_several_at_once_are_answered_in_order(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    bodies = [a_message() for _ in range(3)]
    stream = b"".join(b"\x0b" + body + b"\x1c\r\r\n" for body in bodies)
    with Engine(listens().port) as engine:
        for begin in range(0, len(stream), 37):
            engine.say(stream[begin : begin + 37])
        answers = [engine.answer() for _ in bodies]
    numbers = [body.split(b",")[0].split(b":")[1] for body in bodies]
    assert answers == [b"yes " + number for number in numbers]


def test_a_reconnect_in_the_midst_of_a_message_keeps_only_the_whole_one(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    ours, body = listens(), a_message()
    with Engine(ours.port) as engine:
        engine.say(b"\x0b" + body[: len(body) // 2])
    with Engine(ours.port) as engine:
        assert engine.send(body)
        assert engine.send(body)
    assert kept(pushed) == 1


def test_a_new_start_drops_the_half_message_before_it(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    with Engine(listens().port) as engine:
        engine.say(b"\x0b" + a_message()[:20])
        assert engine.send(a_message())
    assert kept(pushed) == 1


def test_an_end_without_its_last_byte_is_answered_after_a_moment(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    with Engine(listens().port) as engine:
        engine.say(b"\x0b" + a_message() + b"\x1c")
        assert engine.answer()
        engine.say(b"\x0b" + a_message() + b"\x1c")
        engine.socket.shutdown(socket.SHUT_WR)
        assert engine.answer()
    assert kept(pushed) == 2


def test_nonsense_is_refused_and_set_aside_and_the_connection_goes_on(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    with Engine(listens().port) as engine:
        assert engine.send(b"\x00\xff no JSON") == b"no"
        assert (engine.send(a_message()) or b"").startswith(b"yes")
    assert [kind for kind, _ in pushed.quarantined()] == ["message"]


def test_a_message_that_is_too_large_is_refused_without_harm(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    with Engine(listens(limits=Limits(largest_message=10_000)).port) as engine:
        assert engine.send(b"x" * 3_000_000) == b"no"
        assert (engine.send(a_message()) or b"").startswith(b"yes")
    assert kept(pushed) == 1
    assert [kind for kind, _ in pushed.quarantined()] == ["message"]


def test_whoever_is_too_slow_or_speaks_something_else_is_sent_away_and_others_are_served(
    pushed: Pushed, listens: Listens
) -> None:
    let_in(pushed)
    limits = Limits(message_seconds=1.0, wrong_protocol_seconds=1.0, stray_bytes=5_000, connections=60, per_peer=60)
    ours = listens(limits=limits)
    with ExitStack() as stack:
        engines = [stack.enter_context(Engine(ours.port)) for _ in range(30)]
        for number, engine in enumerate(engines):
            engine.say((b"\x0b slow", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01 a TLS hello")[number % 3])
        with Engine(ours.port) as good:
            assert (good.send(a_message()) or b"").startswith(b"yes")
            assert all(engine.is_ended() for engine in engines)
            assert (good.send(a_message()) or b"").startswith(b"yes")
    with Engine(ours.port) as flood, suppress(OSError):
        for _ in range(2_000):
            flood.say(b"z" * 5_000)
        pytest.fail("it was allowed to go on")


def test_a_peer_that_says_nothing_for_long_may_stay(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    limits = Limits(message_seconds=0.5, wrong_protocol_seconds=0.5)
    with Engine(listens(limits=limits).port) as engine:
        assert not engine.is_ended(2.5)
        engine.socket.settimeout(10)
        assert engine.send(a_message())


def test_more_connections_than_a_peer_may_have_are_closed(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    ours = listens(limits=Limits(per_peer=3, connections=10))
    with ExitStack() as stack:
        engines = [stack.enter_context(Engine(ours.port)) for _ in range(3)]
        assert all(engine.send(a_message()) for engine in engines)
        assert stack.enter_context(Engine(ours.port)).is_ended()
        assert all(engine.send(a_message()) for engine in engines)


def test_what_all_unfinished_messages_hold_together_is_bounded(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    ours = listens(limits=Limits(held_bytes=1_000_000))
    with ExitStack() as stack:
        engines = [stack.enter_context(Engine(ours.port)) for _ in range(3)]
        for engine in engines[:2]:
            engine.say(b"\x0b" + b"x" * 480_000)
        time.sleep(0.5)
        with suppress(OSError):
            engines[2].say(b"\x0b" + b"x" * 480_000)
        assert engines[2].is_ended()
        with Engine(ours.port) as good:
            assert good.send(a_message())


def test_resends_after_our_answer_raise_an_alarm(pushed: Pushed, listens: Listens) -> None:
    let_in(pushed)
    body = a_message()
    with Engine(listens().port) as engine:
        for _ in range(3):
            assert engine.send(body)
        assert pushed.query("select count(*) from peer_traffic where last_alarm_at is not null") == [(0,)]
        assert engine.send(body)
        assert engine.send(a_message())
    assert pushed.query("select count(*) from peer_traffic where last_alarm_at is not null") == [(1,)]
    assert kept(pushed) == 2


def test_asked_to_end_it_lets_go_of_everybody_and_takes_no_other(pushed: Pushed, tmp_path: Path) -> None:
    let_in(pushed)
    with ExitStack() as engines:
        with listening(
            pushed.database, pushed.vault, tmp_path, clock=pushed.clock, receiver=pretend.Receiver()
        ) as ours:
            engine, half = (engines.enter_context(Engine(ours.port)) for _ in range(2))
            half.say(b"\x0b half a message")
            assert engine.send(a_message())
        assert engine.is_ended()
        assert half.is_ended()
        with pytest.raises(ConnectionRefusedError):
            Engine(ours.port)


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    ours = certificate(tmp_path, "listener")
    return Identity(certificate=ours.file, key=ours.key)


def test_the_certificate_of_a_sender_decides_the_practice(
    pushed: Pushed, other: Pushed, listens: Listens, identity: Identity, tmp_path: Path
) -> None:
    ours = Certificate(identity.certificate, identity.key)
    theirs, others, strangers = (certificate(tmp_path, name) for name in ("theirs", "others", "strangers"))
    let_in(pushed, network=None, certificate=theirs.pem)
    let_in(other, network=None, certificate=others.pem)
    port = listens(identity=identity).tls_port
    for shown, practice in ((theirs, pushed), (others, other)):
        with Engine(port, context=shows(shown, trusts=ours)) as engine:
            assert (engine.send(a_message()) or b"").startswith(b"yes")
        assert kept(practice) == 1
    assert is_turned_away(port, shows(strangers, trusts=ours))
    assert is_turned_away(port, shows(None, trusts=ours))
    assert is_turned_away(port, None)
    with Engine(port, context=shows(theirs, trusts=ours)) as engine:
        assert engine.send(a_message())
    assert (kept(pushed), kept(other)) == (2, 1)


def is_turned_away(port: int, context: ssl.SSLContext | None) -> bool:
    try:
        with Engine(port, context=context) as engine:
            return engine.send(a_message()) is None
    except OSError:
        return True


def test_a_certificate_counts_only_from_the_network_it_was_registered_with(
    pushed: Pushed, listens: Listens, identity: Identity, tmp_path: Path
) -> None:
    theirs = certificate(tmp_path, "theirs")
    let_in(pushed, network="203.0.113.7", certificate=theirs.pem)
    port = listens(identity=identity).tls_port
    assert is_turned_away(port, shows(theirs, trusts=Certificate(identity.certificate, identity.key)))


def test_a_sender_known_by_its_network_may_use_tls_without_a_certificate_unless_that_is_required(
    pushed: Pushed, listens: Listens, identity: Identity
) -> None:
    let_in(pushed)
    ours = Certificate(identity.certificate, identity.key)
    with Engine(listens(identity=identity).tls_port, context=shows(None, trusts=ours)) as engine:
        assert engine.send(a_message())
    strict = Identity(certificate=ours.file, key=ours.key, requires_certificate=True)
    assert is_turned_away(listens(identity=strict).tls_port, shows(None, trusts=ours))


def test_tls_older_than_one_two_is_refused(pushed: Pushed, listens: Listens, identity: Identity) -> None:
    let_in(pushed)
    context = shows(None, trusts=Certificate(identity.certificate, identity.key))
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    with Engine(listens(identity=identity).tls_port, context=context) as engine:
        assert engine.send(a_message())
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    assert is_turned_away(listens(identity=identity).tls_port, context)


def test_a_handshake_that_never_ends_is_ended(pushed: Pushed, listens: Listens, identity: Identity) -> None:
    let_in(pushed)
    port = listens(identity=identity, limits=Limits(handshake_seconds=0.5)).tls_port
    with Engine(port) as silent, Engine(port) as slow:
        slow.say(b"\x16\x03\x01")
        assert silent.is_ended()
        assert slow.is_ended()


def test_a_new_certificate_of_ours_and_a_new_peer_need_no_restart(
    pushed: Pushed, listens: Listens, identity: Identity, tmp_path: Path
) -> None:
    port = listens(identity=identity).tls_port
    theirs, ours = certificate(tmp_path, "theirs"), certificate(tmp_path, "listener")
    let_in(pushed, network=None, certificate=theirs.pem)
    until(lambda: not is_turned_away(port, shows(theirs, trusts=ours)))
