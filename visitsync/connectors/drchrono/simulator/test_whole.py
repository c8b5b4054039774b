"""The pretend DrChrono's doors: who gets in, how often, and what the smaller collections hold."""

from __future__ import annotations

import pytest

from visitsync.connectors.drchrono import simulator as module
from visitsync.connectors.drchrono.simulator import FAULTS, SCENARIOS, VARIANTS, simulator
from visitsync.connectors.drchrono.simulator.gate import NEEDS
from visitsync.connectors.drchrono.simulator.scenarios import NOT_EXPRESSED
from visitsync.connectors.drchrono.simulator.visitor import NOON, visiting
from visitsync.simulator_kit.app import SimulatorModule, UnknownVariant
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clinics import a_busy_clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.plain_client import call
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED
from visitsync.simulator_kit.staging import a_booking

WINDOW = {"date_range": "2026-10-20/2027-04-27"}


def test_a_dead_token_is_refused_in_html() -> None:
    with visiting() as visitor:
        answer = visitor.ask("doctors", as_nobody=True)
        assert (answer.status, answer.body) == (401, b"Authorization failed.")
        assert answer.headers["content-type"].startswith("text/html")
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_the_www_host_is_switched_off() -> None:
    with visiting() as visitor:
        assert visitor.ask("doctors", headers={"Host": "www.drchrono.example.com"}).status == 403


def test_asking_for_html_is_answered_in_html() -> None:
    with visiting() as visitor:
        answer = visitor.ask("doctors", headers={"Accept": "text/html"})
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("collection", [name for name, (bases, _) in NEEDS.items() if bases])
def test_every_collection_needs_its_scopes(collection: str) -> None:
    with visiting() as visitor:
        assert visitor.ask(collection, query={"date": "2026-11-02", "uuid": "x"}).status != 403
        assert visitor.app.consent.grant
        visitor.app.consent.grant.scopes = frozenset()
        assert visitor.ask(collection, query={"date": "2026-11-02"}).status == 403
        assert visitor.ask("users").status == 200


def test_the_right_scope_is_not_enough_without_the_users_permission() -> None:
    with visiting(a_clinic_of_two()) as visitor:
        call(f"{visitor.server.url}/_simulator/permissions", method="POST", json={"access_scheduling": False})
        assert visitor.ask("appointments", query=WINDOW).status == 403
        assert visitor.ask("patients").status == 200
        current = visitor.ask("users/current")
        permissions = visitor.ask(current.headers["location"]).json["permissions"]
        assert permissions["access_scheduling"] is False


def test_without_sharing_only_the_users_own_doctor_is_seen() -> None:
    clinic = a_clinic_of_two()
    with visiting(clinic) as visitor:
        assert {row["doctor"] for row in visitor.rows("appointments", **WINDOW)} == {301, 302}
        visitor.app.permissions["share_patients"] = False
        visitor.app.permissions["share_appointment_profiles"] = False
        assert {row["doctor"] for row in visitor.rows("appointments", **WINDOW)} == {301}
        assert {row["doctor"] for row in visitor.rows("appointment_profiles")} == {301}


@pytest.mark.parametrize(("body", "start"), [("detail", b'{"detail"'), ("html", b"<h1>403")])
def test_nobody_recorded_what_a_403_looks_like(body: str, start: bytes) -> None:
    with visiting(forbidden_body=body) as visitor:
        visitor.app.faults.switch_on("forbidden")
        assert visitor.ask("doctors").body.startswith(start)


def test_the_hourly_quota_ends_at_the_top_of_the_hour() -> None:
    with visiting(hourly_quota="3") as visitor:
        visitor.later(minutes=21, seconds=45)
        assert [visitor.ask("doctors").status for _ in range(4)] == [200, 200, 200, 429]
        refused = visitor.ask("doctors")
        assert refused.json == {"detail": "Request was throttled. Expected available in 2295.0 seconds."}
        assert not {"retry-after", "x-ratelimit-remaining"} & set(refused.headers)
        visitor.later(seconds=2295)
        assert visitor.ask("doctors").status == 200


def test_the_tenth_call_within_a_second_is_throttled() -> None:
    with visiting(calls_per_second="10") as visitor:
        statuses = [visitor.ask("doctors").status for _ in range(10)]
        assert statuses == [200] * 9 + [429]
        visitor.later(seconds=1)
        assert visitor.ask("doctors").status == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_a_wrong_method_is_not_allowed(method: str) -> None:
    with visiting() as visitor:
        assert visitor.ask("doctors", method=method).status == 405


@pytest.mark.parametrize("path", ["nonsense", "doctors/1", "appointments/", "users/0", "v4/doctors", "patients/x"])
def test_an_unknown_address_is_not_found(path: str) -> None:
    with visiting() as visitor:
        answer = visitor.ask(path)
        assert (answer.status, answer.json) == (404, {"detail": "Not found."})


def test_the_current_user_is_a_redirect_or_not() -> None:
    clinic = a_clinic_of_two()
    with visiting(clinic) as visitor:
        answer = visitor.ask("users/current")
        assert answer.status == 302
        assert visitor.ask(answer.headers["location"]).json["doctor"] == 301
    with visiting(a_clinic_of_two(), users_current="direct") as visitor:
        assert visitor.ask("users/current").json["is_doctor"] is True


def test_doctors_carry_legacy_zones_and_offices_none() -> None:
    with visiting(a_busy_clinic(3, NOON)) as visitor:
        assert {"US/Eastern", "US/Central", "US/Arizona"} <= {row["timezone"] for row in visitor.rows("doctors")}
        offices = visitor.rows("offices")
        assert not any("zone" in key for key in offices[0])
        assert [room["index"] for room in offices[0]["exam_rooms"]] == [1, 2]


def test_a_profile_has_another_id_for_every_doctor() -> None:
    with visiting(a_clinic_of_two()) as visitor:
        profiles = [row for row in visitor.rows("appointment_profiles") if row["name"] == "Telemedicine Visit"]
        assert [row["doctor"] for row in profiles] == [301, 302]
        assert len({row["id"] for row in profiles}) == 2
        assert len(visitor.rows("appointment_profiles", doctor=302)) == 1


def test_a_desk_is_a_doctor_row_whose_user_is_no_doctor() -> None:
    clinic = a_clinic_of_two()
    desk = clinic.add_practitioner("Front Desk", "2", is_provider=False)
    suspended = clinic.disable(302)
    with visiting(clinic) as visitor:
        is_doctor = {row["doctor"]: row["is_doctor"] for row in visitor.rows("users")}
        assert is_doctor == {301: True, 302: True, desk.id: False}
        told = {row["id"]: row["is_account_suspended"] for row in visitor.rows("doctors")}
        assert told[suspended.id] is True


def test_the_payer_directory_can_be_searched() -> None:
    with visiting() as visitor:
        assert [row["payer_id"] for row in visitor.rows("insurances", payer_type="emdeon", term="heron")] == ["BHP22"]


def test_every_scenario_is_staged_and_names_the_vendors_id() -> None:
    assert set(SHARED) == {name for name in SCENARIOS if name in SHARED} | set(NOT_EXPRESSED)
    with visiting() as visitor:
        for name in SCENARIOS:
            staged = call(f"{visitor.server.url}/_simulator/scenarios", method="POST", json={"name": name}).json
            assert staged["vendor_id"], name
        assert len(visitor.rows("appointments", show_archived="true", **WINDOW)) > 50


def test_an_unknown_variant_is_refused_with_those_that_exist() -> None:
    clinic = a_clinic_of_two()
    with pytest.raises(UnknownVariant, match="show_archived"):
        simulator(clinic, clock=clinic.clock, variants={"weather": "bad"})


@pytest.mark.parametrize(("fact", "variant"), [(fact, variant) for fact, them in VARIANTS.items() for variant in them])
def test_every_variant_serves_a_list(fact: str, variant: str) -> None:
    with visiting(a_clinic_of_two(), **{fact: variant}) as visitor:
        visitor.later(seconds=10)
        assert visitor.ask("appointments", query={"since": "2026-10-01"}).status == 200


def test_the_module_offers_what_every_simulator_offers() -> None:
    offered: SimulatorModule = module
    clinic = a_clinic_of_two()
    assert offered.simulator(clinic, clock=clinic.clock, variants={"page_size": "20"}).variants["page_size"] == "20"
    assert {"client_id", "client_secret", "refresh_token"} <= set(offered.CREDENTIALS)


def test_every_fault_has_a_line_of_help() -> None:
    assert all(FAULTS.values())


def a_clinic_of_two() -> Clinic:
    clinic = Clinic(clock=VirtualClock.frozen_at(NOON))
    a_booking(clinic)
    second = clinic.add_practitioner("Leopold", "Tran", zone="America/Chicago", npi="1000000012")
    a_booking(clinic, practitioner_id=second.id)
    return clinic
