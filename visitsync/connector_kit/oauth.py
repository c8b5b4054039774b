"""OAuth 2 with an authorization code and refresh tokens that work once: one refresh, however many workers want it."""

import base64
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec

from visitsync.connector_kit.connector import Clock, CredentialStore
from visitsync.connector_kit.errors import AnswerUnreadable, NeedsReconnect, RequestRefused
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.statuses import error_for, is_good

TOKEN_OPERATION = "token"  # noqa: S105 - the name of a request
RENEW_EARLY = timedelta(minutes=5)
LONGEST_TOKEN = 8192
# RFC 6749, 5.2; any of these says that only a person can help.
SIGN_IN_AGAIN = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "access_denied"})
_TOKEN = re.compile(r"[!-~]+", re.ASCII)


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """In what one EMR's token endpoint differs from the usual."""

    has_secret_in_header: bool = False
    """Client id and secret go into a Basic header (RFC 6749, 2.3.1), not into the form."""
    refuses_in_own_words: bool = False
    """Its refusals have no documented body: any 4xx that time does not mend says that a person must sign in again."""
    default_seconds: float = 0.0
    """How long a token is taken to live where the answer does not say; 0: until it is refused."""


USUAL = Habits()


class _TokenAnswer(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int | float | str | None = None
    refresh_token: str | None = None
    scope: str | None = None

    def __repr__(self) -> str:
        return "_TokenAnswer()"


class _TokenRefusal(msgspec.Struct, frozen=True):
    error: str = ""


_answers = msgspec.json.Decoder(_TokenAnswer)
_refusals = msgspec.json.Decoder(_TokenRefusal)


def authorization_url(authorize_url: str, *, client_id: str, redirect_uri: str, scope: str, state: str) -> str:
    """Where a practice admin's browser signs in; it comes back to `redirect_uri` with `code` and this `state`."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": scope,
        "state": state,
    }
    return f"{authorize_url}?{urlencode({name: value for name, value in query.items() if value})}"


def exchange_code(
    client: PoliteClient,
    token_url: str,
    clock: Clock,
    *,
    client_id: str,
    client_secret: str,
    redirect_uri: str,
    code: str,
    habits: Habits = USUAL,
) -> dict[str, str]:
    """The credentials to save, for a code that a sign-in brought back (codes live seconds: call at once).

    Raises NeedsReconnect if the code no longer works, TryAgainLater in an outage.
    """
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    known = {"client_id": client_id, "client_secret": client_secret}
    return _ask_for_tokens(client, token_url, clock, asked, known, Urgency.PERSON_WAITS, habits)


class TokenHolder:
    """The access token of one connection: read from the store, renewed in it, and remembered while it works.

    Credentials have the fields client_id, client_secret, access_token, refresh_token and expires_at (ISO, UTC; "" where
    the EMR did not say).
    """

    def __init__(
        self, client: PoliteClient, store: CredentialStore, clock: Clock, *, token_url: str, habits: Habits = USUAL
    ) -> None:
        self._client = client
        self._habits = habits
        self._store = store
        self._clock = clock
        self._token_url = token_url
        self._known: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return "TokenHolder()"

    def token(self, *, urgency: Urgency) -> str:
        """An access token that should work. Raises NeedsReconnect, TryAgainLater."""
        if not self._is_good(self._known):
            self._known = self._store.read()
        if self._is_good(self._known):
            return self._known["access_token"]
        return self._renewed(self._known.get("access_token", ""), urgency)

    def token_after_refusal(self, refused: str, *, urgency: Urgency) -> str:
        """Another token, after the EMR refused this one. Raises NeedsReconnect, TryAgainLater."""
        return self._renewed(refused, urgency)

    def _is_good(self, credentials: Mapping[str, str]) -> bool:
        expires_at = credentials.get("expires_at", "")
        expires_soon = bool(expires_at) and datetime.fromisoformat(expires_at) - RENEW_EARLY <= self._clock()
        return bool(credentials.get("access_token")) and not expires_soon

    def _renewed(self, outdated: str, urgency: Urgency) -> str:
        def renewal(current: Mapping[str, str]) -> Mapping[str, str]:
            # Whoever waited for the lock finds another token here than the one that failed it.
            if current.get("access_token", "") not in ("", outdated):
                return current
            return self._refresh(current, urgency)

        self._known = self._store.renew(renewal)
        return self._known["access_token"]

    def _refresh(self, current: Mapping[str, str], urgency: Urgency) -> dict[str, str]:
        refresh_token = current.get("refresh_token", "")
        if not refresh_token:
            raise NeedsReconnect("There is no refresh token: the practice has not signed in yet.")
        asked = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return _ask_for_tokens(self._client, self._token_url, self._clock, asked, current, urgency, self._habits)


def _ask_for_tokens(
    client: PoliteClient,
    token_url: str,
    clock: Clock,
    asked: Mapping[str, str],
    known: Mapping[str, str],
    urgency: Urgency,
    habits: Habits,
) -> dict[str, str]:
    """All credentials to save: those known, with what the token endpoint answered put over them."""
    client_id, client_secret = known.get("client_id", ""), known.get("client_secret", "")
    in_form = {} if habits.has_secret_in_header else {"client_id": client_id, "client_secret": client_secret}
    in_header = {"Authorization": _basic(client_id, client_secret)} if habits.has_secret_in_header else {}
    began = clock()
    answer = client.request(
        "POST",
        token_url,
        operation=TOKEN_OPERATION,
        urgency=urgency,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", **in_header},
        content=urlencode({**asked, **in_form}).encode(),
    )
    _raise_for_refusal(answer, client, clock, habits)
    tokens = _read_tokens(answer)
    return {
        **known,
        "access_token": tokens.access_token,
        # The refresh token rotates; where none came back the old one stays good.
        "refresh_token": tokens.refresh_token or known.get("refresh_token", ""),
        "expires_at": _expiry(tokens.expires_in, began, habits.default_seconds),
    }


def _basic(client_id: str, client_secret: str) -> str:
    return f"Basic {base64.b64encode(f'{client_id}:{client_secret}'.encode()).decode()}"


def _raise_for_refusal(answer: Answer, client: PoliteClient, clock: Clock, habits: Habits) -> None:
    if habits.refuses_in_own_words and answer.status in (400, 401, 403, 404, 410, 422):
        raise NeedsReconnect("The EMR does not renew our access any more.")
    if answer.status in (400, 401, 403):
        if answer.status == 401 or _refusal(answer.body) in SIGN_IN_AGAIN:
            raise NeedsReconnect("The EMR does not renew our access any more.")
        raise RequestRefused(f"token: the EMR refuses the request (status {answer.status}).")
    if not is_good(answer):
        raise error_for(answer, client, TOKEN_OPERATION, clock())


def _refusal(body: bytes) -> str:
    try:
        return _refusals.decode(body).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _read_tokens(answer: Answer) -> _TokenAnswer:
    try:
        tokens = _answers.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AnswerUnreadable("token: the answer holds no access token.") from None
    for token in (tokens.access_token, tokens.refresh_token or "-"):
        if len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token):
            raise AnswerUnreadable("token: the answer holds no usable token.")
    return tokens


def _expiry(expires_in: float | str | None, began: datetime, default_seconds: float) -> str:
    try:
        seconds = float(expires_in) if expires_in is not None else 0.0
    except ValueError:
        seconds = 0.0
    seconds = seconds if seconds > 0 else default_seconds
    return (began + timedelta(seconds=min(seconds, 10 * 365 * 86400.0))).isoformat() if seconds > 0 else ""
