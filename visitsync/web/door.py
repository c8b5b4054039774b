"""At the door: under which names we answer, and the headers of every answer."""

from collections.abc import Callable, Mapping

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from visitsync.web.errors import refusal

ALWAYS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Nothing is cached, framed, sniffed or told to others."""

ANY_NAME = frozenset({"/health", "/ready"})
"""Whatever watches a process asks it by its address."""


class Door:
    """Middleware, the outermost one."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            if request.path not in ANY_NAME:
                request.get_host()
            response = self._answer(request)
        except DisallowedHost:
            response = refusal(400, "bad request")
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        return response
