"""What an HTTP status means for us wherever the EMR's own page says nothing more precise."""

from datetime import datetime, timedelta

from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ConnectorError,
    NeedsPermission,
    NeedsReconnect,
    RecordGone,
    RequestRefused,
    TryAgainLater,
)
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.retry_after import wait_seconds

OURS_TO_MEND = frozenset({400, 405, 406, 409, 411, 412, 413, 414, 415, 416, 422, 428, 431, 501, 505})
TIME_MENDS = frozenset({408, 425})
DEFAULT_THROTTLE_SECONDS = 60.0


def is_good(answer: Answer) -> bool:
    """Whether the status says that the request was carried out."""
    return 200 <= answer.status < 300


def error_for(answer: Answer, client: PoliteClient, operation: str, now: datetime) -> ConnectorError:
    """The error to raise for an answer that is not good. A throttled one is told to the budget. `now` is aware."""
    status = answer.status
    wait = wait_seconds(answer.headers.get("retry-after"), now)
    if status == 429:
        return client.throttled(operation, wait_seconds=DEFAULT_THROTTLE_SECONDS if wait is None else wait)
    if status == 401:
        return NeedsReconnect(f"{operation}: the EMR does not accept our credentials.")
    if status == 403:
        return NeedsPermission(f"{operation}: the EMR does not let the connecting user do this.")
    if status in (404, 410):
        return RecordGone(f"{operation}: the EMR does not know this.")
    if status in OURS_TO_MEND:
        return RequestRefused(f"{operation}: the EMR refuses the request (status {status}).")
    if status >= 500 or status in TIME_MENDS:
        until = None if wait is None else now + timedelta(seconds=wait)
        return TryAgainLater(f"{operation}: the EMR is not working (status {status}).", until=until)
    return AnswerUnreadable(f"{operation}: the EMR answers with status {status}.")
