"""What clients may write: three kinds of body, lenient times, complaints in the vendor's shape (1, 4, 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import msgspec

from visitsync.simulator_kit.exchange import Request, Response, as_json

REQUIRED = "This field is required."
TRUE = frozenset({"true", "True", "1", "yes"})


class BadInput(Exception):
    """The answer a client gets for what it wrote."""

    def __init__(self, complaint: object, status: int = 400) -> None:
        super().__init__(str(complaint))
        self.response: Response = as_json(complaint, status)


def written(request: Request) -> dict[str, Any]:
    """The fields of a body: JSON, a form, or multipart. Raises BadInput."""
    kind = request.headers.get("content-type", "")
    if not request.body:
        return {}
    if kind.startswith("application/json"):
        return _object(request.body)
    if kind.startswith("multipart/form-data"):
        return _multipart(request.body, kind)
    return dict(request.form)


def written_rows(request: Request) -> list[dict[str, Any]]:
    """The objects of a body; a JSON list creates many. Raises BadInput."""
    if request.body.lstrip()[:1] == b"[":
        return [_object(msgspec.json.encode(row)) for row in msgspec.json.decode(request.body)]
    return [written(request)]


def demand(fields: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raises BadInput naming every required field that is not there."""
    missing = {name: [REQUIRED] for name in names if fields.get(name) in (None, "")}
    if missing:
        raise BadInput(missing)


def a_time(text: object, field: str) -> datetime:
    """A naive time; the T and the seconds may be missing. Raises BadInput."""
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=None)
    except ValueError:
        raise BadInput({field: ["Datetime has wrong format. Use YYYY-MM-DDThh:mm[:ss]."]}) from None


def a_day(text: object, field: str) -> date:
    """A day. Raises BadInput."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise BadInput({field: ["Date has wrong format. Use YYYY-MM-DD."]}) from None


def a_number(value: object, field: str) -> int:
    """A whole number, written as one or as text. Raises BadInput."""
    try:
        return int(str(value))
    except ValueError:
        raise BadInput({field: ["A valid integer is required."]}) from None


def is_true(value: object) -> bool:
    """Does a parameter say yes?"""
    return str(value) in TRUE


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as problem:
        raise BadInput({"detail": f"JSON parse error - {problem}"}) from problem


def _multipart(body: bytes, kind: str) -> dict[str, Any]:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_content().rstrip("\r\n")
        for part in message.iter_parts()
    }
