"""One HTTP request and its answer, as the simulators see them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import msgspec

JSON = "application/json"
HTML = "text/html; charset=utf-8"
_SECRET_IN_QUERY = re.compile(
    r"(?i)\b((?:access_|refresh_|secret_)?token|code|client_secret|api_key|password|secret|state|msg"
    r"|email|first_name|last_name|date_of_birth)=[^&]*"
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it came in; header names are in lower case."""

    method: str
    path: str
    query_text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's last value of each name, decoded."""
        return dict(parse_qsl(self.query_text, keep_blank_values=True)) if self.query_text else {}

    @cached_property
    def form(self) -> dict[str, str]:
        """The body read as an HTML form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @cached_property
    def operation(self) -> str:
        """What is asked for: the last word of SOAPAction, else method and path."""
        action = self.headers.get("soapaction", "").strip('"')
        return action.rsplit("/", 1)[-1] if action else f"{self.method} {self.path}"

    @cached_property
    def line(self) -> str:
        """Method, target and SOAP operation in one line, for faults to match on and for the request log."""
        target = f"{self.path}?{self.query_text}" if self.query_text else self.path
        operation = f" {self.operation}" if "soapaction" in self.headers else ""
        return f"{self.method} {target}{operation}"

    @property
    def line_without_secrets(self) -> str:
        """The line with codes, tokens, keys and what names a patient struck out."""
        return _SECRET_IN_QUERY.sub(r"\1=…", self.line) if self.query_text else self.line

    @property
    def host(self) -> str:
        """The host the client asked for, with its port."""
        return self.headers.get("host", "127.0.0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How badly an answer travels; seconds are real ones and bounded by the server."""

    stall_seconds: float = 0.0
    reset: bool = False  # the connection breaks before a byte is sent
    cut_after: int | None = None  # only so many bytes of the body arrive, then the connection closes
    drip_bytes: int = 0  # so many bytes at a time …
    drip_seconds: float = 0.0  # … and so long between them


WHOLE = Delivery()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer; Content-Length and Date are added by the server."""

    status: int = 200
    content_type: str | None = JSON
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delivery: Delivery = WHOLE

    def but(self, **changes: Any) -> Response:
        """The same answer with something changed."""
        return replace(self, **changes)


def as_json(value: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """A JSON answer."""
    return Response(status=status, body=msgspec.json.encode(value), headers=headers)


def as_html(text: str, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """An HTML answer."""
    return Response(status=status, body=text.encode(), content_type=HTML, headers=headers)
