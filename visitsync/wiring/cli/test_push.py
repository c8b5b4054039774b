"""An EMR that pushes, by the command line: connected without an address, heard through `listen`, answered by `why`."""

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from visitsync.storage import practices
from visitsync.wiring.conftest import ZONE, Visitsync
from visitsync.wiring.house import House
from visitsync.wiring.listen.listener import Place
from visitsync.wiring.listen.process import listen
from visitsync.wiring.settings import from_environment
from visitsync.wiring.simulators import simulator_of

HOST = "127.0.0.1"
NOW = datetime.now(ZoneInfo(ZONE))


def siu(
    number: int, *, control: int, start: datetime | None = None, status: str = "Booked", event: str = "S12"
) -> bytes:
    """An appointment message of an invented sender."""
    begins = f"{start or NOW + timedelta(days=1):%Y%m%d%H%M}00"
    return (
        f"MSH|^~\\&|SCHED|CEDAR|VISITS|VISITS|{NOW:%Y%m%d%H%M%S}||SIU^{event}^SIU_S12|{control}|P|2.3\r"
        f"SCH|{number}^SCHED|{number}^SCHED|||||VIDFU^VIDEO FOLLOW UP|VIDFU^Video|20|MIN^Minutes|^^20^{begins}"
        f"|||||||||||||{status}\r"
        "PID|1||9^^^CEDAR^MR||Brandt^Ines||19700117|F|||12 Sample St^^Cedar Falls^IA^50613^US^H"
        "||(555)010-0147^PRN^CP~^NET^Internet^ines@example.org\r"
        f"AIP|1|A|57^Tamsin^Orla^^^^MD|PROVIDER||{begins}|||20|MIN\r"
    ).encode()


@pytest.fixture
def lakeside(visitsync: Visitsync) -> Visitsync:
    """The practice, connected to an EMR that pushes."""
    visitsync("practice", "add", "lakeside", "--name", "Lakeside", "--zone", ZONE)
    done = visitsync("connect", "hl7v2", "-p", "lakeside")
    assert done.code == 0, done.err
    assert "visitsync peer add --practice lakeside --emr hl7v2" in done.out
    assert "port 2575" in done.words
    return visitsync


@contextmanager
def listening() -> Iterator[Callable[[bytes], bytes]]:
    """The process at work in a thread; gives a function that sends a message and returns the answer."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    stop = threading.Event()
    arguments = (from_environment(), (Place(host=HOST, port=port),))
    thread = threading.Thread(target=listen, args=arguments, kwargs={"stop": stop})
    thread.start()

    def send(body: bytes) -> bytes:
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            with suppress(OSError), socket.create_connection((HOST, port), timeout=20) as connection:
                connection.sendall(b"\x0b" + body + b"\x1c\r")
                if answer := connection.recv(65536):
                    return answer
            time.sleep(0.1)
        raise AssertionError("no answer")

    try:
        yield send
    finally:
        stop.set()
        thread.join()


def test_from_connecting_to_the_answer(lakeside: Visitsync) -> None:
    assert lakeside("peer", "add", "--network", HOST, "--name", "engine").code == 0
    with listening() as send:
        assert b"MSA|AA|1" in send(siu(700, control=1))
        assert b"MSA|AA|1" in send(siu(700, control=1))
    health = lakeside("health", "--json").json["connections"][0]
    assert (health["push"]["waiting"], health["push"]["peers"][0]["resent"]) == (1, 1)
    assert lakeside("sync").code == 0
    assert "Video" in lakeside("catalog").out
    assert lakeside("approve", "mark", "VIDFU").code == 0
    told = lakeside("why", "lakeside", "700")
    assert "NEEDS PROVIDER" in told.out
    assert "appointment SCHED/CEDAR/700" in told.words
    assert lakeside("sync", "--appointment", "700").code == 0
    assert lakeside("sync", "--appointment", "701").code == 3
    assert lakeside("health", "--json").json["connections"][0]["push"]["waiting"] == 0
    assert "Last heard from today" in lakeside("why", "lakeside", "99999").words


def test_while_nobody_listens_health_says_so(lakeside: Visitsync) -> None:
    lakeside("peer", "add", "--network", HOST)
    with listening() as send:
        assert b"MSA|AA|1" in send(siu(700, control=1))
        assert lakeside("health").code == 0
    told = lakeside("health")
    assert told.code == 1
    assert "Nobody listens for its messages now. → `visitsync listen` starts the listener." in told.words


def test_a_worker_makes_a_visit_of_a_message_within_moments(lakeside: Visitsync) -> None:
    lakeside("peer", "add", "--network", HOST)
    lakeside("approve", "mark", "VIDFU", "--id")
    command = [sys.executable, "-c", "from visitsync.wiring.cli import main; main()", "work"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as worker, listening() as send:  # noqa: S603
        assert b"MSA|AA|1" in send(siu(700, control=1))
        ends = time.monotonic() + 60
        while not lakeside("health", "--json").json["connections"][0]["outcomes"]:
            assert time.monotonic() < ends, "it was never taken in"
            time.sleep(0.2)
        worker.terminate()
    [health] = lakeside("health", "--json").json["connections"]
    assert health["push"]["waiting"] == 0


def test_what_can_be_asked_follows_the_connections_settings(lakeside: Visitsync, house: House) -> None:
    done = lakeside("connect", "greenway_intergy", "--setting", "patients_by=messages", "--json")
    assert done.code == 0, done.err
    practice_id = practices.find_tenant(house.database, "lakeside").practice_id
    link = house.link(practice_id, UUID(done.json["connection_id"]))
    assert not link.manifest.reads_patients, "charts that are pushed are kept"


def test_without_a_registered_sender_health_says_what_to_do(lakeside: Visitsync) -> None:
    told = lakeside("health")
    assert told.code == 1
    assert "visitsync peer add" in told.words


def test_peers_are_listed_with_what_they_sent_and_removed_by_the_beginning_of_their_id(lakeside: Visitsync) -> None:
    peer_id = lakeside("peer", "add", "--network", "203.0.113.0/28", "--port", "2576", "--json").json["peer_id"]
    [shown] = lakeside("peer", "list", "--json").json
    assert (shown["peer_id"], shown["network"], shown["port"], shown["messages"]) == (
        peer_id,
        "203.0.113.0/28",
        2576,
        0,
    )
    assert "203.0.113.0/28 on port 2576" in lakeside("peer", "list").words
    assert lakeside("peer", "remove", peer_id[:8]).code == 0
    assert lakeside("peer", "list", "--json").json == []
    assert lakeside("peer", "remove", peer_id[:8]).code == 3


@pytest.mark.parametrize(
    "wish",
    [["--network", "0.0.0.0/0"], ["--network", "anywhere"], [], ["--network", "203.0.113.7", "--emr", "kareo"]],
    ids=["everybody", "no network", "nothing", "another EMR"],
)
def test_a_senseless_registration_is_refused(lakeside: Visitsync, wish: list[str]) -> None:
    assert lakeside("peer", "add", *wish).code in {2, 3}
    assert lakeside("peer", "list", "--json").json == []


def test_a_second_practice_cannot_register_the_same_sender(lakeside: Visitsync) -> None:
    assert lakeside("peer", "add", "--network", "203.0.113.0/28").code == 0
    lakeside("practice", "add", "harbor", "--name", "Harbor", "--zone", ZONE)
    lakeside("connect", "hl7v2", "-p", "harbor")
    refused = lakeside("peer", "add", "-p", "harbor", "--network", "203.0.113.7")
    assert refused.code == 2
    assert "lakeside" not in refused.err
    assert lakeside("peer", "add", "-p", "harbor", "--network", "198.51.100.7").code == 0


def test_tls_without_a_certificate_of_ours_is_refused_before_anything_is_opened(lakeside: Visitsync) -> None:
    refused = lakeside("listen", "--tls-port", "2576")
    assert refused.code == 2
    assert "--certificate" in refused.err


def test_a_port_that_is_taken_is_told_in_plain_words(lakeside: Visitsync) -> None:
    with socket.create_server((HOST, 0)) as taken:
        refused = lakeside("listen", "--port", str(taken.getsockname()[1]))
    assert refused.code == 1
    assert "Cannot listen there" in refused.err


def test_a_key_that_does_not_fit_the_certificate_is_told_in_plain_words(lakeside: Visitsync) -> None:
    file = ssl.get_default_verify_paths().cafile
    if file is None:
        pytest.skip("no certificates on this machine")
    refused = lakeside("listen", "--tls-port", "0", "--certificate", file, "--key", file)
    assert refused.code == 1
    assert "certificate" in refused.err


def test_a_first_connect_that_is_not_let_in_leaves_no_connection_behind(lakeside: Visitsync, tmp_path: Path) -> None:
    file = tmp_path / "kareo.json"
    file.write_text(json.dumps(dict(simulator_of("kareo").CREDENTIALS)))
    nobody = ["connect", "kareo", "-p", "lakeside", "--base-url", "http://127.0.0.1:9", "--credentials", str(file)]
    before = lakeside("practice", "show", "lakeside", "--json").json
    assert lakeside(*nobody).code == 4
    assert lakeside("practice", "show", "lakeside", "--json").json == before
