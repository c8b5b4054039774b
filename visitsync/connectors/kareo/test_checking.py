"""The check of a connection, the practice it finds, and the limits it keeps."""

from datetime import timedelta
from typing import Any, cast

import pytest

from visitsync.connector_kit.conformance.far_side import PacedBudget
from visitsync.connector_kit.conformance.trial import Trial
from visitsync.connector_kit.errors import (
    NeedsPermission,
    TryAgainLater,
)
from visitsync.connectors.kareo import MANIFEST, throttles
from visitsync.connectors.kareo.contract import ENDPOINT_PATH
from visitsync.connectors.kareo.practices import Practice, ours_among
from visitsync.connectors.kareo.simulator import KareoSimulator
from visitsync.connectors.kareo.throttles import limits
from visitsync.simulator_kit.staging import a_booking

LISTS = r"GetAppointments$"


def kareo(**given: Any) -> Trial:
    given["variants"] = {"throttle_percent": "0", **given.get("variants", {})}
    return Trial("kareo", path=ENDPOINT_PATH, **given)


# Practices


def test_a_renamed_practice_is_never_an_empty_one() -> None:
    with kareo(settings={"practice_name": "Larkspur Family Practise"}) as trial:
        a_booking(trial.clinic)
        for read in (lambda: trial.changes(None), trial.sweep, lambda: trial.read_patients(["1"])):
            with pytest.raises(NeedsPermission, match=r"Larkspur Family Practice \(14\)"):
                read()


def test_a_practice_is_followed_by_its_number_whatever_its_name() -> None:
    with kareo(settings={"practice_name": "its old name", "practice_id": "14"}) as trial:
        a_booking(trial.clinic)
        trial.sweep()
        assert len(trial.known.living()) == 1


@pytest.mark.parametrize(
    ("settings", "number"),
    [
        ({"practice_name": " birch LANE "}, "1"),
        ({"practice_id": "2"}, "2"),
        ({"practice_id": "2", "practice_name": "Birch Lane"}, "2"),
        ({}, None),
        ({"practice_name": "Birch"}, None),
        ({"practice_id": "9", "practice_name": "Birch Lane"}, None),
    ],
)
def test_among_several_practices_none_is_guessed(settings: dict[str, str], number: str | None) -> None:
    seen = [Practice("1", "Birch Lane"), Practice("2", "Alder Hill"), Practice("3", "Elm Row", is_active=False)]
    if number is None:
        with pytest.raises(NeedsPermission, match=r"Alder Hill \(2\)"):
            ours_among(seen, settings)
    else:
        assert ours_among(seen, settings).id == number


# Limits


def test_limits_are_those_of_the_table_with_a_margin_and_belong_to_the_customer_key() -> None:
    seconds = {limit.name: limit.seconds for limit in MANIFEST.limits}
    assert (seconds["kareo-GetPatient"], seconds["kareo-GetAppointments"], seconds["kareo-GetThrottles"]) == (
        0.5,
        1.25,
        5.25,
    )
    assert {limit.scope for limit in MANIFEST.limits} == {"credential"}
    assert all(limit.is_spaced and limit.requests == 1 for limit in MANIFEST.limits)


def test_limits_follow_the_settings_and_what_kareo_tells() -> None:
    settings = {
        "throttle_scale": "2",
        "throttle_margin_ms": "10",
        "throttles": "GetPatient=400 Nonsense=1 GetPatients=x",
    }
    seconds = {limit.name: limit.seconds for limit in limits(settings)}
    assert (seconds["kareo-GetPatient"], seconds["kareo-GetPatients"]) == (0.81, 2.01)


# The check of a connection


def test_the_check_learns_the_practice_and_the_live_intervals() -> None:
    with kareo(variants={"throttle_percent": "100"}) as trial:
        cast(KareoSimulator, trial.app).seconds = lambda: trial.clock().timestamp()
        trial.budget = PacedBudget(trial.clock, lambda seconds: trial.clock.advance(timedelta(seconds=seconds)))
        a_booking(trial.clinic)
        check = trial.connector().check()
    assert check.is_working, check.problems
    assert check.facts["practice_id"] == "14"
    assert check.facts["throttles"].split()[0] == "GetAppointment=500"
    assert limits({"throttles": check.facts["throttles"]}) == MANIFEST.limits


@pytest.mark.parametrize("stamps", ["offset", "practice", "utc"])
@pytest.mark.parametrize("times", ["offset", "practice"])
def test_the_check_finds_out_which_zone_lists_are_in(times: str, stamps: str) -> None:
    with kareo(variants={"list_times": times, "stamp_times": stamps}) as trial:
        a_booking(trial.clinic)
        check = trial.connector().check()
        named = {"practice": "practice_local"}
        # A stamp that follows the list's times follows them to the practice's wall clock too.
        truly = times if stamps == "offset" else stamps
        assert check.facts["list_times"] == named.get(times, times)
        assert check.facts["list_stamps"] == named.get(truly, truly)
        assert check.is_working is (times == "offset")
        assert any("list_stamps" in problem for problem in check.problems) is (truly != "offset")
        learned = {name: check.facts[name] for name in ("list_times", "list_stamps")}
        trial.settings.update(learned)
        assert trial.connector().check().problems == ()
        trial.sweep()
        (known,) = trial.known.living().values()
        assert known.start.instant == trial.clinic.instant_of(next(iter(trial.clinic.appointments)))
        assert known.changed_at == trial.clock()


def test_longer_intervals_than_we_know_of_are_worth_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast(dict[str, int], throttles.INTERVAL_MS), "GetPatient", 100)
    with kareo(variants={"throttle_percent": "100"}) as trial:
        cast(KareoSimulator, trial.app).seconds = lambda: trial.clock().timestamp()
        trial.budget = PacedBudget(trial.clock, lambda seconds: trial.clock.advance(timedelta(seconds=seconds)))
        check = trial.connector().check()
    assert check.is_working
    assert any("GetPatient=250" in problem for problem in check.problems)


def test_the_check_without_any_appointment_works_and_learns_less() -> None:
    with kareo() as trial:
        check = trial.connector().check()
    assert check.is_working
    assert "list_times" not in check.facts


@pytest.mark.parametrize("operation", ["GetPatient", "GetAppointment", "GetProviders", "GetServiceLocations"])
def test_the_check_names_every_permission_that_is_missing(operation: str) -> None:
    with kareo() as trial:
        a_booking(trial.clinic)
        trial.app.faults.switch_on("forbidden", times=None, match=f"{operation}$")
        check = trial.connector().check()
    assert not check.is_working
    assert any(operation in problem for problem in check.problems)


def test_the_check_of_an_account_of_2021_does_without_the_newer_operations() -> None:
    with kareo(variants={"contract": "2021"}) as trial:
        a_booking(trial.clinic)
        check = trial.connector().check()
    assert check.is_working, check.problems
    assert "throttles" not in check.facts


def test_during_an_outage_the_check_says_so() -> None:
    with kareo() as trial:
        trial.app.faults.switch_on("outage", times=None)
        with pytest.raises(TryAgainLater):
            trial.connector().check()
