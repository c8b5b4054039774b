"""Asks CareCloud as the connection's application, and says what a refusal means and what would mend it (section 2)."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from visitsync.connector_kit.connector import Clock
from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ConnectorError,
    NeedsPermission,
    NeedsReconnect,
    RequestRefused,
)
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.oauth import TokenHolder
from visitsync.connector_kit.statuses import error_for, is_good

JSON = "application/json"
API_PATH = "/v2"
NOT_ABOUT_THE_RECORD = frozenset({401, 403, 405, 406, 408, 425, 429})
"""Of the 4xx, those that say nothing about the one record that was asked for."""

GRANTS: Mapping[str, str] = {
    "appointments": "reading appointments",
    "patients": "reading patients",
    "insurances": "reading patients' insurance",
    "locations": "reading locations",
    "providers": "reading providers",
    "visit_reasons": "reading visit reasons",
    "appointment_resources": "reading appointment resources",
    "appointment_statuses": "reading appointment statuses",
    "appointment_cancellation_reasons": "reading cancellation reasons",
}


def api_url(base_url: str) -> str:
    """The base URL, with the API's own path where it names a host only."""
    return base_url if urlsplit(base_url).path.strip("/") else base_url.rstrip("/") + API_PATH


def origin_of(base_url: str) -> str:
    """Scheme and host of the base URL: where the sign-in addresses are, beside the API."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


class Asking:
    """Asks with the connection's token; renews it once when CareCloud no longer accepts it."""

    def __init__(self, client: PoliteClient, tokens: TokenHolder, clock: Clock) -> None:
        self._client = client
        self._tokens = tokens
        self._clock = clock

    def get(
        self, path_or_url: str, *, operation: str, urgency: Urgency, params: Mapping[str, str] | None = None
    ) -> Answer:
        """A good answer. Raises the errors of errors.py."""
        answer = self._signed_in(path_or_url, operation, urgency, params)
        if is_good(answer):
            return answer
        raise self._error(answer, operation)

    def get_one(self, path: str, *, operation: str, urgency: Urgency) -> Answer:
        """A good answer, or a 4xx that may say that there is no such record: its body is not documented."""
        answer = self._signed_in(path, operation, urgency, None)
        if is_good(answer) or (400 <= answer.status < 500 and answer.status not in NOT_ABOUT_THE_RECORD):
            return answer
        raise self._error(answer, operation)

    def _error(self, answer: Answer, operation: str) -> ConnectorError:
        if answer.status == 401:
            return NeedsReconnect("CareCloud does not accept a token that it gave just now.")
        if answer.status == 403:
            return NeedsPermission(missing_permission(operation))
        if answer.status in (404, 410):
            return AnswerUnreadable(f"{operation}: there is nothing at this address; is the base URL right?")
        if 400 <= answer.status < 500 and answer.status not in NOT_ABOUT_THE_RECORD:
            return RequestRefused(f"{operation}: CareCloud refuses the request (status {answer.status}).")
        return error_for(answer, self._client, operation, self._clock())

    def _signed_in(
        self, path_or_url: str, operation: str, urgency: Urgency, params: Mapping[str, str] | None
    ) -> Answer:
        token = self._tokens.token(urgency=urgency)
        answer = self._ask(path_or_url, token, operation, urgency, params)
        if answer.status == 401:
            token = self._tokens.token_after_refusal(token, urgency=urgency)
            answer = self._ask(path_or_url, token, operation, urgency, params)
        return answer

    def _ask(
        self, path_or_url: str, token: str, operation: str, urgency: Urgency, params: Mapping[str, str] | None
    ) -> Answer:
        return self._client.request(
            "GET",
            path_or_url,
            operation=operation,
            urgency=urgency,
            headers={"Authorization": f"Bearer {token}", "Accept": JSON},
            params=params,
            media_types=(JSON,),
        )


def missing_permission(operation: str) -> str:
    """What must be granted so that this collection can be read."""
    grant = GRANTS.get(operation, f"reading {operation.replace('_', ' ')}")
    return (
        f"CareCloud does not let this application read {operation.replace('_', ' ')}. Needed: the privilege for "
        f"{grant}; CareCloud grants it to the application, and the practice accepts it when it signs in again."
    )
