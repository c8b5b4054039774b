"""The plainest HTTP client there is, for trying a simulator from the vendor document's side."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body decoded; raises msgspec.DecodeError when it is no JSON."""
        return msgspec.json.decode(self.body)


def call(
    url: str,
    *,
    method: str = "GET",
    query: Mapping[str, object] | None = None,
    json: object = None,
    form: Mapping[str, str] | None = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_seconds: float = 20.0,
) -> Answer:
    """One request on a connection of its own, no redirect followed. Raises OSError or HTTPException."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if query:
        target += ("&" if parts.query else "?") + urlencode({key: str(value) for key, value in query.items()})
    sent = {"Connection": "close", **(headers or {})}
    if json is not None:
        body, sent = msgspec.json.encode(json), {"Content-Type": "application/json", **sent}
    elif form is not None:
        body, sent = urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded", **sent}
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_seconds)
    try:
        connection.request(method, target, body=body, headers=sent)
        reply = connection.getresponse()
        received = {name.lower(): value for name, value in reply.getheaders()}
        return Answer(status=reply.status, headers=received, body=reply.read())
    finally:
        connection.close()
