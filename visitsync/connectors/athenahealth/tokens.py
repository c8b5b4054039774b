"""The access token of one key, asked for with its id and secret, kept for all workers and renewed once by one of them.

Source: athenahealth reference, section 2 (two-legged OAuth: no refresh token, one hour, `expires_in` as text).
"""

import base64
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec

from visitsync.connector_kit.connector import Clock, CredentialStore
from visitsync.connector_kit.errors import AnswerUnreadable, ConnectorError, NeedsReconnect
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.statuses import error_for, is_good
from visitsync.connectors.athenahealth.manifest import TOKEN_OPERATION, TOKENS

TOKEN_PATH = "/oauth2/v1/token"  # noqa: S105 - an address
SCOPE = "athena/service/Athenanet.MDP.*"
FORM = "application/x-www-form-urlencoded"
RENEW_EARLY = timedelta(minutes=5)
LIFETIME_UNTOLD = timedelta(minutes=30)
LONGEST_TOKEN = 8192
_TOKEN = re.compile(r"[!-~]+", re.ASCII)


class _TokenAnswer(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int | float | str | None = None

    def __repr__(self) -> str:
        return "_TokenAnswer()"


_answers = msgspec.json.Decoder(_TokenAnswer)


class Tokens:
    """The token of one connection: read from the store, renewed in it under its lock, remembered while it works.

    Credentials have the fields client_id, client_secret, access_token and expires_at (ISO, UTC).
    """

    def __init__(self, client: PoliteClient, store: CredentialStore, clock: Clock) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._known: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return "Tokens()"

    def token(self, *, urgency: Urgency) -> str:
        """A token that should work. Raises NeedsReconnect, TryAgainLater."""
        if not self._is_good(self._known):
            self._known = self._store.read()
        if self._is_good(self._known):
            return self._known["access_token"]
        return self.token_after_refusal(self._known.get("access_token", ""), urgency=urgency)

    def token_after_refusal(self, refused: str, *, urgency: Urgency) -> str:
        """Another token than this one. Raises NeedsReconnect, TryAgainLater."""

        def renewal(current: Mapping[str, str]) -> Mapping[str, str]:
            # Whoever waited for the lock finds another token here than the one that failed it.
            if current.get("access_token", "") not in ("", refused) and self._is_good(current):
                return current
            return {**current, **self._new_token(current, urgency)}

        self._known = self._store.renew(renewal)
        return self._known["access_token"]

    def _is_good(self, credentials: Mapping[str, str]) -> bool:
        expires_at = credentials.get("expires_at", "")
        if not credentials.get("access_token") or not expires_at:
            return False
        return datetime.fromisoformat(expires_at) - RENEW_EARLY > self._clock()

    def _new_token(self, credentials: Mapping[str, str], urgency: Urgency) -> dict[str, str]:
        pair = f"{credentials.get('client_id', '')}:{credentials.get('client_secret', '')}"
        began = self._clock()
        answer = self._client.request(
            "POST",
            TOKEN_PATH,
            operation=TOKEN_OPERATION,
            urgency=urgency,
            headers={
                "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
                "Content-Type": FORM,
                "Accept": "application/json",
            },
            content=urlencode({"grant_type": "client_credentials", "scope": SCOPE}).encode(),
        )
        if not is_good(answer):
            raise self._refusal(answer, began)
        told = _read(answer)
        return {"access_token": told.access_token, "expires_at": (began + _lifetime(told.expires_in)).isoformat()}

    def _refusal(self, answer: Answer, now: datetime) -> ConnectorError:
        if answer.status in (400, 401, 402, 403):
            return NeedsReconnect("athenahealth does not accept the client ID and secret.")
        if answer.status == 429:  # for the rest of the minute (section 2)
            rest = TOKENS.seconds - now.timestamp() % TOKENS.seconds
            return self._client.throttled(TOKEN_OPERATION, wait_seconds=rest + 1, names=(TOKENS.name,))
        return error_for(answer, self._client, TOKEN_OPERATION, now)


def _read(answer: Answer) -> _TokenAnswer:
    try:
        told = _answers.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AnswerUnreadable("token: the answer holds no access token.") from None
    if len(told.access_token) > LONGEST_TOKEN or not _TOKEN.fullmatch(told.access_token):
        raise AnswerUnreadable("token: the answer holds no usable token.")
    return told


def _lifetime(expires_in: float | str | None) -> timedelta:
    try:
        seconds = float(expires_in) if expires_in is not None else 0.0
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 10 * 365 * 86_400:
        return LIFETIME_UNTOLD
    # A token that lives hardly longer than we renew early must not be asked for again with every request.
    return timedelta(seconds=seconds) if seconds > 600 else timedelta(seconds=seconds) + RENEW_EARLY
