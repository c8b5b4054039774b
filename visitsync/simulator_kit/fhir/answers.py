"""The forms in which a FHIR server answers: resources, Bundles and OperationOutcomes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from visitsync.simulator_kit.exchange import Response, as_json

Row = dict[str, Any]
"""A resource, or part of one, as it goes out."""
FHIR_JSON = "application/fhir+json"
CHARSET = ";charset=UTF-8"


def as_resource(
    resource: Mapping[str, Any], status: int = 200, headers: tuple[tuple[str, str], ...] = (), media: str = FHIR_JSON
) -> Response:
    """A resource under FHIR's own media type."""
    return as_json(resource, status, headers).but(content_type=media + CHARSET)


def outcome(code: str, *, status: int = 400, severity: str = "error", text: str = "", wait: str = "") -> Response:
    """A refusal in FHIR's words; `wait` goes into Retry-After."""
    headers = (("Retry-After", wait),) if wait else ()
    return as_resource(outcome_row(code, severity, text), status, headers)


def outcome_row(code: str, severity: str, text: str) -> Row:
    """An OperationOutcome as it stands in a Bundle."""
    issue: Row = {"severity": severity, "code": code}
    if text:
        issue["details"] = {"text": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def concept(text: str, *codings: tuple[str, str, str]) -> Row:
    """A CodeableConcept: its text, and each coding as system, code and display."""
    coded = [
        {key: value for key, value in zip(("system", "code", "display"), coding, strict=True) if value}
        for coding in codings
    ]
    return ({"coding": coded} if coded else {}) | ({"text": text} if text else {})


def stamp(moment: datetime) -> str:
    """An instant as servers write it, with milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def without_nothing(row: Row) -> Row:
    """The row less what is empty: FHIR forbids empty strings, lists and objects."""
    return {key: value for key, value in row.items() if value not in ("", None, [], {}, ())}
