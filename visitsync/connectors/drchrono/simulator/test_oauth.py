"""The pretend DrChrono's consent: codes used once, tokens that rotate, and every trap that kills them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from visitsync.connectors.drchrono.simulator.settings import CREDENTIALS
from visitsync.connectors.drchrono.simulator.visitor import Visitor, visiting
from visitsync.simulator_kit.plain_client import Answer, call


def authorize(visitor: Visitor, **changes: str) -> Answer:
    asked = {
        "response_type": "code",
        "client_id": CREDENTIALS["client_id"],
        "redirect_uri": CREDENTIALS["redirect_uri"],
        "scope": "calendar:read clinical:read",
        "state": "s 1",
    }
    return call(f"{visitor.server.url}/o/authorize/", query=asked | changes)


def told(answer: Answer) -> dict[str, str]:
    assert answer.status == 302
    assert answer.headers["location"].startswith(CREDENTIALS["redirect_uri"])
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def exchange(visitor: Visitor, code: str, **changes: str) -> Answer:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CREDENTIALS["redirect_uri"]}
    return visitor.token(**form | changes)


def test_a_code_becomes_a_pair_of_tokens_once() -> None:
    with visiting() as visitor:
        back = told(authorize(visitor))
        assert back["state"] == "s 1"
        answer = exchange(visitor, back["code"])
        assert answer.json["expires_in"] == 172_800
        assert answer.json["token_type"] == "Bearer"
        assert set(answer.json["scope"].split()) == {"calendar:read", "clinical:read"}
        assert exchange(visitor, back["code"]).json == {"error": "invalid_grant"}


def test_without_scope_everything_is_granted() -> None:
    with visiting() as visitor:
        answer = exchange(visitor, told(authorize(visitor, scope=""))["code"])
        assert {"user:read", "settings:write", "patients:summary:read"} <= set(answer.json["scope"].split())


def test_a_code_expires_quickly() -> None:
    with visiting() as visitor:
        code = told(authorize(visitor))["code"]
        visitor.later(seconds=31)
        assert exchange(visitor, code).status == 401


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"scope": "everything"}, "invalid_scope"), ({"response_type": "token"}, "unsupported_response_type")],
)
def test_a_wrong_wish_comes_back_as_an_error(changes: dict[str, str], error: str) -> None:
    with visiting() as visitor:
        assert told(authorize(visitor, **changes))["error"] == error


def test_an_unknown_application_or_address_is_not_sent_anywhere() -> None:
    with visiting() as visitor:
        assert authorize(visitor, client_id="somebody").status == 400
        assert authorize(visitor, redirect_uri="http://elsewhere.example.com/").status == 400


def test_the_user_can_say_no() -> None:
    with visiting() as visitor:
        visitor.app.faults.switch_on("consent_denied")
        assert told(authorize(visitor))["error"] == "access_denied"


def test_a_code_is_bound_to_its_redirect_address() -> None:
    with visiting() as visitor:
        code = told(authorize(visitor))["code"]
        assert exchange(visitor, code, redirect_uri="http://localhost/other").status == 401


def test_refreshing_rotates_both_tokens_and_kills_the_old_ones() -> None:
    with visiting() as visitor:
        before = dict(visitor.tokens)
        assert visitor.refresh().status == 200
        assert visitor.tokens["refresh_token"] != before["refresh_token"]
        assert visitor.ask("doctors").status == 200
        visitor.tokens = before
        assert visitor.ask("doctors").status == 401
        assert visitor.refresh().json == {"error": "invalid_grant"}


def test_a_refresh_may_come_without_a_new_refresh_token() -> None:
    with visiting(refresh_answer="without refresh token") as visitor:
        assert "refresh_token" not in visitor.refresh().json
        assert visitor.refresh().status == 200


def test_connecting_again_kills_the_tokens_held_so_far() -> None:
    with visiting() as visitor:
        exchange(visitor, told(authorize(visitor))["code"])
        assert visitor.ask("doctors").status == 401
        assert visitor.refresh().status == 401


def test_the_access_token_lives_48_hours_and_the_refresh_token_for_ever() -> None:
    with visiting() as visitor:
        visitor.later(hours=47.9)
        assert visitor.ask("doctors").status == 200
        visitor.later(hours=0.1)
        assert visitor.ask("doctors").status == 401
        visitor.later(days=400)
        assert visitor.refresh().status == 200
        assert visitor.ask("doctors").status == 200


def test_revoking_and_deauthorising_kill_everything() -> None:
    with visiting() as visitor:
        form = {name: CREDENTIALS[name] for name in ("client_id", "client_secret")}
        form["token"] = visitor.tokens["access_token"]
        assert call(f"{visitor.server.url}/o/revoke_token/", method="POST", form=form).status == 200
        assert visitor.refresh().status == 401
    with visiting() as visitor:
        call(f"{visitor.server.url}/_simulator/deauthorise", method="POST")
        assert (visitor.ask("doctors").status, visitor.refresh().status) == (401, 401)


@pytest.mark.parametrize("status", ["401", "400"])
def test_a_refresh_is_refused_with_401_or_400(status: str) -> None:
    with visiting(refresh_failure_status=status) as visitor:
        visitor.app.faults.switch_on("refresh_fails")
        answer = visitor.refresh()
        assert (answer.status, answer.json) == (int(status), {"error": "invalid_grant"})
        wrong = visitor.token(grant_type="refresh_token", refresh_token="x", client_secret="wrong")
        assert (wrong.status, wrong.json) == (int(status), {"error": "invalid_client"})


def test_the_token_endpoint_can_be_throttled_too() -> None:
    with visiting() as visitor:
        visitor.app.faults.switch_on("token_throttled")
        assert [visitor.refresh().status, visitor.refresh().status] == [429, 200]


def test_a_token_can_expire_in_the_middle_of_a_run() -> None:
    with visiting() as visitor:
        visitor.app.faults.switch_on("token_expires", skip=2)
        assert [visitor.ask("doctors").status for _ in range(4)] == [200, 200, 401, 401]
        visitor.refresh()
        assert visitor.ask("doctors").status == 200


def test_no_secret_is_in_the_request_log() -> None:
    with visiting() as visitor:
        exchange(visitor, told(authorize(visitor))["code"])
        logged = " ".join(request.line for request in visitor.server.requests)
        assert "code=" in logged or "/o/token/" in logged
        for secret in (CREDENTIALS["client_secret"], visitor.tokens["refresh_token"], visitor.tokens["access_token"]):
            assert secret not in logged
