"""One signed-in request to a FHIR server, and what its refusals mean (fhir reference, sections 2 and 7)."""

from typing import Protocol

from visitsync.connector_kit.connector import Clock
from visitsync.connector_kit.errors import ConnectorError, NeedsPermission, NeedsReconnect
from visitsync.connector_kit.fhir.metadata import Capabilities, read_capabilities
from visitsync.connector_kit.fhir.outcomes import error_of, issues
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.statuses import is_good

FHIR_JSON = "application/fhir+json"
ACCEPTED = (FHIR_JSON, "application/json", "application/json+fhir")
"""What data may come as; the last is DSTU2's."""
NOT_ACCEPTABLE = frozenset({406, 415})
GONE = frozenset({404, 410})


class Tokens(Protocol):
    """Where access tokens come from; BackendSignIn is one."""

    def token(self, *, urgency: Urgency) -> str: ...

    def token_after_refusal(self, refused: str, *, urgency: Urgency) -> str: ...


class FhirServer:
    """Asks one FHIR server with the connection's token; gets another one once when the server refuses it."""

    def __init__(self, client: PoliteClient, tokens: Tokens, clock: Clock, *, name: str = "The FHIR server") -> None:
        """`client` is on the FHIR base URL; `name`: what staff call the EMR, for messages."""
        self._client = client
        self._tokens = tokens
        self._clock = clock
        self._name = name
        self._accept = FHIR_JSON

    def __repr__(self) -> str:
        return f"FhirServer({self._client!r})"

    def get(self, path_or_url: str, *, operation: str, urgency: Urgency, is_strict: bool = False) -> Answer:
        """A good answer that holds a resource and no error. Raises the errors of errors.py.

        `is_strict`: the server should refuse what it does not understand instead of passing over it.
        """
        answer = self._signed_in(path_or_url, operation, urgency, is_strict=is_strict)
        if is_good(answer) and not _is_error(answer):
            return answer
        raise self.error(answer, operation)

    def get_one(self, path: str, *, operation: str, urgency: Urgency) -> Answer:
        """A good answer, or a 403, 404 or 410 in the server's own words: news about the one record."""
        answer = self._signed_in(path, operation, urgency, is_strict=False)
        if is_good(answer) and not _is_error(answer):
            return answer
        if answer.status in (403, *GONE) and issues(answer.body) is not None:
            return answer
        if answer.status == 410:
            return answer
        raise self.error(answer, operation)

    def capabilities(self, *, urgency: Urgency) -> Capabilities:
        """What the server says that it can do; needs no token."""
        answer = self._ask("/metadata", None, "metadata", urgency, is_strict=False)
        if not is_good(answer) or _is_error(answer):
            raise error_of(answer, self._client, "metadata", self._clock())
        return read_capabilities(answer.body)

    def error(self, answer: Answer, operation: str) -> ConnectorError:
        """The error to raise for an answer that is not a good one."""
        if answer.status == 401:
            return NeedsReconnect(f"{self._name} does not accept a token that it gave just now.")
        if answer.status == 403:
            return NeedsPermission(
                f"{self._name} does not let us read {operation}. The practice must allow the application to read it "
                f"(scope system/{operation}.read)."
            )
        return error_of(answer, self._client, operation, self._clock())

    def _signed_in(self, path_or_url: str, operation: str, urgency: Urgency, *, is_strict: bool) -> Answer:
        token = self._tokens.token(urgency=urgency)
        answer = self._ask(path_or_url, token, operation, urgency, is_strict=is_strict)
        if answer.status == 401:
            token = self._tokens.token_after_refusal(token, urgency=urgency)
            answer = self._ask(path_or_url, token, operation, urgency, is_strict=is_strict)
        return answer

    def _ask(self, path_or_url: str, token: str | None, operation: str, urgency: Urgency, *, is_strict: bool) -> Answer:
        """Asks for FHIR's own media type first; some servers know only plain JSON."""
        answer = self._send(path_or_url, token, operation, urgency, is_strict=is_strict)
        if answer.status in NOT_ACCEPTABLE and self._accept == FHIR_JSON:
            self._accept = "application/json"
            answer = self._send(path_or_url, token, operation, urgency, is_strict=is_strict)
        return answer

    def _send(
        self, path_or_url: str, token: str | None, operation: str, urgency: Urgency, *, is_strict: bool
    ) -> Answer:
        headers = {"Accept": self._accept}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if is_strict:
            headers["Prefer"] = "handling=strict"
        return self._client.request(
            "GET", path_or_url, operation=operation, urgency=urgency, headers=headers, media_types=ACCEPTED
        )


def _is_error(answer: Answer) -> bool:
    """Whether an OperationOutcome stands where data belongs."""
    return b"OperationOutcome" in answer.body[:4000] and issues(answer.body) is not None
