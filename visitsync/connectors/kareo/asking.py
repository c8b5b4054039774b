"""Sends one question to Kareo and lets only an answer through."""

from collections.abc import Mapping
from contextlib import suppress

from visitsync.connector_kit.connector import Clock, CredentialStore
from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ConnectorError,
    NeedsPermission,
    NeedsReconnect,
    RecordGone,
    RequestRefused,
    TryAgainLater,
)
from visitsync.connector_kit.http import THROTTLED, Answer, PoliteClient
from visitsync.connector_kit.limits import Urgency
from visitsync.connector_kit.soap import MEDIA_TYPE, headers
from visitsync.connector_kit.statuses import error_for
from visitsync.connectors.kareo.answers import SaysError, glance
from visitsync.connectors.kareo.contract import Login, action, write_request
from visitsync.connectors.kareo.secrecy import without_secrets
from visitsync.connectors.kareo.throttles import WAIT_SECONDS

CREDENTIALS = ("customer_key", "user", "password")
MAY_HOLD_FAULT = frozenset({400, 500})


class Asking:
    """Kareo on behalf of one login. There is nothing to sign in to: every request carries the login."""

    def __init__(self, client: PoliteClient, credentials: CredentialStore, clock: Clock) -> None:
        self._client = client
        self._credentials = credentials
        self._clock = clock

    def ask(self, operation: str, criteria: Mapping[str, str], *, urgency: Urgency, practice_id: str = "") -> bytes:
        """The answer, good by its beginning and without social security numbers.

        Raises what answers.glance raises, and whatever the way there raises.
        """
        answer = self._asked(operation, criteria, urgency)
        self._judge(answer, operation, practice_id)
        return without_secrets(answer.body)

    def ask_one(self, operation: str, criteria: Mapping[str, str], *, urgency: Urgency, practice_id: str = "") -> bytes:
        """The same for a single record: an error about that record is an answer too, and told apart by split."""
        answer = self._asked(operation, criteria, urgency)
        try:
            self._judge(answer, operation, practice_id)
        except SaysError:
            return answer.body
        return without_secrets(answer.body)

    def ask_undocumented(self, operation: str, *, urgency: Urgency) -> bytes:
        """The answer of an operation whose result is not documented: only faults and throttling are seen to."""
        answer = self._asked(operation, {}, urgency)
        with suppress(AnswerUnreadable, NeedsReconnect, NeedsPermission, RequestRefused):
            self._judge(answer, operation, "")
        return answer.body

    def _judge(self, answer: Answer, operation: str, practice_id: str) -> None:
        try:
            glance(answer.body, operation, practice_id=practice_id)
        except TryAgainLater as error:
            if error.code != THROTTLED:
                raise
            raise self._client.throttled(operation, wait_seconds=WAIT_SECONDS) from error

    def _asked(self, operation: str, criteria: Mapping[str, str], urgency: Urgency) -> Answer:
        answer = self._client.request(
            "POST",
            "",
            operation=operation,
            urgency=urgency,
            headers=headers(action(operation)),
            content=write_request(operation, self._login(), criteria),
            media_types=(MEDIA_TYPE,),
            is_repeatable=True,
        )
        if answer.status != 200:
            raise self._error(answer, operation)
        return answer

    def _login(self) -> Login:
        held = self._credentials.read()
        missing = [name for name in CREDENTIALS if not held.get(name)]
        if missing:
            raise NeedsReconnect(f"The {missing[0]} is not set.")
        return Login(**{name: held[name] for name in CREDENTIALS})

    def _error(self, answer: Answer, operation: str) -> ConnectorError:
        """Faults come with status 500 (and are worth more than it); anything else is judged by the status alone."""
        if answer.status in MAY_HOLD_FAULT:
            try:
                glance(answer.body, operation)
            except AnswerUnreadable:
                pass
            except (TryAgainLater, RequestRefused) as fault:
                return fault
        error = error_for(answer, self._client, operation, self._clock())
        if isinstance(error, RecordGone):
            return RequestRefused(f"{operation}: Kareo's service is not at this address.")
        return error
