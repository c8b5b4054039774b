"""How Prime Suite and the gateway in front of it say no (sections 4.1 and 4.8); most of it is inferred."""

from __future__ import annotations

from visitsync.simulator_kit.exchange import Response, as_html, as_json

GATEWAY_PAGE = "<h1>{code}</h1>"


def error(text: str, code: str = "1") -> Response:
    """An error told with status 200, as the sister product does."""
    return as_json({"ErrorCode": code, "ErrorMessage": text})


def gateway(code: str, *, retry_after: str | None = None) -> Response:
    """The gateway's 403: XML, and what it means only in a header."""
    headers = [("X-Mashery-Error-Code", code), ("Server", "Mashery Proxy")]
    if retry_after is not None:
        headers.append(("Retry-After", retry_after))
    body = GATEWAY_PAGE.format(code=code.replace("ERR_403_", "").replace("_", " ").title()).encode()
    return Response(status=403, body=body, content_type="text/xml", headers=tuple(headers))


def fault_page(status: int) -> Response:
    """The page of the service's framework for a fault."""
    return as_html("<html><head><title>Request Error</title></head><body><p>Request Error</p></body></html>", status)
