"""What DrChrono refuses and limits, and how one signs in, tried on the pretend one over HTTP."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from visitsync.connector_kit.conformance.instead import Instead
from visitsync.connector_kit.conformance.trial import NOON, Trial
from visitsync.connector_kit.errors import (
    ForbiddenAddress,
    NeedsReconnect,
    TryAgainLater,
)
from visitsync.connectors.drchrono import authorization_url, exchange_code
from visitsync.connectors.drchrono.manifest import limits
from visitsync.connectors.drchrono.on_trial import LIST, trying
from visitsync.connectors.drchrono.simulator import VARIANTS
from visitsync.simulator_kit.exchange import as_json
from visitsync.simulator_kit.plain_client import call
from visitsync.simulator_kit.staging import a_booking, the_practitioner


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("Request was throttled. Expected available in 2295.0 seconds.", 2295),
        ("Request was throttled. Expected available in 17 seconds.", 17),
        ("Request was throttled. Expected available in 1 second.", 1),
        ("Request was throttled. Expected available in 999999999 seconds.", 3600),
        ("Request was throttled. Expected available in 0.0 seconds.", 1),
        ("Request was throttled.", 60),
        ("<html>Too many requests</html>", 60),
    ],
)
def test_the_wait_stands_in_the_text_and_is_obeyed_within_reason(told: str, seconds: int) -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.sweep()
        trial.server.app = Instead(trial.app, LIST, as_json({"detail": told}, 429))
        with pytest.raises(TryAgainLater) as error:
            trial.sweep()
        assert error.value.until == NOON + timedelta(seconds=seconds)
        assert error.value.code == "emr-throttled"
        assert trial.budget.refusals[-1][0] == ("drchrono-per-hour", "drchrono-per-second")


def test_every_request_counts_against_the_quota_that_all_practices_share() -> None:
    with trying() as trial:
        a_booking(trial.clinic)
        trial.connector().check()
        trial.sweep()
        assert len(trial.budget.taken) == len(trial.server.requests)
        assert {names for names, _ in trial.budget.taken} == {("drchrono-per-hour", "drchrono-per-second")}


def test_a_raised_quota_is_used() -> None:
    default, raised = limits({}), limits({"requests_per_hour": "5000", "requests_per_second": "50"})
    assert [(each.requests, each.seconds, each.scope) for each in default] == [
        (500, 3600, "application"),
        (8, 1, "application"),
    ]
    assert [each.requests for each in raised] == [5000, 50]
    assert [each.requests for each in limits({"requests_per_hour": "many"})] == [500, 8]


def test_a_throttled_token_endpoint_is_waited_for() -> None:
    with trying() as trial:
        trial.app.faults.switch_on("token_throttled")
        with pytest.raises(TryAgainLater) as error:
            trial.connector().check()
        assert error.value.code == "emr-throttled"


@pytest.mark.parametrize("body", VARIANTS["forbidden_body"])
def test_what_must_be_granted_is_named(body: str) -> None:
    with trying(variants={"forbidden_body": body}) as trial:
        the_practitioner(trial.clinic)
        trial.app.controls()["permissions"]({"access_scheduling": False, "share_patients": False})
        check = trial.connector().check()
        assert not check.is_working
        text = " ".join(check.problems)
        assert "Scheduling" in text
        assert "shared" in text
        assert "appointments" in text


def test_a_token_with_too_small_a_scope_names_what_is_missing() -> None:
    with trying() as trial:
        the_practitioner(trial.clinic)
        credentials = _signed_in(trial, scope="user:read calendar:read clinical:read")
        trial.credentials.renew(lambda before: credentials)
        check = trial.connector().check()
        assert [problem for problem in check.problems if "patients" in problem]
        assert [problem for problem in check.problems if "appointment profiles" in problem]
        assert not [problem for problem in check.problems if "offices" in problem]


def test_the_host_that_was_switched_off_is_refused_with_the_one_to_use() -> None:
    with trying() as trial, pytest.raises(ForbiddenAddress, match=r"app\.drchrono\.com"):
        trial.connector(base_url="https://www.drchrono.com")


def test_signing_in_gives_credentials_that_work_and_ends_those_given_before() -> None:
    with trying() as trial:
        the_practitioner(trial.clinic)
        before = trial.connector()
        assert before.check().is_working
        credentials = _signed_in(trial)
        with pytest.raises(NeedsReconnect):
            before.check()
        trial.credentials.renew(lambda _: credentials)
        assert trial.connector().check().is_working


def test_a_code_that_was_used_needs_another_sign_in() -> None:
    with trying() as trial, pytest.raises(NeedsReconnect):
        _exchanged(trial, "no-such-code")


def test_access_that_was_withdrawn_in_drchrono_needs_a_reconnect() -> None:
    with trying() as trial:
        the_practitioner(trial.clinic)
        trial.connector().check()
        trial.app.controls()["deauthorise"]({})
        with pytest.raises(NeedsReconnect):
            trial.connector().check()


def _signed_in(trial: Trial, scope: str = "") -> dict[str, str]:
    """What a practice admin's browser does."""
    known = trial.credentials.read()
    url = authorization_url(
        trial.server.url, client_id=known["client_id"], redirect_uri=known["redirect_uri"], state="a state"
    )
    if scope:
        url = re.sub(r"scope=[^&]*", f"scope={scope.replace(' ', '+')}", url)
    back = parse_qs(urlsplit(call(url).headers["location"]).query)
    assert back["state"] == ["a state"]
    return _exchanged(trial, back["code"][0])


def _exchanged(trial: Trial, code: str) -> dict[str, str]:
    known = trial.credentials.read()
    return exchange_code(
        trial.config,
        trial.budget,
        trial.clock,
        client_id=known["client_id"],
        client_secret=known["client_secret"],
        redirect_uri=known["redirect_uri"],
        code=code,
    )
