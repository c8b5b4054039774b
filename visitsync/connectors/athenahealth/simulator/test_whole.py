"""The pretend athenahealth behaves as the documents and recordings say, by itself and without our connector."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from visitsync.connectors.athenahealth import simulator as module
from visitsync.connectors.athenahealth.simulator import CREDENTIALS, FAULTS, NOT_EXPRESSED, SCENARIOS, VARIANTS
from visitsync.simulator_kit.app import SimulatorModule, UnknownVariant
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.plain_client import call
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED
from visitsync.simulator_kit.server import SimulatorServer
from visitsync.simulator_kit.staging import a_booking, a_patient

NOON = datetime(2026, 11, 9, 17, 0, tzinfo=UTC)
DAYS = {"startdate": "11/09/2026", "enddate": "12/31/2026"}


class Visitor:
    """Somebody with the key."""

    def __init__(self, app: module.Athenahealth, server: SimulatorServer, clock: VirtualClock) -> None:
        self.app, self.server, self.clock, self.clinic = app, server, clock, app.clinic
        self.token = ""

    def sign_in(self, secret: str = CREDENTIALS["client_secret"]) -> Any:
        pair = base64.b64encode(f"{CREDENTIALS['client_id']}:{secret}".encode()).decode()
        form = {"grant_type": "client_credentials", "scope": "athena/service/Athenanet.MDP.*"}
        answer = call(
            f"{self.server.url}/oauth2/v1/token", method="POST", form=form, headers={"Authorization": f"Basic {pair}"}
        )
        if answer.status == 200:
            self.token = answer.json["access_token"]
        return answer

    def ask(self, path: str, method: str = "GET", **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return call(f"{self.server.url}/v1/195900/{path}", method=method, headers=headers, **given)


@contextmanager
def visiting(**variants: str) -> Iterator[Visitor]:
    clock = VirtualClock.frozen_at(NOON)
    app = module.simulator(Clinic(clock=clock), clock=clock, variants={"calls_per_second": "none", **variants})
    with SimulatorServer(app) as server:
        visitor = Visitor(app, server, clock)
        visitor.sign_in()
        yield visitor


def test_it_offers_what_every_pretend_vendor_offers() -> None:
    offered: SimulatorModule = module
    assert offered.FAULTS is FAULTS
    assert all(values for values in VARIANTS.values())
    with pytest.raises(UnknownVariant):
        module.simulator(
            Clinic(clock=VirtualClock.frozen_at(NOON)), clock=VirtualClock.frozen_at(NOON), variants={"x": "y"}
        )


def test_every_shared_scenario_is_expressed_or_says_why_not() -> None:
    assert set(SHARED) == {name for name in SCENARIOS if name in SHARED} | set(NOT_EXPRESSED)


def test_the_sixth_token_of_a_minute_is_refused_and_lifetimes_are_text() -> None:
    with visiting() as visitor:
        answers = [visitor.sign_in() for _ in range(5)]
        assert [answer.status for answer in answers] == [200] * 4 + [429]
        assert answers[0].json["expires_in"] == "3600"
        assert answers[0].headers["x-ratelimit-limit"] == "5"
        visitor.clock.advance(timedelta(minutes=1))
        assert visitor.sign_in().status == 200
        assert visitor.sign_in("wrong").status == 401


def test_a_token_dies_after_an_hour() -> None:
    with visiting() as visitor:
        assert visitor.ask("departments").status == 200
        visitor.clock.advance(timedelta(hours=1))
        assert visitor.ask("departments").status == 401


def test_unknown_addresses_are_plain_text_that_claims_to_be_json() -> None:
    with visiting() as visitor:
        answer = visitor.ask("nothing/here")
        assert (answer.status, answer.body) == (404, b"Service not registered with API gateway.")
        assert answer.headers["content-type"].startswith("application/json")


def test_a_burst_is_throttled_without_json() -> None:
    with visiting(calls_per_second="5") as visitor:
        answers = [visitor.ask("departments") for _ in range(7)]
        assert 429 in [answer.status for answer in answers]
        assert answers[-1].body == b"Rate limit exceeded."


def test_cancelled_ones_hide_and_single_reads_are_lists_of_one() -> None:
    with visiting() as visitor:
        kept, gone = a_booking(visitor.clinic), a_booking(visitor.clinic)
        visitor.clinic.cancel(gone.id)
        assert visitor.ask("appointments/booked", query=DAYS).json["totalcount"] == 1
        assert visitor.ask("appointments/booked", query={**DAYS, "showcancelled": "true"}).json["totalcount"] == 2
        (row,) = visitor.ask(f"appointments/{kept.id}").json
        assert (row["appointmentid"], row["appointmentstatus"]) == (str(kept.id), "f")
        assert visitor.ask("appointments/1").body.startswith(b"\n\n\n{")


def test_links_are_relative_and_in_capitals_and_rows_in_the_order_of_the_time_of_day() -> None:
    with visiting() as visitor:
        for day, hour in ((10, 16), (20, 8), (12, 9)):
            a_booking(visitor.clinic, start=datetime(2026, 11, day, hour))
        page = visitor.ask("appointments/booked", query={**DAYS, "limit": "2"}).json
        assert [row["starttime"] for row in page["appointments"]] == ["08:00", "09:00"]
        assert page["next"].startswith("/v1/195900/appointments/booked?ENDDATE=12%2F31%2F2026")
        assert page["next"].endswith("limit=2&offset=2")


def test_changes_need_a_subscription_and_are_handed_out_once() -> None:
    with visiting() as visitor:
        assert visitor.ask("appointments/changed").status == 403
        assert b"require setup (subscription)" in visitor.ask("appointments/changed").body
        a_booking(visitor.clinic)  # before it: never told
        assert visitor.ask("appointments/changed/subscription", "POST", form={}).json == {"success": True}
        booked = a_booking(visitor.clinic)
        peek = visitor.ask("appointments/changed", query={"leaveunprocessed": "true"}).json
        read, again = (visitor.ask("appointments/changed").json for _ in range(2))
        assert [row["appointmentid"] for row in read["appointments"]] == [str(booked.id)]
        assert peek["appointments"] == read["appointments"]
        assert again == {"totalcount": 0, "appointments": []}
        window = {"showprocessedstartdatetime": "11/09/2026 11:00:00"}  # noon in New York is 17:00 UTC
        assert visitor.ask("appointments/changed", query=window).json["totalcount"] == 1
        window["showprocessedenddatetime"] = "11/09/2026 11:59:59"
        assert visitor.ask("appointments/changed", query=window).json["totalcount"] == 0


def test_a_subscription_to_one_event_is_partial_and_json_bodies_are_passed_over() -> None:
    with visiting() as visitor:
        path = "appointments/changed/subscription"
        visitor.ask(path, "POST", form={"eventname": "ScheduleAppointment"})
        assert visitor.ask(path).json["status"] == "PARTIAL"
        visitor.ask(path, "POST", json={"eventname": "CheckIn"})  # no form: all events
        assert visitor.ask(path).json["status"] == "ACTIVE"
        visitor.ask(path, "DELETE")
        assert visitor.ask(path).json["status"] == "INACTIVE"
        assert "MergePatient" in str(visitor.ask("patients/changed/subscription/events").json)


def test_a_reschedule_makes_a_new_id_moves_the_notes_and_leaves_a_slot() -> None:
    with visiting(subscription="active") as visitor:
        old = a_booking(visitor.clinic, note="Bring list")
        new = visitor.clinic.rebook(old.id, start=old.start + timedelta(days=1))
        rows = {row["appointmentid"]: row for row in visitor.ask("appointments/changed").json["appointments"]}
        assert rows[str(old.id)]["rescheduledappointmentid"] == str(new.id)
        assert "appointmentnotes" not in rows[str(old.id)]
        assert rows[str(new.id)]["appointmentnotes"][0]["text"] == "Bring list"
        slots = [row for row in rows.values() if row["appointmentstatus"] == "o"]
        assert len(slots) == 1
        assert "patientid" not in slots[0]


def test_nested_patients_have_booleans_as_text_and_restricted_charts_are_refused() -> None:
    with visiting() as visitor:
        booked = a_booking(visitor.clinic)
        rows = visitor.ask("appointments/booked", query={**DAYS, "showpatientdetail": "true"}).json["appointments"]
        assert rows[0]["patient"]["emailexists"] == "true"
        assert rows[0]["chargeentrynotrequired"] is False
        visitor.app.restricted.add(booked.patient_id or 0)
        assert visitor.ask(f"patients/{booked.patient_id}").status == 403
        assert visitor.ask(f"patients/{booked.patient_id}", query={"ignorerestrictions": "true"}).status == 200


def test_hidden_departments_and_types_show_only_when_asked_for() -> None:
    with visiting() as visitor:
        a_booking(visitor.clinic, location_id=visitor.clinic.add_location("Virtual Care").id)
        assert visitor.ask("departments").json["totalcount"] == 0
        assert visitor.ask("departments", query={"showalldepartments": "true"}).json["totalcount"] == 1
        assert visitor.ask("appointmenttypes").json["totalcount"] == 0
        assert visitor.ask("appointmenttypes", query={"hidenonpatient": "false"}).json["totalcount"] == 1


def test_it_can_go_back_to_what_it_had_handed_out() -> None:
    with visiting(subscription="active") as visitor:
        visitor.ask("appointments/changed")
        a_booking(visitor.clinic)
        a_patient(visitor.clinic)
        go_back = visitor.app.way_back()
        assert visitor.ask("appointments/changed").json["totalcount"] == 1
        assert visitor.ask("appointments/changed").json["totalcount"] == 0
        go_back()
        assert visitor.ask("appointments/changed").json["totalcount"] == 1
