"""Wrong logins, throttling, and every fault: what goes wrong with status 200 and what does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from visitsync.connectors.kareo import simulator as kareo_simulator
from visitsync.connectors.kareo.simulator import FAULTS, SCENARIOS, VARIANTS, simulator
from visitsync.connectors.kareo.simulator.account import CREDENTIALS
from visitsync.connectors.kareo.simulator.by_hand import MONDAY_NOON, ByHand, Reply, kareo
from visitsync.connectors.kareo.simulator.throttle import Throttle
from visitsync.simulator_kit.app import SimulatorModule, UnknownVariant
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.scenarios import SCENARIOS as SHARED
from visitsync.simulator_kit.staging import a_booking, a_patient


def practices(client: ByHand, **login: str) -> Reply:
    return client.call("GetPractices", "<Fields/><Filter/>", **login)


def flags(reply: Reply) -> tuple[str | None, ...]:
    return tuple(reply.text(name) for name in ("Authenticated", "Authorized", "CustomerKeyValid", "IsError"))


# --- logins -------------------------------------------------------------------------------------------------------


def test_a_good_login_says_so_and_names_its_practices() -> None:
    with kareo() as client:
        reply = practices(client)
        assert flags(reply) == ("true", "true", "true", "false")
        assert (reply.text("SecurityResult"), reply.text("SecurityResultSuccess")) == ("Success", "true")
        assert reply.rows("PracticesAuthorized")[0].keys() == {"PracticeID"}
        assert reply.text("int") == "14"


@pytest.mark.parametrize("login", [{"password": "wrong"}, {"user": "nobody"}, {"password": ""}])
@pytest.mark.parametrize("variant", ["quiet", "is_error"])
def test_a_wrong_login_is_status_200_and_not_necessarily_an_error(variant: str, login: dict[str, str]) -> None:
    with kareo(wrong_login=variant) as client:
        reply = practices(client, **login)
        assert reply.status == 200
        assert flags(reply) == ("false", "false", "true", str(variant == "is_error").lower())
        assert reply.text("SecurityResult") == "Invalid user name and/or password"
        assert reply.text("Practices") is None
        assert reply.text("PracticesAuthorized") is None


def test_a_wrong_key_is_flagged_or_leaves_everything_out() -> None:
    with kareo() as client:
        assert flags(practices(client, customer_key="wrong")) == ("false", "false", "false", "false")
    with kareo(wrong_key="null_list") as client:
        reply = practices(client, customer_key="wrong")
        assert (reply.text("IsError"), reply.text("SecurityResponse")) == ("false", None)
        assert reply.text("Practices") is None


def test_security_result_success_may_mean_the_opposite() -> None:
    with kareo(security_result_success="true_when_bad") as client:
        assert practices(client).text("SecurityResultSuccess") == "false"
        assert practices(client, password="wrong").text("SecurityResultSuccess") == "true"


@pytest.mark.parametrize(("variant", "security"), [("present", ""), ("nil", None)])
def test_an_error_may_come_without_security(variant: str, security: str | None) -> None:
    with kareo(security_on_error=variant) as client:
        reply = client.listed("GetAppointments", {"StartDate": "tomorrow"})
        assert (reply.text("IsError"), reply.text("SecurityResponse")) == ("true", security)


def test_a_password_may_hold_what_xml_must_escape() -> None:
    assert {"&", "<", ">"} <= set(CREDENTIALS["password"])


# --- throttling ---------------------------------------------------------------------------------------------------


def test_a_gap_of_exactly_the_interval_is_too_short() -> None:
    throttle = Throttle(100)
    assert throttle.allows("GetAppointments", "key", 10.0)
    assert not throttle.allows("GetAppointments", "key", 11.0)
    assert throttle.allows("GetAppointments", "key", 11.001)


def test_every_operation_and_every_key_counts_for_itself() -> None:
    throttle = Throttle(100)
    assert throttle.allows("GetAppointments", "key", 10.0)
    assert throttle.allows("GetPatient", "key", 10.0)
    assert throttle.allows("GetAppointments", "other key", 10.0)
    assert not throttle.allows("GetPatient", "key", 10.2)


def test_a_throttled_call_is_status_200_with_429_in_the_text() -> None:
    with kareo(throttle_percent="100") as client:
        a_booking(client.clinic)
        client.app.seconds = lambda: 10.0
        assert len(client.listed("GetAppointments").rows("AppointmentData")) == 1
        reply = client.listed("GetAppointments")
        assert (reply.status, reply.text("IsError")) == (200, "true")
        assert reply.text("ErrorMessage") == "429 - GetAppointments endpoint requested more than allowed"
        assert (reply.text("SecurityResponse"), reply.text("Appointments")) == (None, None)
        client.app.seconds = lambda: 11.25
        assert client.listed("GetAppointments").text("IsError") == "false"


def test_a_throttled_answer_may_be_outside_the_description() -> None:
    with kareo(throttled_answer="untyped") as client:
        client.app.faults.switch_on("throttled")
        reply = practices(client)
        assert reply.status == 200
        assert "endpoint requested more than allowed" in (reply.text("ErrorMessage") or "")
        assert reply.root.find(".//{*}GetPracticesResult") is None


def test_the_intervals_can_be_asked_for_and_shrunk() -> None:
    for percent, interval in (("100", "1000"), ("5", "50"), ("0", "0")):
        with kareo(throttle_percent=percent) as client:
            rows = {
                row["Endpoint"]: row["ThrottleTimeMs"] for row in client.call("GetThrottles").rows("ThrottleDetail")
            }
            assert rows["GetAppointments"] == interval
            assert len(rows) == 28


# --- faults -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("unauthorized", ("false", "false", "true", "false")),
        ("forbidden", ("true", "false", "true", "false")),
        ("key_refused", ("false", "false", "false", "false")),
        ("error_in_200", ("true", "true", "true", "true")),
    ],
)
def test_a_refusal_can_be_switched_on_and_passes(fault: str, told: tuple[str, ...]) -> None:
    with kareo() as client:
        client.app.faults.switch_on(fault, match="GetPractices")
        reply = practices(client)
        assert (reply.status, flags(reply)) == (200, told)
        assert reply.text("Practices") is None
        assert flags(practices(client)) == ("true", "true", "true", "false")


def test_missing_permissions_are_named() -> None:
    with kareo() as client:
        client.app.faults.switch_on("forbidden")
        assert practices(client).text("string") == "GetPractices API"


def test_the_security_part_can_be_missing_from_a_good_answer() -> None:
    with kareo() as client:
        client.app.faults.switch_on("security_missing")
        reply = practices(client)
        assert (reply.text("IsError"), reply.text("SecurityResponse")) == ("false", None)
        assert len(reply.rows("PracticeData")) == 2


def test_the_service_itself_can_break() -> None:
    with kareo() as client:
        client.app.faults.switch_on("internal_fault")
        reply = practices(client)
        assert (reply.status, "a:InternalServiceFault" in reply.fault) == (500, True)


def ids(client: ByHand) -> list[str | None]:
    return [row.get("ID") for row in client.november()]


def test_rows_can_repeat_vanish_or_be_followed_by_nothing() -> None:
    with kareo() as client:
        booked = [str(a_booking(client.clinic).id) for _ in range(3)]
        client.app.faults.switch_on("duplicate_rows", share=1.0)
        assert ids(client) == [each for each in booked for _ in range(2)]
        client.app.faults.switch_on("empty_list")
        assert ids(client) == []
        client.app.faults.switch_on("phantom_row")
        assert ids(client) == [*booked, None]
        assert ids(client) == booked


@pytest.mark.parametrize(
    ("how", "member", "value"),
    [("date", "StartDate", "sometime next week"), ("no_id", "ID", None), ("no_start", "StartDate", None)],
)
def test_one_row_can_make_no_sense(how: str, member: str, value: str | None) -> None:
    with kareo() as client:
        for _ in range(3):
            a_booking(client.clinic)
        good = client.november()
        client.app.faults.switch_on("unreadable_record", row=1, how=how)
        rows = client.november()
        assert (rows[0], rows[2]) == (good[0], good[2])
        assert rows[1].get(member) == value


def test_a_member_can_have_another_name_or_value_in_every_row() -> None:
    with kareo() as client:
        for _ in range(2):
            a_booking(client.clinic)
        client.app.faults.switch_on("field_renamed", field="StartDate", to="StartsAt")
        rows = client.november()
        assert all("StartDate" not in row and "StartsAt" in row for row in rows)
        client.app.faults.switch_on("field_retyped", field="PatientID", value="not a number")
        assert {row["PatientID"] for row in client.november()} == {"not a number"}


def test_batches_of_charts_can_shrink_repeat_and_skip() -> None:
    with kareo() as client:
        numbers = [a_patient(client.clinic).id for _ in range(4)]
        asked = "<Fields/><Filter><BatchSize>2</BatchSize></Filter>"
        client.app.faults.switch_on("shrunk_page", rows=1)
        assert len(client.call("GetAllPatients", asked).rows("PatientBatchData")) == 1
        client.app.faults.switch_on("next_is_same_page")
        assert client.call("GetAllPatients", asked).text("nextStartKey") == "0"
        client.app.faults.switch_on("dropped_page")
        rows = client.call("GetAllPatients", asked).rows("PatientBatchData")
        assert [row["ID"] for row in rows] == [str(number) for number in numbers[2:]]


def test_the_kits_faults_of_the_wire_apply() -> None:
    with kareo() as client:
        client.app.faults.switch_on("outage", status=503)
        assert practices(client).status == 503
        client.app.faults.switch_on("html_as_data")
        assert practices(client).body.startswith(b"<!doctype html>")
        client.app.faults.switch_on("short_body")
        with pytest.raises(etree.XMLSyntaxError):
            _ = practices(client).root


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_its_own_changes_some_answer(fault: str) -> None:
    with kareo() as client:
        for _ in range(4):
            a_booking(client.clinic)
        page = "<Fields/><Filter><BatchSize>2</BatchSize></Filter>"
        operation = "GetAllPatients" if "page" in fault else "GetAppointments"
        plain = client.call(operation, page)
        client.app.faults.switch_on(fault, share=1.0, field="ID")
        assert client.call(operation, page).body != plain.body
        assert client.call(operation, page).body == plain.body


# --- what the module offers ---------------------------------------------------------------------------------------


def test_it_offers_what_every_simulator_offers() -> None:
    offered: SimulatorModule = kareo_simulator
    clinic = Clinic(clock=VirtualClock.frozen_at(MONDAY_NOON))
    assert offered.simulator(clinic, clock=clinic.clock, variants={}).emr == "kareo"


def test_it_imports_nothing_of_ours_but_itself_and_the_kit() -> None:
    for file in Path(kareo_simulator.__file__).parent.glob("simulator*.py"):
        imported = re.findall(r"^(?:from|import) (visitsync[\w.]*)(?: import (\w+))?", file.read_text(), re.MULTILINE)
        for module, name in imported:
            whole = f"{module}.{name}" if module == "visitsync.connectors.kareo" else module
            allowed = ("visitsync.connectors.kareo.simulator", "visitsync.simulator_kit")
            assert whole.startswith(allowed), f"{file.name} imports {whole}"


def test_an_unknown_variant_is_refused() -> None:
    clinic = Clinic(clock=lambda: pytest.fail("not asked"))
    with pytest.raises(UnknownVariant, match="shared_id"):
        simulator(clinic, clock=clinic.clock, variants={"series": "sometimes"})
    with pytest.raises(UnknownVariant, match="contract"):
        simulator(clinic, clock=clinic.clock, variants={"soap": "1.2"})


def test_the_first_of_each_variant_is_what_is_documented_or_seen_most() -> None:
    assert {name: values[0] for name, values in VARIANTS.items() if name in {"contract", "series", "deleted"}} == {
        "contract": "current",
        "series": "shared_id",
        "deleted": "is_deleted",
    }


def test_every_shared_cause_is_staged_or_left_out_for_a_reason() -> None:
    assert set(SHARED) - set(SCENARIOS) == {"B10", "B11-deceased", "E7", "E7-missing", "E7-repeated"}
