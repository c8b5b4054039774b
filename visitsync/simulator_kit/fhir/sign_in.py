"""The token endpoint and the documents that announce it, as SMART Backend Services describes them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from visitsync.simulator_kit.clock import Clock
from visitsync.simulator_kit.exchange import Request, Response, as_json
from visitsync.simulator_kit.faults import Faults
from visitsync.simulator_kit.fhir.answers import Row
from visitsync.simulator_kit.fhir.assertions import Assertions, Client

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = {"both": ("RS384", "ES384"), "ES384": ("ES384",), "RS384": ("RS384",)}


class SignIn:
    """One tenant's authorisation server, with one registered client."""

    def __init__(
        self, client: Client, resources: Sequence[str], clock: Clock, faults: Faults, variants: Mapping[str, str]
    ) -> None:
        """`resources`: what the practice allows this client to read."""
        self.assertions = Assertions(client)
        self.allowed = set(resources)
        self._clock = clock
        self._faults = faults
        self._variants = variants
        self._tokens: dict[str, tuple[datetime, frozenset[str]]] = {}

    def configuration(self, base: str) -> Row:
        """What .well-known/smart-configuration says; a bare one leaves out all that is optional."""
        told: Row = {"token_endpoint": f"{base}/oauth2/token"}
        if self._variants["fhir_discovery"] == "bare":
            return told | {"grant_types_supported": ["client_credentials"]}
        return told | {
            "jwks_uri": f"{base}/oauth2/jwks",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": self._algorithms,
            "scopes_supported": sorted(self._scopes()),
            "capabilities": ["client-confidential-asymmetric", f"permission-{self._variants['fhir_scope_form']}"],
        }

    def token(self, request: Request, base: str) -> Response:
        """Judges an assertion and gives a token for the scopes that are asked and allowed."""
        form = request.form
        if self._faults.take("refresh_fails", request):
            return _refusal("invalid_client", 401)
        if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != ASSERTION_TYPE:
            return _refusal("invalid_request", 400)
        trouble = self.assertions.trouble(
            form.get("client_assertion", ""),
            audience=f"{base}/oauth2/token",
            algorithms=self._algorithms,
            now=self._clock() + timedelta(seconds=int(self._variants["fhir_clock_drift_seconds"])),
        )
        if trouble:
            return _refusal("invalid_client", 401, trouble)
        asked = frozenset(form.get("scope", "").split())
        if not asked or not asked <= self._scopes():
            return _refusal("invalid_scope", 400)
        return self._given(asked)

    def resources_of(self, request: Request) -> frozenset[str] | None:
        """What the request's token lets its bearer read; None where it is not good (any more)."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if self._faults.take("token_expires", request):
            self._tokens.pop(token, None)
        found = self._tokens.get(token)
        if kind.lower() != "bearer" or found is None or self._clock() >= found[0]:
            return None
        return frozenset(scope.partition("/")[2].partition(".")[0] for scope in found[1])

    @property
    def _algorithms(self) -> tuple[str, ...]:
        return ALGORITHMS[self._variants["fhir_algorithms"]]

    def _scopes(self) -> frozenset[str]:
        ending = ".rs" if self._variants["fhir_scope_form"] == "v2" else ".read"
        return frozenset(f"system/{name}{ending}" for name in self.allowed)

    def _given(self, scopes: frozenset[str]) -> Response:
        if narrowed := self._variants["fhir_narrows_scope"]:
            scopes = frozenset(scope for scope in scopes if f"/{narrowed}." not in scope)
        token, seconds = secrets.token_urlsafe(24), int(self._variants["fhir_token_seconds"])
        self._tokens[token] = (self._clock() + timedelta(seconds=seconds), scopes)
        told: Row = {"access_token": token, "token_type": "bearer", "expires_in": seconds}
        if self._variants["fhir_tells_scope"] == "yes":
            told["scope"] = " ".join(sorted(scopes))
        return as_json(told, headers=(("Cache-Control", "no-store"),))


def _refusal(error: str, status: int, why: str = "") -> Response:
    return as_json({"error": error} | ({"error_description": why} if why else {}), status)
