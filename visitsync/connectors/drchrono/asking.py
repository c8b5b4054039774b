"""One signed-in request to DrChrono, and what its refusals mean (reference, sections 2, 6 and 7)."""

import re
from collections.abc import Mapping

import msgspec

from visitsync.connector_kit.connector import Clock
from visitsync.connector_kit.errors import AnswerUnreadable, ConnectorError, NeedsPermission, NeedsReconnect
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.oauth import TokenHolder
from visitsync.connector_kit.retry_after import within_reason
from visitsync.connector_kit.statuses import error_for, is_good
from visitsync.connectors.drchrono.payloads import REFUSALS

JSON = "application/json"
TOKEN_PATH = "/o/token/"  # noqa: S105 - an address
_WAIT = re.compile(rb"available in (\d{1,9}(?:\.\d{0,3})?) second")

GRANTS: Mapping[str, str] = {
    "appointments": "the access “calendar” and “clinical”, and the user's permissions Scheduling and Clinical Notes",
    "appointment_profiles": "the access “calendar” and “settings”, the user's permission Settings, and sharing of "
    "appointment profiles between the practice's providers",
    "patients": "the access “patients”, the user's permission Manage Patients, and sharing of patients between the "
    "practice's providers",
    "doctors": "the access “user”",
    "offices": "the access “user”",
    "telehealth_appointments": "the access “calendar” and “clinical”, and the user's permission Scheduling",
}
"""What opens each collection: the token's scopes and, besides, the signed-in user's own permissions (section 2)."""


class Asking:
    """Asks with the connection's token; renews it once when DrChrono no longer accepts it."""

    def __init__(self, client: PoliteClient, tokens: TokenHolder, clock: Clock) -> None:
        self._client = client
        self._tokens = tokens
        self._clock = clock

    def get(
        self, path_or_url: str, *, operation: str, urgency: Urgency, params: Mapping[str, str] | None = None
    ) -> Answer:
        """A good answer. Raises the errors of errors.py."""
        answer = self._signed_in(path_or_url, operation=operation, urgency=urgency, params=params)
        if is_good(answer):
            return answer
        raise self.error(answer, operation)

    def get_one(
        self, path: str, *, operation: str, urgency: Urgency, params: Mapping[str, str] | None = None
    ) -> Answer:
        """A good answer, DrChrono's own 404, or a 403: the latter two are news about the one record."""
        answer = self._signed_in(path, operation=operation, urgency=urgency, params=params)
        if is_good(answer) or answer.status == 403 or (answer.status == 404 and _is_own(answer)):
            return answer
        raise self.error(answer, operation)

    def may_go_to(self, url: str) -> bool:
        """Whether a link in an answer may be followed."""
        return self._client.may_go_to(url)

    def error(self, answer: Answer, operation: str) -> ConnectorError:
        """The error to raise for an answer that is not a good one."""
        if answer.status == 401:
            return NeedsReconnect("DrChrono does not accept a token that it gave just now.")
        if answer.status == 403:
            return NeedsPermission(missing_permission(operation))
        if answer.status == 404 and not _is_own(answer):
            return AnswerUnreadable(f"{operation}: somebody else than DrChrono says that there is nothing here.")
        if answer.status == 429 and (wait := _wait_in_text(answer.body)) is not None:
            return self._client.throttled(operation, wait_seconds=wait)
        return error_for(answer, self._client, operation, self._clock())

    def _signed_in(
        self, path_or_url: str, *, operation: str, urgency: Urgency, params: Mapping[str, str] | None
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
            headers={"Authorization": f"Bearer {token}", "Accept": JSON, "X-DRC-API-Version": "v4"},
            params=params,
            media_types=(JSON,),
        )


def missing_permission(operation: str) -> str:
    """What a practice admin must grant so that this collection can be read."""
    what = operation.replace("_", " ")
    grant = GRANTS.get(operation, "the permission for it")
    return f"DrChrono does not let the signed-in user read {what}. Needed: {grant}."


def _is_own(answer: Answer) -> bool:
    """Whether DrChrono itself says so; a proxy's or portal's page must never delete an appointment."""
    try:
        return answer.media_type == JSON and bool(REFUSALS.decode(answer.body).detail)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def _wait_in_text(body: bytes) -> float | None:
    """The seconds, which DrChrono tells in the text alone: there is no Retry-After (section 6)."""
    found = _WAIT.search(body[:2000])
    return None if found is None else within_reason(float(found[1]))
