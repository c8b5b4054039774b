"""What an OperationOutcome means for us: the server's own words about what went wrong (fhir reference, section 7)."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from visitsync.connector_kit.errors import (
    AnswerUnreadable,
    ConnectorError,
    NeedsPermission,
    NeedsReconnect,
    RecordGone,
    RequestRefused,
    TryAgainLater,
)
from visitsync.connector_kit.fhir.shapes import Shape, Text
from visitsync.connector_kit.http import Answer, PoliteClient
from visitsync.connector_kit.json_rows import without_byte_order_mark
from visitsync.connector_kit.retry_after import wait_seconds
from visitsync.connector_kit.statuses import DEFAULT_THROTTLE_SECONDS, error_for

MOST_CODES = 5


class _Issue(Shape, frozen=True, gc=False):
    severity: Text = None
    code: Text = None


class _Outcome(Shape, frozen=True, gc=False):
    resource_type: str
    issue: list[_Issue] | None = None


_outcomes = msgspec.json.Decoder(_Outcome)

MEANS: Mapping[str, type[ConnectorError]] = {
    "throttled": TryAgainLater,
    "too-costly": TryAgainLater,
    "transient": TryAgainLater,
    "timeout": TryAgainLater,
    "lock-error": TryAgainLater,
    "no-store": TryAgainLater,
    "incomplete": TryAgainLater,
    "login": NeedsReconnect,
    "unknown": NeedsReconnect,  # the user or system is not known to the server
    "expired": NeedsReconnect,  # the session, not the page
    "forbidden": NeedsPermission,
    "suppressed": NeedsPermission,
    "security": NeedsPermission,
    "deleted": RecordGone,
    "not-found": RecordGone,
    "invalid": RequestRefused,
    "structure": RequestRefused,
    "required": RequestRefused,
    "value": RequestRefused,
    "invariant": RequestRefused,
    "not-supported": RequestRefused,
    "code-invalid": RequestRefused,
    "too-long": RequestRefused,
}
"""By the code of an issue that is an error."""


def issues(body: bytes) -> list[tuple[str, str]] | None:
    """Severity and code of each issue; None where this is no OperationOutcome. Their texts may name a patient."""
    try:
        found = _outcomes.decode(without_byte_order_mark(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if found.resource_type != "OperationOutcome":
        return None
    return [(each.severity or "", each.code or "") for each in found.issue or ()]


def what_it_says(body: bytes) -> str:
    """The codes of its issues, for engineers: `error throttled, warning not-supported`."""
    codes = [f"{severity} {code}".strip() for severity, code in issues(body) or ()]
    known = [text for text in codes if len(text) < 60 and text.isascii() and text.isprintable()]
    return ", ".join(known[:MOST_CODES]) or "without a code"


def error_of(answer: Answer, client: PoliteClient, operation: str, now: datetime) -> ConnectorError:
    """The error to raise for a refusal, or for an OperationOutcome that stands where data belongs. `now` is aware."""
    codes = [code for severity, code in issues(answer.body) or () if severity in ("error", "fatal")]
    if "throttled" in codes:
        wait = wait_seconds(answer.headers.get("retry-after"), now)
        return client.throttled(operation, wait_seconds=DEFAULT_THROTTLE_SECONDS if wait is None else wait)
    if not 200 <= answer.status < 300:
        return error_for(answer, client, operation, now)
    kind = next((MEANS[code] for code in codes if code in MEANS), AnswerUnreadable)
    return kind(f"{operation}: the FHIR server answers {what_it_says(answer.body)}.")
