"""OAuth 2 as CareCloud does it: consent, codes, refresh, Basic client sign-in, introspection (reference, section 1)."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid5

from visitsync.connectors.carecloud.simulator.refusals import refusal
from visitsync.connectors.carecloud.simulator.settings import CREDENTIALS
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_html, as_json
from visitsync.simulator_kit.faults import Faults

CODE_LIFETIME = timedelta(seconds=60)
UNSAID_LIFETIME = timedelta(minutes=30)
NAMESPACE = UUID("6d9f4a3c-0b1e-4f7a-9c55-0e1d2c3b4a5f")


@dataclass(slots=True, kw_only=True)
class Grant:
    """What the practice allowed, and the pair of tokens that proves it."""

    access_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    refresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    expires_at: datetime


class Consent:
    """The authorisation server of one practice."""

    def __init__(self, *, clock: Clock, faults: Faults, variants: Mapping[str, str], practice: str) -> None:
        self._clock = clock
        self._faults = faults
        self._variants = variants
        self._practice = practice
        self._codes: dict[str, tuple[str, datetime]] = {}
        self.grant: Grant | None = self._new_grant()
        self.grant.refresh_token = CREDENTIALS["refresh_token"]

    def answer(self, request: Request) -> Response | None:
        """Answer /oauth2/…; None when the address is not ours."""
        pages = {
            ("GET", "/oauth2/authorize"): self._authorize,
            ("POST", "/oauth2/access_token"): self._token,
            ("GET", "/oauth2/token_info"): self._token_info,
            ("GET", "/oauth2/authorization"): self._authorization,
        }
        page = pages.get((request.method, request.path))
        return page(request) if page else None

    def is_let_in(self, request: Request) -> bool:
        """Does the request carry the living access token?"""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self.grant
        if grant is None or kind.lower() != "bearer" or token != grant.access_token:
            return False
        return self._clock() < grant.expires_at

    def expire_access_token(self) -> None:
        """The access token stops working now; the refresh token still does."""
        if self.grant:
            self.grant.expires_at = self._clock()

    def way_back(self) -> Callable[[], None]:
        """What puts the tokens back that work now."""
        kept = replace(self.grant) if self.grant else None

        def go_back() -> None:
            self.grant = replace(kept) if kept else None

        return go_back

    def revoke(self) -> None:
        """The practice withdrew its consent."""
        self.grant = None

    def _authorize(self, request: Request) -> Response:
        asked = request.query
        redirect_uri = asked.get("redirect_uri", "")
        if asked.get("client_id") != CREDENTIALS["client_id"] or urlsplit(redirect_uri).hostname not in (
            "localhost",
            "127.0.0.1",
        ):
            return as_html("<h1>Unknown application</h1>", 400)
        told = {"state": asked["state"]} if "state" in asked else {}
        if asked.get("response_type") != "code" or self._faults.take("consent_denied", request):
            told["error"] = "access_denied"
        else:
            told["code"] = secrets.token_urlsafe(16)
            self._codes[told["code"]] = (redirect_uri, self._clock() + CODE_LIFETIME)
        separator = "&" if "?" in redirect_uri else "?"
        return as_html("", 302, (("Location", f"{redirect_uri}{separator}{urlencode(told)}"),))

    def _token(self, request: Request) -> Response:
        form = request.form
        if not _knows_the_secret(request):
            return self._refuse("The client is unknown.")
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(request, form)
        return refusal(400, "No such grant type.", self._variants["refusal_body"])

    def _exchange(self, form: Mapping[str, str]) -> Response:
        redirect_uri, good_until = self._codes.pop(form.get("code", ""), ("", self._clock()))
        if self._clock() >= good_until or form.get("redirect_uri") != redirect_uri:
            return self._refuse("The code does not work.")
        self.grant = self._new_grant()
        return self._tokens(self.grant, with_refresh_token=True)

    def _refresh(self, request: Request, form: Mapping[str, str]) -> Response:
        grant = self.grant
        is_wrong = grant is None or form.get("refresh_token") != grant.refresh_token
        if grant is None or is_wrong or self._faults.take("refresh_fails", request):
            return self._refuse("The refresh token does not work.")
        renewed = self._new_grant()
        if self._variants["refresh_answer"] != "rotated":
            renewed.refresh_token = grant.refresh_token
        self.grant = renewed
        return self._tokens(renewed, with_refresh_token=self._variants["refresh_answer"] != "without refresh token")

    def _token_info(self, request: Request) -> Response:
        if not self.is_let_in(request):
            return refusal(401, "The token does not work.", self._variants["refusal_body"])
        return as_json({**self._told(), "type": "Bearer", "scope": ""})

    def _authorization(self, request: Request) -> Response:
        if not self.is_let_in(request):
            return refusal(401, "The token does not work.", self._variants["refusal_body"])
        return as_json(
            {
                **self._told(),
                "type": "Bearer",
                "scopes": [],
                "business_entity": {"id": str(uuid5(NAMESPACE, self._practice)), "name": self._practice.upper()},
                "application": {"id": "example-application"},
                "user": {"id": str(uuid5(NAMESPACE, "user")), "first_name": "VERITY", "last_name": "MARSH"},
            }
        )

    def _told(self) -> dict[str, object]:
        grant = self.grant
        left = int((grant.expires_at - self._clock()).total_seconds()) if grant else 0
        return {"access_token": grant.access_token if grant else "", "expires_in": left}

    def _tokens(self, grant: Grant, *, with_refresh_token: bool) -> Response:
        told: dict[str, object] = {"access_token": grant.access_token, "token_type": "Bearer"}
        if (stated := self._variants["token_seconds"]).isdigit():
            told["expires_in"] = int(stated)
        if with_refresh_token:
            told["refresh_token"] = grant.refresh_token
        return as_json(told)

    def _new_grant(self) -> Grant:
        stated = self._variants["token_seconds"]
        lifetime = timedelta(seconds=int(stated)) if stated.isdigit() else UNSAID_LIFETIME
        return Grant(expires_at=self._clock() + lifetime)

    def _refuse(self, why: str) -> Response:
        return refusal(int(self._variants["refresh_refusal"]), why, self._variants["refusal_body"])


def _knows_the_secret(request: Request) -> bool:
    """By a Basic header; in the form it is not looked at."""
    kind, _, proof = request.headers.get("authorization", "").partition(" ")
    try:
        told = base64.b64decode(proof, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return kind.lower() == "basic" and told == f"{CREDENTIALS['client_id']}:{CREDENTIALS['client_secret']}"
