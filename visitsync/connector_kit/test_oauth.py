"""Tokens are renewed once, kept to ourselves, and their end is told as what to do next."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from visitsync.connector_kit.conformance.far_side import MemoryBudget, MemoryCredentials
from visitsync.connector_kit.errors import AnswerUnreadable, NeedsReconnect, RequestRefused, TryAgainLater
from visitsync.connector_kit.http import PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.oauth import TokenHolder, authorization_url, exchange_code
from visitsync.simulator_kit.app import App
from visitsync.simulator_kit.clinic import Clinic
from visitsync.simulator_kit.clock import VirtualClock
from visitsync.simulator_kit.exchange import Request, Response, as_html, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.server import SimulatorServer

NOW = datetime(2026, 11, 9, 17, tzinfo=UTC)
SAVED = {"client_id": "app", "client_secret": "s3cr3t-of-the-app", "access_token": "old", "refresh_token": "once-1"}

Reply = Callable[[Mapping[str, str]], Response]


class TokenServer(App):
    """A token endpoint that answers as told, and remembers the forms it got."""

    emr = "tokens"

    def __init__(self) -> None:
        self.clock = VirtualClock.frozen_at(NOW)
        self.clinic = Clinic(clock=self.clock)
        self.faults = Faults({})
        self.variants: Mapping[str, str] = {}
        self.forms: list[Mapping[str, str]] = []
        self.reply: Reply = lambda form: as_json(a_grant())

    def answer(self, request: Request) -> Response:
        self.forms.append(request.form)
        return self.reply(request.form)


def a_grant(**changes: Any) -> dict[str, Any]:
    grant = {"access_token": "new", "refresh_token": "once-2", "expires_in": 172800, "token_type": "Bearer"}
    return {key: value for key, value in (grant | changes).items() if value is not ...}


class Held:
    """A token server with a client of it."""

    def __init__(self, server: SimulatorServer, app: TokenServer) -> None:
        self.app = app
        self.budget = MemoryBudget(app.clock)
        self.client = PoliteClient(server.url, budget=self.budget, clock=app.clock, allows_loopback=True)

    def holder(self, store: MemoryCredentials) -> TokenHolder:
        return TokenHolder(self.client, store, self.app.clock, token_url="/o/token/")

    def token(self, saved: Mapping[str, str]) -> tuple[str, MemoryCredentials]:
        store = MemoryCredentials(saved)
        return self.holder(store).token(urgency=Urgency.ROUTINE), store


@pytest.fixture
def held() -> Iterator[Held]:
    app = TokenServer()
    with SimulatorServer(app) as server:
        yield Held(server, app)


def test_a_good_token_is_used_without_asking(held: Held) -> None:
    assert held.token(SAVED)[0] == "old"
    assert held.app.forms == []


def test_a_token_about_to_expire_is_renewed_and_both_new_tokens_are_saved(held: Held) -> None:
    soon = (NOW + timedelta(minutes=4)).isoformat()
    token, store = held.token(SAVED | {"expires_at": soon})
    assert token == "new"
    assert held.app.forms[0]["grant_type"] == "refresh_token"
    assert held.app.forms[0]["refresh_token"] == "once-1"
    saved = store.read()
    assert (saved["refresh_token"], saved["client_secret"]) == ("once-2", SAVED["client_secret"])
    assert datetime.fromisoformat(saved["expires_at"]) == NOW + timedelta(hours=48)


def test_whoever_finds_the_token_renewed_does_not_renew_it_again(held: Held) -> None:
    store = MemoryCredentials(SAVED)
    first, second = held.holder(store), held.holder(store)
    assert first.token(urgency=Urgency.ROUTINE) == second.token(urgency=Urgency.ROUTINE) == "old"
    assert first.token_after_refusal("old", urgency=Urgency.ROUTINE) == "new"
    assert second.token_after_refusal("old", urgency=Urgency.ROUTINE) == "new"
    assert len(held.app.forms) == 1


def test_a_refresh_token_that_does_not_rotate_is_kept(held: Held) -> None:
    held.app.reply = lambda form: as_json(a_grant(refresh_token=...))
    assert held.token(SAVED | {"access_token": ""})[1].read()["refresh_token"] == "once-1"


@pytest.mark.parametrize(("told", "seconds"), [("3600", 3600), (3600.5, 3600.5), (None, 0), ("soon", 0), (-5, 0)])
def test_a_lifetime_is_read_in_every_form(held: Held, told: object, seconds: float) -> None:
    held.app.reply = lambda form: as_json(a_grant(expires_in=told))
    expires_at = held.token(SAVED | {"access_token": ""})[1].read()["expires_at"]
    assert expires_at == ((NOW + timedelta(seconds=seconds)).isoformat() if seconds else "")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (as_json({"error": "invalid_grant"}, 401), NeedsReconnect),
        (as_json({"error": "invalid_grant"}, 400), NeedsReconnect),
        (as_json({"error": "invalid_client"}, 400), NeedsReconnect),
        (as_html("Authorization failed.", 401), NeedsReconnect),
        (as_json({"error": "unsupported_grant_type"}, 400), RequestRefused),
        (as_json({"detail": "Request was throttled."}, 429), TryAgainLater),
        (as_html("<h1>502</h1>", 502), TryAgainLater),
        (as_json({}), AnswerUnreadable),
        (as_html("<h1>Sign in</h1>"), AnswerUnreadable),
        (as_json(a_grant(access_token="")), AnswerUnreadable),
        (as_json(a_grant(access_token="two\r\nlines")), AnswerUnreadable),
        (as_json(a_grant(refresh_token=7)), AnswerUnreadable),
    ],
)
def test_a_refusal_says_what_to_do_next_and_saves_nothing(held: Held, reply: Response, error: type[Exception]) -> None:
    held.app.reply = lambda form: reply
    store = MemoryCredentials(SAVED | {"access_token": ""})
    with pytest.raises(error) as told:
        held.holder(store).token(urgency=Urgency.ROUTINE)
    assert store.renewals == 0
    assert not re.search("once-1|s3cr3t", f"{told.value!r}{told.value.__cause__!r}")


def test_a_connection_never_signed_in_needs_a_reconnect(held: Held) -> None:
    with pytest.raises(NeedsReconnect):
        held.token({"client_id": "app", "client_secret": "s"})
    assert held.app.forms == []


def test_a_throttled_token_endpoint_is_told_to_the_budget(held: Held) -> None:
    held.app.reply = lambda form: as_json({}, 429, (("Retry-After", "30"),))
    with pytest.raises(TryAgainLater):
        held.token(SAVED | {"access_token": ""})
    assert held.budget.refusals[0][1] == NOW + timedelta(seconds=30)


def test_a_code_is_exchanged_for_credentials_to_save(held: Held) -> None:
    saved = exchange_code(
        held.client,
        "/o/token/",
        held.app.clock,
        client_id="app",
        client_secret="s",
        redirect_uri="http://localhost/back",
        code="c0de",
    )
    assert held.app.forms[0]["grant_type"] == "authorization_code"
    assert held.app.forms[0]["redirect_uri"] == "http://localhost/back"
    assert saved["access_token"] == "new"
    assert saved["client_id"] == "app"


def test_the_address_to_sign_in_at_is_encoded() -> None:
    url = authorization_url(
        "https://emr.example.com/o/authorize/",
        client_id="a&b",
        redirect_uri="http://localhost/x?y=1",
        scope="user:read calendar:read",
        state="s",
    )
    assert url == (
        "https://emr.example.com/o/authorize/?response_type=code&client_id=a%26b"
        "&redirect_uri=http%3A%2F%2Flocalhost%2Fx%3Fy%3D1&scope=user%3Aread+calendar%3Aread&state=s"
    )
