"""The pretend DrChrono's webhooks: verified, delivered with the plain secret, repeated late, mishandled on request."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from visitsync.connectors.drchrono.simulator.visitor import Visitor, visiting
from visitsync.connectors.drchrono.simulator.webhooks import NotReachable
from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.plain_client import call
from visitsync.simulator_kit.server import SimulatorServer
from visitsync.simulator_kit.staging import a_booking

SECRET = "example-webhook-secret"


class Receiver(App):
    """An application's callback address, which answers the verification and keeps what it gets."""

    emr = "receiver"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.clinic = Clinic(clock=clock)
        self.faults = Faults({})
        self.variants = {}
        self.got: list[Request] = []
        self.status = 200
        self.arrived = threading.Event()

    def answer(self, request: Request) -> Response:
        if request.method == "GET":
            proof = hmac.new(SECRET.encode(), request.query["msg"].encode(), hashlib.sha256).hexdigest()
            return as_json({"secret_token": proof})
        if self.status == 200:
            self.got.append(request)
            self.arrived.set()
        return as_json({}, self.status)

    @property
    def events(self) -> list[str]:
        return [request.headers["x-drchrono-event"] for request in self.got]

    def bodies(self) -> list[Any]:
        return [msgspec.json.decode(request.body) for request in self.got]


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with visiting() as visitor:
        visitor.app.tick = lambda: None  # type: ignore[method-assign]  # each test says when deliveries go out
        a_booking(visitor.clinic)
        yield visitor


@pytest.fixture
def receiver(visitor: Visitor) -> Iterator[Receiver]:
    receiver = Receiver(visitor.clock)
    with SimulatorServer(receiver) as server:
        wish = {"callback_url": f"{server.url}/hooks", "secret_token": SECRET}
        configured = call(f"{visitor.server.url}/_simulator/webhook", method="POST", json=wish).json
        assert configured["verified"] is True
        yield receiver


def test_the_console_tells_a_wrong_proof(visitor: Visitor, receiver: Receiver) -> None:
    assert visitor.app.webhooks.subscription
    visitor.app.webhooks.subscription.secret_token = "another"
    assert visitor.app.webhooks.verify() is False


def test_only_this_machine_is_ever_called(visitor: Visitor) -> None:
    with pytest.raises(NotReachable):
        visitor.app.webhooks.configure("https://telesync.example.com/hooks", SECRET)


def test_a_booking_is_told_with_the_plain_secret_and_the_row_of_the_api(visitor: Visitor, receiver: Receiver) -> None:
    made = a_booking(visitor.clinic)
    visitor.app.webhooks.deliver_due()
    assert receiver.events == ["PATIENT_CREATE", "APPOINTMENT_CREATE"]
    headers, body = receiver.got[1].headers, receiver.bodies()[1]
    assert headers["x-drchrono-signature"] == SECRET
    assert headers["x-drchrono-delivery"].isdigit()
    assert body["object"] == visitor.ask(f"appointments/{made.id}").json
    assert body["receiver"]["callback_url"].endswith("/hooks")


def test_every_change_has_its_event(visitor: Visitor, receiver: Receiver) -> None:
    made = a_booking(visitor.clinic)
    visitor.app.webhooks.deliver_due()
    receiver.got.clear()
    visitor.clinic.cancel(made.id)
    visitor.clinic.change_patient(made.patient_id or 0, email="new@example.org")
    visitor.clinic.archive(made.id)
    visitor.clinic.delete(a_booking(visitor.clinic).id)
    visitor.clinic.add_type("A type is nobody's event")
    visitor.app.webhooks.ping()
    visitor.app.webhooks.deliver_due()
    assert sorted(receiver.events) == sorted(
        [
            *("APPOINTMENT_MODIFY", "PATIENT_MODIFY", "APPOINTMENT_DELETE"),
            *("PATIENT_CREATE", "APPOINTMENT_CREATE", "APPOINTMENT_DELETE", "PING"),
        ]
    )


def test_deletions_may_never_be_told() -> None:
    with visiting(delete_events="never") as visitor:
        receiver = Receiver(visitor.clock)
        with SimulatorServer(receiver) as server:
            visitor.app.webhooks.configure(server.url, SECRET, ["APPOINTMENT_DELETE"])
            visitor.clinic.archive(a_booking(visitor.clinic).id)
            visitor.app.webhooks.deliver_due()
            assert receiver.events == []


def test_a_failed_delivery_is_repeated_after_one_three_and_seven_hours(visitor: Visitor, receiver: Receiver) -> None:
    receiver.status = 302
    a_booking(visitor.clinic)
    sent = []
    for _ in range(9):
        sent.append(visitor.app.webhooks.deliver_due())
        visitor.later(hours=1)
    assert sent == [2, 2, 0, 2, 0, 0, 0, 2, 0]
    assert visitor.app.webhooks.waiting == []
    assert visitor.app.webhooks.done[0].outcomes == ["302"] * 4


def test_a_repeated_delivery_keeps_its_number_and_its_old_content(visitor: Visitor, receiver: Receiver) -> None:
    made = a_booking(visitor.clinic)
    receiver.status = 500
    visitor.app.webhooks.deliver_due()
    visitor.clinic.move(made.id, start=made.start + timedelta(days=1))
    receiver.status = 200
    visitor.app.webhooks.deliver_due()
    visitor.later(hours=1)
    visitor.app.webhooks.deliver_due()
    assert receiver.events == ["APPOINTMENT_MODIFY", "PATIENT_CREATE", "APPOINTMENT_CREATE"]
    assert receiver.bodies()[2]["object"]["scheduled_time"] == made.start.isoformat()


def test_deliveries_can_be_lost_doubled_and_out_of_order(visitor: Visitor, receiver: Receiver) -> None:
    faults = visitor.app.faults
    faults.switch_on("webhook_lost", match="PATIENT_CREATE")
    faults.switch_on("webhook_held_back", match="APPOINTMENT_CREATE")
    faults.switch_on("webhook_duplicated", match="APPOINTMENT_MODIFY")
    visitor.clinic.cancel(a_booking(visitor.clinic).id)
    visitor.app.webhooks.deliver_due()
    assert receiver.events == ["APPOINTMENT_MODIFY", "APPOINTMENT_CREATE", "APPOINTMENT_MODIFY"]
    numbers = [request.headers["x-drchrono-delivery"] for request in receiver.got]
    assert numbers[0] == numbers[2] != numbers[1]


def test_the_signature_may_be_a_digest_of_the_body() -> None:
    with visiting(webhook_signature="hmac") as visitor:
        visitor.app.tick = lambda: None  # type: ignore[method-assign]
        receiver = Receiver(visitor.clock)
        with SimulatorServer(receiver) as server:
            visitor.app.webhooks.configure(server.url, SECRET)
            visitor.app.webhooks.ping()
            visitor.app.webhooks.deliver_due()
        (request,) = receiver.got
        expected = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
        assert request.headers["x-drchrono-signature"] == expected


def test_a_serving_simulator_delivers_by_itself() -> None:
    with visiting() as visitor:
        receiver = Receiver(visitor.clock)
        with SimulatorServer(receiver) as server:
            visitor.app.webhooks.configure(server.url, SECRET)
            visitor.app.webhooks.ping()
            assert receiver.arrived.wait(timeout=30)
            assert receiver.events == ["PING"]
