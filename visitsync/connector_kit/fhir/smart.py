"""SMART Backend Services: signing in without a person, by a signed assertion (fhir reference, section 2).

Source: SMART App Launch 2, "Backend Services" and "Client Authentication: Asymmetric".
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urlsplit

import msgspec

from visitsync.connector_kit.addresses import read_origin
from visitsync.connector_kit.connector import Clock, CredentialStore
from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ForbiddenAddress,
    NeedsPermission,
    NeedsReconnect,
    RequestRefused,
)
from visitsync.connector_kit.fhir.scopes import Offers, SmartConfiguration, allows, scopes
from visitsync.connector_kit.fhir.signing import UnusableKey, algorithm_of, read_private_key, signed
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.limits import Budget, Limit, Urgency
from visitsync.connector_kit.statuses import error_for, is_good

CONFIGURATION_PATH = "/.well-known/smart-configuration"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_OPERATION, DISCOVERY_OPERATION = "token", "smart-configuration"
RENEW_EARLY = timedelta(seconds=30)
ASSERTION_LASTS = timedelta(minutes=4)
"""Servers accept five minutes at most; one is left for clocks that differ."""
SHORTEST_TOKEN = timedelta(seconds=45)
ASSUMED_TOKEN = timedelta(minutes=5)
MOST_CLOCK_SKEW = timedelta(hours=12)
LONGEST_TOKEN = 16_384
_TOKEN = re.compile(r"[!-~]+", re.ASCII)
SIGN_IN_AGAIN = frozenset({"invalid_client", "unauthorized_client", "invalid_grant", "access_denied"})


class _TokenAnswer(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int | float | str | None = None
    scope: str | list[str] | None = None

    def __repr__(self) -> str:
        return "_TokenAnswer()"


class _Refusal(msgspec.Struct, frozen=True):
    error: str = ""


_configurations = msgspec.json.Decoder(SmartConfiguration)
_tokens = msgspec.json.Decoder(_TokenAnswer)
_refusals = msgspec.json.Decoder(_Refusal)


class BackendSignIn:
    """The access token of one connection: asked for with a signed assertion, kept in the store while it works.

    Settings (all may be missing): `token_url`, needed where the token endpoint is on another host than the FHIR server,
    for a discovered address alone is not trusted with that; `scope_form` "v1" (system/Patient.read) or "v2"
    (system/Patient.rs), else the form that the server announces; `scopes`, to ask for exactly these.
    """

    def __init__(
        self,
        base_url: str,
        store: CredentialStore,
        budget: Budget,
        clock: Clock,
        *,
        resources: Sequence[str],
        optional: Sequence[str] = (),
        offers: Offers | None = None,
        settings: Mapping[str, str] | None = None,
        limits: Sequence[Limit] = (),
        allows_loopback: bool = False,
    ) -> None:
        """`resources`: types that must be readable; `optional`: asked for where the server offers their scopes.
        `offers`: the types that the server has, asked only where it does not say which scopes it supports; without it
        every optional type is asked for then, and a server may refuse the whole token for one that it does not know.

        Raises ForbiddenAddress for addresses that requests must not go to.
        """
        self._base_url = base_url.rstrip("/")
        self._store = store
        self._clock = clock
        self._resources = tuple(resources)
        self._optional = tuple(optional)
        self._offers = offers
        self._settings = settings or {}
        self._allows_loopback = allows_loopback
        token_host = urlsplit(self._settings.get("token_url", "")).hostname
        self._client = PoliteClient(
            base_url,
            budget=budget,
            clock=clock,
            allowed_hosts=(token_host,) if token_host else (),
            limits=limits,
            allows_loopback=allows_loopback,
        )
        self._known: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return "BackendSignIn()"

    def token(self, *, urgency: Urgency) -> str:
        """An access token that should work. Raises NeedsReconnect, NeedsPermission, TryAgainLater."""
        if not self._is_good(self._known):
            self._known = self._store.read()
        if self._is_good(self._known):
            return self._known["access_token"]
        return self._renewed(self._known.get("access_token", ""), urgency)

    def token_after_refusal(self, refused: str, *, urgency: Urgency) -> str:
        """Another token, after the server refused this one. Raises like `token`."""
        return self._renewed(refused, urgency)

    def granted(self) -> frozenset[str]:
        """The scopes of the token last given; empty where the server did not say."""
        return frozenset((self._known or self._store.read()).get("scope", "").split())

    def discover(self, *, urgency: Urgency) -> tuple[SmartConfiguration, datetime]:
        """What the server says about signing in, and what its clock shows (aware, UTC)."""
        answer = self._client.request(
            "GET",
            CONFIGURATION_PATH,
            operation=DISCOVERY_OPERATION,
            urgency=urgency,
            headers={"Accept": "application/json"},
        )
        if not is_good(answer):
            if answer.status in (403, 404, 410) and self._settings.get("token_url"):
                return SmartConfiguration(), self._time_of(answer)
            raise self._no_discovery(answer)
        try:
            return _configurations.decode(answer.body), self._time_of(answer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise AnswerUnreadable("smart-configuration: the answer is no SMART configuration.") from None

    def _no_discovery(self, answer: Answer) -> Exception:
        if answer.status in (403, 404, 410):
            return RequestRefused(
                "The FHIR server does not say where tokens are given (no smart-configuration under the base URL). "
                "Enter the address in the setting token_url."
            )
        return error_for(answer, self._client, DISCOVERY_OPERATION, self._clock())

    def _is_good(self, credentials: Mapping[str, str]) -> bool:
        expires_at = credentials.get("expires_at", "")
        if not credentials.get("access_token") or not expires_at:
            return False
        return self._clock() < datetime.fromisoformat(expires_at) - RENEW_EARLY

    def _renewed(self, outdated: str, urgency: Urgency) -> str:
        def renewal(current: Mapping[str, str]) -> Mapping[str, str]:
            # Whoever waited for the lock finds another token here than the one that failed it.
            if current.get("access_token", "") not in ("", outdated) and self._is_good(current):
                return current
            return self._signed_in(current, urgency)

        self._known = self._store.renew(renewal)
        return self._known["access_token"]

    def _signed_in(self, current: Mapping[str, str], urgency: Urgency) -> dict[str, str]:
        try:
            key = read_private_key(current.get("private_key", ""))
        except UnusableKey as error:
            raise NeedsReconnect(f"{error}; enter it again.") from None
        told, server_time = self.discover(urgency=urgency)
        address = self._token_address(told)
        algorithms = told.token_endpoint_auth_signing_alg_values_supported
        if algorithms and algorithm_of(key) not in algorithms:
            raise NeedsReconnect(
                f"The FHIR server accepts {', '.join(algorithms)}; our key is for {algorithm_of(key)}."
            )
        client_id = current.get("client_id", "")
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": address,
            "exp": int((server_time + ASSERTION_LASTS).timestamp()),
            "jti": secrets.token_urlsafe(24),
        }
        header = {"kid": current["key_id"]} if current.get("key_id") else {}
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(self._scopes(told)),
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": signed(key, header, claims),
        }
        return {**current, **self._ask_for_token(address, form, urgency)}

    def _scopes(self, told: SmartConfiguration) -> list[str]:
        if own := self._settings.get("scopes", "").split():
            return own
        form = self._settings.get("scope_form", "")
        return scopes(told, self._resources, self._optional, form=form, offers=self._offers)

    def _token_address(self, told: SmartConfiguration) -> str:
        if chosen := self._settings.get("token_url", ""):
            return chosen
        if not told.token_endpoint:
            raise RequestRefused("The FHIR server names no token endpoint. Enter its address in the setting token_url.")
        own = read_origin(self._base_url, allows_loopback=self._allows_loopback)
        try:
            is_own = read_origin(told.token_endpoint, allows_loopback=self._allows_loopback) == own
        except ForbiddenAddress:
            is_own = False
        if not is_own:
            host = urlsplit(told.token_endpoint).hostname or "an unreadable address"
            raise ForbiddenAddress(
                f"The FHIR server says that tokens are given by another host ({host[:100]}). "
                "If that is right, enter the whole address in the setting token_url."
            )
        return told.token_endpoint

    def _ask_for_token(self, address: str, form: Mapping[str, str], urgency: Urgency) -> dict[str, str]:
        began = self._clock()
        answer = self._client.request(
            "POST",
            address,
            operation=TOKEN_OPERATION,
            urgency=urgency,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            content=urlencode(form).encode(),
        )
        self._raise_for_refusal(answer)
        told = _read_token(answer)
        scope = " ".join(told.scope) if isinstance(told.scope, list) else told.scope or ""
        self._refuse_narrowed(scope)
        return {"access_token": told.access_token, "expires_at": _expiry(told.expires_in, began), "scope": scope}

    def _raise_for_refusal(self, answer: Answer) -> None:
        if answer.status not in (400, 401, 403):
            if not is_good(answer):
                raise error_for(answer, self._client, TOKEN_OPERATION, self._clock())
            return
        error = _error_code(answer.body)
        if error == "invalid_scope":
            raise NeedsPermission(
                f"The FHIR server does not grant what we ask for: {', '.join(self._resources)}. The practice must "
                "allow the application to read these."
            )
        if answer.status == 401 or error in SIGN_IN_AGAIN:
            raise NeedsReconnect("The FHIR server does not accept our key, client id or assertion.")
        raise RequestRefused(f"token: the FHIR server refuses the request (status {answer.status}).")

    def _refuse_narrowed(self, scope: str) -> None:
        """The answer may grant less than was asked for, without calling that an error."""
        missing = [name for name in self._resources if scope and not allows(scope.split(), name)]
        if missing:
            raise NeedsPermission(
                f"The FHIR server lets us in, but not read {', '.join(missing)}. The practice must allow the "
                "application to read these."
            )

    def _time_of(self, answer: Answer) -> datetime:
        """The server's clock, for it judges when an assertion expires; ours where its own is beyond belief."""
        now = self._clock()
        try:
            told = parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            return now
        return told if abs(told - now) <= MOST_CLOCK_SKEW else now


def _read_token(answer: Answer) -> _TokenAnswer:
    try:
        told = _tokens.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AnswerUnreadable("token: the answer holds no access token.") from None
    if len(told.access_token) > LONGEST_TOKEN or not _TOKEN.fullmatch(told.access_token):
        raise AnswerUnreadable("token: the answer holds no usable token.")
    return told


def _error_code(body: bytes) -> str:
    try:
        return _refusals.decode(body).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _expiry(expires_in: float | str | None, began: datetime) -> str:
    """When the token ends; one without an end is renewed after five minutes, one with a silly end a little later."""
    try:
        lasts = timedelta(seconds=float(expires_in)) if expires_in is not None else ASSUMED_TOKEN
    except (ValueError, OverflowError):
        lasts = ASSUMED_TOKEN
    return (began + min(max(lasts, SHORTEST_TOKEN), timedelta(days=1))).isoformat()
