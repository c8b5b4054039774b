"""One signed-in request to athenahealth, and what its refusals mean (reference, sections 2, 4 and 5)."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import uuid4

import msgspec

from visitsync.connector_kit.connector import Clock, CredentialStore
from visitsync.connector_kit.errors import AnswerUnreadable, ConnectorError, NeedsPermission, NeedsReconnect
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.retry_after import wait_seconds
from visitsync.connector_kit.statuses import DEFAULT_THROTTLE_SECONDS, error_for, is_good
from visitsync.connectors.athenahealth.manifest import PER_DAY, PER_SECOND
from visitsync.connectors.athenahealth.payloads import REFUSALS, Refusal
from visitsync.connectors.athenahealth.tokens import FORM, Tokens

JSON = "application/json"
SHORT_WAIT_SECONDS = 5.0
"""After too many requests within a second, where nothing is said of how long to wait."""
DAY = 86_400.0

NAMES: Mapping[str, str] = {
    "appointments/booked": "the booked appointments",
    "appointments": "appointments",
    "appointments/changed": "the changes of appointments",
    "appointments/changed/subscription": "the subscription to changes of appointments",
    "patients": "patients",
    "patients/changed": "the changes of patients",
    "patients/changed/subscription": "the subscription to changes of patients",
    "departments": "departments",
    "providers": "providers",
    "appointmenttypes": "appointment types",
    "practiceinfo": "the practices of this key",
}


class NotSubscribed(NeedsPermission):
    """athenahealth hands out no changes before somebody has subscribed to them."""


class Asking:
    """Asks with the connection's token about one practice; gets another token once when this one is refused."""

    def __init__(self, client: PoliteClient, tokens: Tokens, clock: Clock, credentials: CredentialStore) -> None:
        self._client = client
        self._tokens = tokens
        self._clock = clock
        self._credentials = credentials
        self._practice_id = ""

    @property
    def practice_id(self) -> str:
        """The practice; every address begins with it, so that it must be a number. Raises NeedsReconnect."""
        if not self._practice_id:
            text = self._credentials.read().get("practice_id", "").strip()
            if not (text.isascii() and text.isdigit()):
                raise NeedsReconnect("The practice ID is missing or no number.")
            self._practice_id = text
        return self._practice_id

    def get(self, path: str, *, operation: str, urgency: Urgency, params: Mapping[str, str] | None = None) -> Answer:
        """A good answer; `path` is below the practice. Raises NotSubscribed and the errors of errors.py."""
        answer = self._signed_in("GET", path, operation, urgency, params=params)
        if is_good(answer):
            return answer
        raise self.error(answer, operation)

    def get_one(
        self, path: str, *, operation: str, urgency: Urgency, params: Mapping[str, str] | None = None
    ) -> Answer:
        """A good answer, athenahealth's own 404, or a 403 in JSON: the latter two are news about the one record."""
        answer = self._signed_in("GET", path, operation, urgency, params=params)
        is_news = answer.status in (403, 404) and refusal_in(answer) is not None
        if is_good(answer) or is_news:
            return answer
        raise self.error(answer, operation)

    def post(self, path: str, form: Mapping[str, str], *, operation: str, urgency: Urgency) -> Answer:
        """A good answer to a form; JSON would be passed over (section 3). Raises the errors of errors.py."""
        answer = self._signed_in("POST", path, operation, urgency, form=form)
        if is_good(answer):
            return answer
        raise self.error(answer, operation)

    def error(self, answer: Answer, operation: str) -> ConnectorError:
        """The error to raise for an answer that is not a good one."""
        refusal = refusal_in(answer)
        what = NAMES.get(operation, operation)
        if answer.status == 401:
            return NeedsReconnect("athenahealth does not accept a token that it gave just now.")
        if answer.status == 403 and refusal is None:  # the gateway's page: too many requests (section 4)
            return self._throttled(answer, operation)
        if answer.status == 403 and "subscription" in ((refusal and refusal.error) or "").lower():
            return NotSubscribed(f"Nobody has subscribed to {what.removeprefix('the ')} with this key.")
        if answer.status in (402, 403):
            return NeedsPermission(missing_permission(operation))
        if answer.status == 404 and refusal is None:
            return AnswerUnreadable(f"{operation}: the gateway knows no such address; are base URL and practice right?")
        if answer.status == 429:
            return self._throttled(answer, operation)
        return error_for(answer, self._client, operation, self._clock())

    def _throttled(self, answer: Answer, operation: str) -> ConnectorError:
        """Which allowance is used up shows in a header or in the page, if anywhere; the day ends at midnight GMT."""
        now = self._clock()
        said = (answer.headers.get("x-mashery-error-code", "") + answer.body[:500].decode("latin-1")).upper()
        told = wait_seconds(answer.headers.get("retry-after"), now)
        if "OVER_RATE" in said or "OVER RATE" in said or answer.headers.get("x-ratelimit-remaining", "").strip() == "0":
            rest = min(DAY - now.timestamp() % DAY, 3600.0)
            return self._client.throttled(operation, wait_seconds=told or rest, names=(PER_DAY.name,))
        if "OVER_QPS" in said or "OVER QPS" in said:
            return self._client.throttled(operation, wait_seconds=told or SHORT_WAIT_SECONDS, names=(PER_SECOND.name,))
        return self._client.throttled(operation, wait_seconds=told or DEFAULT_THROTTLE_SECONDS)

    def _signed_in(
        self,
        method: str,
        path: str,
        operation: str,
        urgency: Urgency,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        address = path if path.startswith("/") else f"/v1/{self.practice_id}/{path}"

        def ask(token: str) -> Answer:
            headers = {"Authorization": f"Bearer {token}", "Accept": JSON, "X-Request-Id": str(uuid4())}
            if form is not None:
                headers["Content-Type"] = FORM
            return self._client.request(
                method,
                address,
                operation=operation,
                urgency=urgency,
                headers=headers,
                params=params,
                content=None if form is None else urlencode(form).encode(),
                media_types=(JSON,),
                is_repeatable=False if form is not None or _uses_up(operation, params) else None,
            )

        token = self._tokens.token(urgency=urgency)
        answer = ask(token)
        if answer.status == 401:
            answer = ask(self._tokens.token_after_refusal(token, urgency=urgency))
        return answer


def _uses_up(operation: str, params: Mapping[str, str] | None) -> bool:
    """Whether asking twice would lose what the first answer held."""
    return operation.endswith("/changed") and not {"leaveunprocessed", "showprocessedstartdatetime"} & set(params or {})


def missing_permission(operation: str) -> str:
    """What must be granted so that this can be read."""
    what = NAMES.get(operation, operation)
    return (
        f"athenahealth does not let this key read {what}. Needed: in the developer portal, the app's access to that "
        "API; and the practice's consent to the app (an athenaOne administrator, Admin > Marketplace or a CSC case)."
    )


def refusal_in(answer: Answer) -> Refusal | None:
    """The backend's own words (some begin with blank lines), or None where somebody else answers: the gateway."""
    try:
        return REFUSALS.decode(answer.body.strip())
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
