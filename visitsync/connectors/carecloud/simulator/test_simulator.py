"""The pretend CareCloud behaves as the vendor's documents say, and each uncertain fact can be had both ways."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from visitsync.connectors.carecloud import simulator as module
from visitsync.connectors.carecloud.simulator import CREDENTIALS, FAULTS, NOT_SHOWN, SCENARIOS, CareCloud, simulator
from visitsync.simulator_kit.app import SimulatorModule
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.plain_client import Answer, call
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED
from visitsync.simulator_kit.server import SimulatorServer
from visitsync.simulator_kit.staging import a_booking

NOON = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
WINDOW = {"start_date": "2026-11-01", "end_date": "2027-04-01"}
SECRET = b64encode(f"{CREDENTIALS['client_id']}:{CREDENTIALS['client_secret']}".encode()).decode()


class Visitor:
    """A plain program with a token."""

    def __init__(self, server: SimulatorServer, app: CareCloud) -> None:
        self.url, self.app, self.clinic = server.url, app, app.clinic
        form = {"grant_type": "refresh_token", "refresh_token": CREDENTIALS["refresh_token"]}
        self.tokens = call(
            f"{self.url}/oauth2/access_token", method="POST", form=form, headers={"Authorization": f"Basic {SECRET}"}
        ).json

    def ask(self, path: str, **how: Any) -> Answer:
        """One call of the API."""
        return call(f"{self.url}/v2/{path}", headers={"Authorization": f"Bearer {self.tokens['access_token']}"}, **how)


@contextmanager
def visiting(**variants: str) -> Iterator[Visitor]:
    clock = VirtualClock.frozen_at(NOON)
    app = simulator(Clinic(clock=clock), clock=clock, variants=variants)
    with SimulatorServer(app) as server:
        yield Visitor(server, app)


@pytest.mark.parametrize("query", [{}, {"start_date": "2026-11-01"}, {"start_date": "", "end_date": "2027-01-01"}])
def test_without_both_dates_only_today_is_listed(query: dict[str, str]) -> None:
    with visiting() as visitor:
        a_booking(visitor.clinic)
        today = a_booking(visitor.clinic, in_days=0.1)
        rows = visitor.ask("appointments", query=query).json
        assert [row["appointment"]["id"] for row in rows] == [visitor.app.vendor_id(today.id)]
    with visiting(one_date="refused") as visitor:
        assert visitor.ask("appointments", query=query).status == (422 if any(query.values()) else 200)


def test_pages_of_a_hundred_are_told_by_the_link_header_alone() -> None:
    with visiting() as visitor:
        for _ in range(103):
            a_booking(visitor.clinic)
        first = visitor.ask("appointments", query=WINDOW)
        assert (len(first.json), 'rel="next"' in first.headers["link"]) == (100, True)
        last = visitor.ask("appointments", query={**WINDOW, "page": 2})
        assert (len(last.json), 'rel="next"' in last.headers["link"]) == (3, False)
        assert visitor.ask("appointments", query={**WINDOW, "page": 9}).json == []


def test_times_have_the_offset_of_their_day() -> None:
    with visiting() as visitor:
        a_booking(visitor.clinic, in_days=2)
        a_booking(visitor.clinic, in_days=140)
        rows = visitor.ask("appointments", query=WINDOW).json
        assert [row["appointment"]["start_time"][-6:] for row in rows] == ["-05:00", "-04:00"]


def test_what_is_inactive_is_not_listed_and_answered_with_404() -> None:
    with visiting() as visitor:
        booked = a_booking(visitor.clinic)
        assert booked.type_id is not None
        visitor.clinic.change_type(booked.type_id, is_active=False)
        visitor.clinic.disable(booked.practitioner_id)
        assert visitor.ask("visit_reasons").json == []
        assert visitor.ask("providers").json == {"providers": []}
        assert visitor.ask(f"appointment_resources/{60_000 + booked.practitioner_id}").status == 404
        (row,) = visitor.ask("appointments", query=WINDOW).json
        assert row["appointment"]["visit_reason_id"] == booked.type_id


@pytest.mark.parametrize(("shapes", "kind"), [("recorded", dict), ("documented", list), ("keyed", dict)])
def test_lists_come_in_several_wrappers(shapes: str, kind: type) -> None:
    with visiting(shapes=shapes) as visitor:
        a_booking(visitor.clinic)
        assert isinstance(visitor.ask("locations").json, kind)
        rows = visitor.ask("appointments", query=WINDOW).json
        row = (rows["appointments"] if shapes == "keyed" else rows)[0]["appointment"]
        assert isinstance(row["provider_id"], int if shapes == "documented" else str)


def test_an_appointment_can_be_cancelled_once_and_not_changed_otherwise() -> None:
    with visiting() as visitor:
        path = f"appointments/{visitor.app.vendor_id(a_booking(visitor.clinic).id)}"
        wish = {"appointment_cancellation_reason_id": 5, "cancellation_comments": "x"}
        assert visitor.ask(f"{path}/cancel", method="PUT", json=wish).json["cancellation_details"]["id"] == 5
        assert visitor.ask(f"{path}/cancel", method="PUT", json=wish).status == 422
        assert visitor.ask(f"{path}/pending", method="PUT").json["appointment"]["appointment_status"]["code"] == "P"
        assert [visitor.ask(path, method=method).status for method in ("PUT", "DELETE")] == [405, 405]


def test_a_confirmation_can_be_written_and_read() -> None:
    with visiting() as visitor:
        path = f"appointments/{visitor.app.vendor_id(a_booking(visitor.clinic).id)}"
        wish = {"communication_method": "other", "communication_outcome": "confirmed", "comments": "x"}
        assert visitor.ask(f"{path}/confirmation", method="POST", json=wish).status == 201
        assert len(visitor.ask(f"{path}/confirmations").json) == 1
        assert visitor.ask(path).json["appointment"]["is_confirmed"] is True


@pytest.mark.parametrize(("body", "start"), [("json", b"{"), ("html", b"<"), ("empty", b""), ("text", b'"')])
def test_nobody_knows_what_a_refusal_looks_like(body: str, start: bytes) -> None:
    with visiting(refusal_body=body) as visitor:
        answer = visitor.ask("appointments/no-such-id")
        assert (answer.status, answer.body[:1]) == (404, start)


def test_a_token_ends_and_tells_whose_it_is() -> None:
    with visiting(token_seconds="600") as visitor:
        told = call(
            f"{visitor.url}/oauth2/authorization", headers={"Authorization": f"Bearer {visitor.tokens['access_token']}"}
        ).json
        assert (told["business_entity"]["name"], told["expires_in"]) == (visitor.clinic.name.upper(), 600)
        assert isinstance(visitor.clinic.clock, VirtualClock)
        visitor.clinic.clock.advance(timedelta(seconds=601))
        assert visitor.ask("locations").status == 401


def test_every_shared_scenario_is_staged_or_says_why_not() -> None:
    assert set(SCENARIOS) | set(NOT_SHOWN) == set(SHARED)
    with visiting() as visitor:
        for name, scenario in SCENARIOS.items():
            assert visitor.app.vendor_id(scenario.provoke(visitor.clinic)), name


def test_the_module_offers_what_every_simulator_offers() -> None:
    offered: SimulatorModule = module
    assert all(FAULTS.values())
    assert offered.CREDENTIALS["client_id"]
