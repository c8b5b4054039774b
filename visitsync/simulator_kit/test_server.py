"""The server: plain HTTP, every wire fault, and the steering wheel."""

from __future__ import annotations

import gzip
import http.client
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from visitsync.simulator_kit.app import App, UnknownVariant, choose
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults, UnknownFault
from visitsync.simulator_kit.plain_client import call
from visitsync.simulator_kit.scenarios import SCENARIOS, Scenario
from visitsync.simulator_kit.server import SimulatorServer
from visitsync.simulator_kit.staging import a_booking

NOON = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)


class Echo(App):
    """A vendor that repeats what it was told."""

    emr = "echo"

    def __init__(self) -> None:
        self.clock = VirtualClock.frozen_at(NOON)
        self.clinic = Clinic(clock=self.clock)
        self.faults = Faults({"grumpy": "Answers with a 418"})
        self.variants = {"voice": "loud"}
        self.ticks = 0

    def answer(self, request: Request) -> Response:
        if self.faults.take("grumpy", request):
            return as_json({"detail": "No."}, 418)
        return as_json({"line": request.line, "body": request.body.decode(), "host": request.host})

    def scenarios(self) -> dict[str, Scenario]:
        return SCENARIOS

    def tick(self) -> None:
        self.ticks += 1


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer(Echo()) as running:
        yield running


def get(url: str) -> Any:
    return call(url).json


def command(server: SimulatorServer, name: str, /, **wish: Any) -> Any:
    return call(f"{server.url}/_simulator/{name}", method="POST", json=wish).json


def test_a_request_reaches_the_app_and_is_logged_without_its_secrets(server: SimulatorServer) -> None:
    assert get(f"{server.url}/things?code=abc&page=2")["line"] == "GET /things?code=abc&page=2"
    (logged,) = server.requests
    assert (logged.line, logged.status, logged.at) == ("GET /things?code=…&page=2", 200, NOON)


def test_one_connection_carries_many_requests(server: SimulatorServer) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    for number in range(50):
        connection.request("POST", "/", body=f"number {number}")
        assert json.loads(connection.getresponse().read())["body"] == f"number {number}"
    assert len(server.requests) == 50
    connection.close()


def test_a_chunked_request_body_is_read(server: SimulatorServer) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    connection.request("POST", "/", body=iter([b"one ", b"two"]), encode_chunked=True)
    assert json.loads(connection.getresponse().read())["body"] == "one two"
    connection.close()


def test_a_fault_strikes_as_often_as_asked_and_only_where_asked(server: SimulatorServer) -> None:
    server.app.faults.switch_on("outage", times=2, match="^GET /lists", skip=1, status=503)
    answers = [call(f"{server.url}/{path}").status for path in ("lists", "other", "lists", "lists", "lists")]
    assert answers == [200, 200, 503, 503, 200]


def test_a_vendors_own_fault_is_left_to_the_vendor(server: SimulatorServer) -> None:
    server.app.faults.switch_on("grumpy", times=None)
    assert call(f"{server.url}/").status == 418


def test_an_unknown_fault_is_refused_with_the_names_that_exist(server: SimulatorServer) -> None:
    with pytest.raises(UnknownFault, match="slow_drip"):
        server.app.faults.switch_on("bad weather")


@pytest.mark.parametrize("name", ["connection_reset", "answer_lost"])
def test_the_connection_can_break_before_and_after_the_work(server: SimulatorServer, name: str) -> None:
    done: list[str] = []
    server.on_response.append(lambda request, response: done.append(request.path))
    server.app.faults.switch_on(name)
    with pytest.raises(ConnectionError):
        get(f"{server.url}/")
    assert call(f"{server.url}/").status == 200


def test_a_body_can_be_cut_at_any_byte(server: SimulatorServer) -> None:
    whole = call(f"{server.url}/").body
    for at in range(len(whole)):
        server.app.faults.switch_on("truncated_body", at=at)
        with pytest.raises(http.client.IncompleteRead) as cut:
            call(f"{server.url}/")
        assert len(cut.value.partial) == at


@pytest.mark.parametrize(
    ("name", "options", "status", "content_type", "body"),
    [
        ("no_content", {}, 204, None, b""),
        ("empty_body", {}, 200, "application/json", b""),
        ("html_as_data", {"body": "<html/>"}, 200, "application/json", b"<html/>"),
        ("unauthorized", {"body": "no"}, 401, "application/json", b"no"),
        ("short_body", {"at": 3}, 200, "application/json", b'{"l'),
        ("throttled", {"retry_after": "-1", "body": "slow"}, 429, "application/json", b"slow"),
    ],
)
def test_wire_faults_answer_as_their_help_says(
    server: SimulatorServer, name: str, options: dict[str, Any], status: int, content_type: str | None, body: bytes
) -> None:
    server.app.faults.switch_on(name, **options)
    answer = call(f"{server.url}/")
    assert (answer.status, answer.headers.get("content-type"), answer.body) == (status, content_type, body)


def test_gzip_may_be_whole_or_broken(server: SimulatorServer) -> None:
    server.app.faults.switch_on("gzip")
    assert json.loads(gzip.decompress(call(f"{server.url}/").body))["line"] == "GET /"
    server.app.faults.switch_on("broken_gzip")
    with pytest.raises((OSError, EOFError, zlib.error)):
        gzip.decompress(call(f"{server.url}/").body)


def test_an_oversize_body_and_a_slow_drip_keep_the_content(server: SimulatorServer) -> None:
    server.app.faults.switch_on("oversize_body", bytes=100_000)
    assert len(call(f"{server.url}/").body) == 100_000
    server.app.faults.switch_on("slow_drip", bytes=20, seconds=0.001)
    assert get(f"{server.url}/")["line"] == "GET /"


def test_the_clock_can_be_moved_from_outside(server: SimulatorServer) -> None:
    moved = command(server, "clock", advance_seconds=3600)
    assert datetime.fromisoformat(moved["now"]) == NOON + timedelta(hours=1)
    moved = command(server, "clock", set="2027-01-01T00:00:00Z")
    assert moved["now"].startswith("2027-01-01T00:00:00")


def test_what_staff_do_can_be_done_from_outside(server: SimulatorServer) -> None:
    appointment = a_booking(server.app.clinic)
    moved = command(server, "actions", action="move", id=appointment.id, start="2026-12-01T09:30")
    assert moved["start"] == "2026-12-01T09:30:00"
    who = appointment.patient_id
    command(server, "actions", action="change_patient", id=who, email="new@example.org", birth_date="1990-01-02")
    facts = get(f"{server.url}/_simulator/truth")
    assert facts["patients"][0]["email"] == "new@example.org"
    assert facts["appointments"][0]["instant"] == "2026-12-01T14:30:00Z"


def test_a_wrong_command_says_what_is_wrong(server: SimulatorServer) -> None:
    for wish in ({"action": "explode"}, {"action": "move", "id": 1}, {"action": "cancel", "identity": 3}):
        assert call(f"{server.url}/_simulator/actions", method="POST", json=wish).status == 400


def test_a_scenario_can_be_staged_and_fixed_from_outside(server: SimulatorServer) -> None:
    staged = command(server, "scenarios", name="A1")
    command(server, "fix", name="A1", **staged)
    assert server.app.clinic.appointments[staged["appointment_id"]].reason == "Telemedicine Visit"


def test_control_requests_are_not_in_the_request_log(server: SimulatorServer) -> None:
    assert get(f"{server.url}/_simulator/")["emr"] == "echo"
    assert not server.requests


def test_a_variant_must_exist_and_a_figure_may_be_any_figure() -> None:
    known = {"page": ("250", "none"), "voice": ("loud", "soft")}
    assert choose(known, {"page": "17"}) == {"page": "17", "voice": "loud"}
    for wrong in ({"voice": "7"}, {"tone": "soft"}):
        with pytest.raises(UnknownVariant):
            choose(known, wrong)


def test_things_can_happen_in_the_clinic_right_after_an_answer(server: SimulatorServer) -> None:
    clinic = server.app.clinic
    server.app.faults.switch_on("row_inserted_between_pages", match="page=1", rows=2)
    server.app.faults.switch_on("row_deleted_between_pages", match="page=2")
    counted = []
    for page in (1, 2, 3):
        get(f"{server.url}/list?page={page}")
        counted.append(len(clinic.appointments))
    assert counted == [2, 1, 1]


def test_a_booking_can_carry_an_old_stamp_and_be_shown_late(server: SimulatorServer) -> None:
    clinic, clock = server.app.clinic, server.app.clock
    assert isinstance(clock, VirtualClock)
    server.app.faults.switch_on("row_shown_late", seconds=60)
    get(f"{server.url}/list")
    assert not clinic.appointments.shown(clock())
    clock.advance(timedelta(seconds=61))
    (shown,) = clinic.appointments.shown(clock()).values()
    assert shown.changed_at == NOON
