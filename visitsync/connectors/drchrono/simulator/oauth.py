"""OAuth 2 as DrChrono does it: a consent page, single-use codes, rotating refresh tokens (reference, section 2)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from visitsync.connectors.drchrono.simulator.settings import CREDENTIALS
from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_html, as_json
from visitsync.simulator_kit.faults import Faults

ACCESS_LIFETIME = timedelta(hours=48)
CODE_LIFETIME = timedelta(seconds=30)
SCOPES = frozenset(
    f"{base}:{right}"
    for base in (
        "user", "calendar", "patients", "patients:summary", "billing", "clinical", "labs", "messages", "settings",
        "tasks", "billing:patient-payment",
    )
    for right in ("read", "write")
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Grant:
    """What the user allowed, and the pair of tokens that proves it."""

    scopes: frozenset[str] = SCOPES
    access_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    refresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Code:
    redirect_uri: str
    scopes: frozenset[str]
    expires_at: datetime


class Consent:
    """The authorisation server. Its one user has at most one grant: asking again kills the tokens given before."""

    def __init__(self, *, clock: Clock, faults: Faults, variants: Mapping[str, str]) -> None:
        self._clock = clock
        self._faults = faults
        self._variants = variants
        self._codes: dict[str, _Code] = {}
        self.grant: Grant | None = self._new_grant(SCOPES)
        self.grant.refresh_token = CREDENTIALS["refresh_token"]

    def answer(self, request: Request) -> Response | None:
        """Answer /o/…; None when the address is not ours."""
        pages = {
            ("GET", "/o/authorize/"): self._authorize,
            ("POST", "/o/token/"): self._token,
            ("POST", "/o/revoke_token/"): self._revoke,
        }
        page = pages.get((request.method, request.path))
        return page(request) if page else None

    def grant_of(self, request: Request) -> Grant | None:
        """The living grant whose access token the request carries."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self.grant
        if grant is None or kind.lower() != "bearer" or token != grant.access_token:
            return None
        return grant if self._clock() < grant.expires_at else None

    def deauthorise(self) -> None:
        """Somebody pressed "Deauthorize" in the App Directory."""
        self.grant = None

    def expire_access_token(self) -> None:
        """The access token stops working now; the refresh token still does."""
        if self.grant:
            self.grant.expires_at = self._clock()

    def _authorize(self, request: Request) -> Response:
        asked = request.query
        redirect_uri = asked.get("redirect_uri", "")
        if asked.get("client_id") != CREDENTIALS["client_id"] or not _is_registered(redirect_uri):
            return as_html("<h1>Error: invalid_request</h1>", 400)
        scopes = frozenset(asked.get("scope", "").split()) or SCOPES
        if asked.get("response_type") != "code" or not scopes <= SCOPES:
            error = "unsupported_response_type" if asked.get("response_type") != "code" else "invalid_scope"
            return _back_to(redirect_uri, asked, {"error": error})
        if self._faults.take("consent_denied", request):
            return _back_to(redirect_uri, asked, {"error": "access_denied"})
        code = secrets.token_urlsafe(16)
        self._codes[code] = _Code(redirect_uri=redirect_uri, scopes=scopes, expires_at=self._clock() + CODE_LIFETIME)
        return _back_to(redirect_uri, asked, {"code": code})

    def _token(self, request: Request) -> Response:
        form = request.form
        if self._faults.take("token_throttled", request):
            return as_json({"detail": "Request was throttled. Expected available in 30.0 seconds."}, 429)
        if not _knows_the_secret(form):
            return self._refusal("invalid_client")
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(request, form)
        return as_json({"error": "unsupported_grant_type"}, 400)

    def _exchange(self, form: Mapping[str, str]) -> Response:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or self._clock() >= code.expires_at or form.get("redirect_uri") != code.redirect_uri:
            return self._refusal("invalid_grant")
        self.grant = self._new_grant(code.scopes)
        return _tokens(self.grant, with_refresh_token=True)

    def _refresh(self, request: Request, form: Mapping[str, str]) -> Response:
        grant = self.grant
        if grant is None or form.get("refresh_token") != grant.refresh_token:
            return self._refusal("invalid_grant")
        if self._faults.take("refresh_fails", request):
            return self._refusal("invalid_grant")
        renewed, rotates = self._new_grant(grant.scopes), self._variants["refresh_answer"] == "rotated"
        if not rotates:
            renewed.refresh_token = grant.refresh_token
        self.grant = renewed
        return _tokens(renewed, with_refresh_token=rotates)

    def _revoke(self, request: Request) -> Response:
        if not _knows_the_secret(request.form):
            return self._refusal("invalid_client")
        if self.grant and request.form.get("token") in (self.grant.access_token, self.grant.refresh_token):
            self.grant = None
        return as_html("", 200)

    def _new_grant(self, scopes: frozenset[str]) -> Grant:
        return Grant(scopes=scopes, expires_at=self._clock() + ACCESS_LIFETIME)

    def _refusal(self, error: str) -> Response:
        return as_json({"error": error}, int(self._variants["refresh_failure_status"]))


def _tokens(grant: Grant, *, with_refresh_token: bool) -> Response:
    told: dict[str, object] = {
        "access_token": grant.access_token,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        "refresh_token": grant.refresh_token,
        "scope": " ".join(sorted(grant.scopes)),
    }
    if not with_refresh_token:
        del told["refresh_token"]
    return as_json(told, headers=(("Cache-Control", "no-store"),))


def _back_to(redirect_uri: str, asked: Mapping[str, str], told: dict[str, str]) -> Response:
    if "state" in asked:
        told["state"] = asked["state"]
    separator = "&" if "?" in redirect_uri else "?"
    return as_html("", 302, (("Location", f"{redirect_uri}{separator}{urlencode(told)}"),))


def _is_registered(redirect_uri: str) -> bool:
    """A trial application may name any address of this very machine."""
    return urlsplit(redirect_uri).hostname in ("localhost", "127.0.0.1")


def _knows_the_secret(form: Mapping[str, str]) -> bool:
    return all(form.get(name) == CREDENTIALS[name] for name in ("client_id", "client_secret"))
