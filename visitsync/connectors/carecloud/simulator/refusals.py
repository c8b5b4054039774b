"""Refusals: their status is documented, their body is not, so that it can be anything (reference, section 2)."""

from __future__ import annotations

from visitsync.simulator_kit.exchange import Response, as_html, as_json


class Refused(Exception):
    """The request is answered with this status."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def refusal(status: int, why: str, body: str) -> Response:
    """A refusal with a body of the variant `refusal_body`."""
    if body == "html":
        return as_html(f"<html><body><h1>{status}</h1><p>{why}</p></body></html>", status)
    if body == "empty":
        return Response(status=status, content_type=None)
    return as_json(why, status) if body == "text" else as_json({"error": {"code": status, "message": why}}, status)
