"""The polite client on the wire: what it sends, counts, refuses and waits for."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from visitsync.connector_kit import addresses
from visitsync.connector_kit.conformance.far_side import MemoryBudget
from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ForbiddenAddress,
    NeedsPermission,
    NeedsReconnect,
    RecordGone,
    RequestRefused,
    TryAgainLater,
)
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.limits import Limit, Urgency
from visitsync.connector_kit.statuses import error_for

NOW = datetime(2026, 11, 9, 17, tzinfo=UTC)
SECRET = "secret-of-nobody"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
HOURLY = Limit(name="hourly", requests=10, seconds=3600, scope="application")
OF_LISTS = Limit(name="lists", requests=1, seconds=1, scope="connection", operation="list")

Step = bytes | Callable[[socket.socket], None]


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def drip_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(200):
        connection.sendall(b"X: y\r\n")
        time.sleep(0.02)


class ScriptedServer:
    """Answers each request with the next step of its script: bytes to send, or something to do to the connection."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = iter(steps)
        self.heads: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            unread = b""
            while True:
                try:
                    while b"\r\n\r\n" not in unread:
                        received = connection.recv(65536)
                        if not received:
                            return
                        unread += received
                    head, _, unread = unread.partition(b"\r\n\r\n")
                    self.heads.append(head)
                    step = next(self._steps, b"")
                    if callable(step):
                        step(connection)
                        return
                    connection.sendall(step)
                except OSError:
                    return

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    servers: list[ScriptedServer] = []

    def start(*steps: Step) -> ScriptedServer:
        servers.append(ScriptedServer(steps))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def client_of(url: str, **more: object) -> tuple[PoliteClient, MemoryBudget]:
    budget = MemoryBudget(lambda: NOW)
    client = PoliteClient(
        url,
        budget=budget,
        clock=lambda: NOW,
        limits=(HOURLY, OF_LISTS),
        allows_loopback=True,
        **more,  # type: ignore[arg-type]
    )
    return client, budget


def ask(client: PoliteClient, path: str = "/things", method: str = "GET", **more: object) -> Answer:
    return client.request(method, path, operation="list", urgency=Urgency.ROUTINE, **more)  # type: ignore[arg-type]


def test_a_request_carries_what_was_given_and_an_answer_tells_what_came(serve: Callable[..., ScriptedServer]) -> None:
    server = serve(ANSWER)
    client, _ = client_of(server.url + "/base/")
    answer = ask(client, params={"range": "2026-11-01/2026-11-30"}, headers={"Authorization": "Bearer x"})
    assert (answer.status, answer.media_type, answer.body) == (200, "application/json", b"[]")
    assert server.heads[0].startswith(b"GET /base/things?range=2026-11-01%2F2026-11-30 HTTP/1.1")
    assert b"Authorization: Bearer x" in server.heads[0]


def test_every_request_is_counted_by_the_limits_that_concern_it(serve: Callable[..., ScriptedServer]) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"
    server = serve(moved, ANSWER, ANSWER)
    client, budget = client_of(server.url)
    ask(client)
    client.request("GET", "/one", operation="single", urgency=Urgency.SOON)
    names = [taken[0] for taken in budget.taken]
    assert names == [("hourly", "lists"), ("hourly", "lists"), ("hourly",)]


def test_a_redirect_within_the_host_is_followed_with_method_and_headers(serve: Callable[..., ScriptedServer]) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"
    server = serve(moved, ANSWER)
    client, _ = client_of(server.url)
    ask(client, method="POST", content=b"hello", headers={"Authorization": "Bearer x"})
    assert server.heads[1].startswith(b"helloPOST /there HTTP/1.1")  # the server reads heads only
    assert b"Authorization: Bearer x" in server.heads[1]


def test_redirects_come_to_an_end(serve: Callable[..., ScriptedServer]) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /on\r\nContent-Length: 0\r\n\r\n"
    server = serve(*[moved] * 10)
    with pytest.raises(AnswerUnreadable):
        ask(client_of(server.url)[0])
    assert len(server.heads) == 4


def test_connections_are_kept(serve: Callable[..., ScriptedServer]) -> None:
    server = serve(*[ANSWER] * 5)
    for _ in range(5):
        ask(client_of(server.url)[0])
    assert server.connections == 1


def test_a_kept_connection_that_died_is_replaced_once_for_a_read(serve: Callable[..., ScriptedServer]) -> None:
    server = serve(ANSWER, reset, ANSWER)
    client, budget = client_of(server.url)
    ask(client)
    assert ask(client).body == b"[]"
    assert (server.connections, len(budget.taken)) == (2, 3)


def test_what_may_have_been_done_is_not_done_again(serve: Callable[..., ScriptedServer]) -> None:
    server = serve(ANSWER, reset, ANSWER)
    client, _ = client_of(server.url)
    ask(client)
    with pytest.raises(TryAgainLater):
        ask(client, method="POST", content=b"book")
    assert len(server.heads) == 2


def test_a_fresh_connection_that_breaks_is_not_tried_again(serve: Callable[..., ScriptedServer]) -> None:
    server = serve(reset, ANSWER)
    with pytest.raises(TryAgainLater):
        ask(client_of(server.url)[0])
    assert len(server.heads) == 1


def test_headers_that_trickle_in_do_not_prolong_the_deadline(
    serve: Callable[..., ScriptedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PoliteClient, "total_seconds", 0.4)
    began = time.monotonic()
    with pytest.raises(TryAgainLater):
        ask(client_of(serve(drip_headers).url)[0])
    assert time.monotonic() - began < 3


def test_a_length_stated_in_two_ways_is_refused(serve: Callable[..., ScriptedServer]) -> None:
    both = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n[]\r\n0\r\n\r\n"
    with pytest.raises(TryAgainLater):
        ask(client_of(serve(both).url)[0])


def test_another_media_type_than_asked_for_is_refused_for_good_answers_only(
    serve: Callable[..., ScriptedServer],
) -> None:
    page = b"HTTP/1.1 %b X\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno"
    client, _ = client_of(serve(page % b"401", page % b"200").url)
    assert ask(client, media_types=("application/json",)).status == 401
    with pytest.raises(AnswerUnreadable):
        ask(client, media_types=("application/json",))


@pytest.mark.parametrize("link", ["https://elsewhere.example.com/x", "http://127.0.0.1:1/x", "//evil.example/x"])
def test_a_link_to_another_host_is_not_followed(serve: Callable[..., ScriptedServer], link: str) -> None:
    server = serve(ANSWER)
    with pytest.raises(ForbiddenAddress):
        ask(client_of(server.url)[0], link if "://" in link else f"@{link.removeprefix('//')}")
    assert server.heads == []


@pytest.mark.parametrize("header", ["line\r\nX-Evil: 1", "létter", "nul\0"])
def test_a_header_that_cannot_be_sent_is_our_mistake_and_is_not_repeated(
    serve: Callable[..., ScriptedServer], header: str
) -> None:
    server = serve(ANSWER)
    with pytest.raises(RequestRefused) as told:
        ask(client_of(server.url)[0], headers={"Authorization": header})
    assert header not in str(told.value)
    assert server.heads == []


def test_nobody_there_is_trouble_of_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TryAgainLater) as told:
        ask(client_of(f"http://127.0.0.1:{port}")[0])
    assert told.value.code == "network-trouble"


def a_resolver(*answers: str) -> Callable[..., list[tuple[object, ...]]]:
    """Gives one answer after the other, the last one for ever."""
    left = list(answers)

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve


def test_a_name_that_is_public_when_saved_and_inner_when_used_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "getaddrinfo", a_resolver("93.184.215.14", "127.0.0.1"))
    url = "https://emr.example.com"
    addresses.check_base_url(url, allows_loopback=False)
    client = PoliteClient(url, budget=MemoryBudget(lambda: NOW), clock=lambda: NOW)
    with pytest.raises(ForbiddenAddress):
        ask(client)


@pytest.mark.parametrize("address", ["10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00:ec2::254"])
def test_a_name_that_leads_inside_is_refused_when_saved(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(addresses, "getaddrinfo", a_resolver(address))
    with pytest.raises(ForbiddenAddress):
        addresses.check_base_url("https://emr.example.com", allows_loopback=False)


def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(addresses, "getaddrinfo", lambda *_, **__: answered.wait(30) and [])
    with pytest.raises(TryAgainLater) as told:
        addresses.check_base_url("https://emr.example.com", allows_loopback=False, lookup_seconds=0.1)
    answered.set()
    assert told.value.code == "network-trouble"


@pytest.mark.parametrize(
    ("address", "is_fine"),
    [
        ("93.184.215.14", True),
        ("2606:4700::6810:1", True),
        ("127.0.0.1", False),
        ("127.255.255.254", False),
        ("0.0.0.1", False),
        ("10.0.0.1", False),
        ("172.31.255.255", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("169.254.1.1", False),
        ("168.63.129.16", False),
        ("192.0.0.192", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::7f00:1", False),
        ("::ffff:8.8.8.8", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
    ],
)
def test_addresses_out_in_the_world_are_told_from_inner_ones(address: str, is_fine: bool) -> None:
    assert addresses.is_allowed(address, allows_loopback=False) is is_fine


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_loopback_is_allowed_only_where_asked_for(address: str) -> None:
    assert addresses.is_allowed(address, allows_loopback=True)
    assert not addresses.is_allowed(address, allows_loopback=False)
    assert not addresses.is_allowed("10.0.0.1", allows_loopback=True)


def answered(status: int, **headers: str) -> Answer:
    return Answer(status=status, headers=headers, body=b"", media_type="")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RequestRefused),
        (401, NeedsReconnect),
        (403, NeedsPermission),
        (404, RecordGone),
        (409, RequestRefused),
        (410, RecordGone),
        (429, TryAgainLater),
        (500, TryAgainLater),
        (503, TryAgainLater),
        (304, AnswerUnreadable),
        (418, AnswerUnreadable),
    ],
)
def test_a_status_says_what_to_do_next(status: int, error: type[Exception]) -> None:
    assert type(error_for(answered(status), client_of("http://127.0.0.1:1")[0], "list", NOW)) is error


def test_a_throttled_answer_is_told_to_the_budget() -> None:
    client, budget = client_of("http://127.0.0.1:1")
    error = error_for(Answer(status=429, headers={"retry-after": "90"}, body=b"", media_type=""), client, "list", NOW)
    assert isinstance(error, TryAgainLater)
    assert error.until == NOW + timedelta(seconds=90)
    assert budget.refusals == [(("hourly", "lists"), NOW + timedelta(seconds=90))]


def test_names_of_things_keep_secrets(serve: Callable[..., ScriptedServer]) -> None:
    client, _ = client_of(serve(ANSWER).url + f"/{SECRET}")
    answer = ask(client, params={"token": SECRET}, headers={"Authorization": SECRET})
    assert SECRET not in f"{client!r}{answer!r}"
