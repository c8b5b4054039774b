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

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the picture that an authenticator app scans is drawn into the page
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "report-uri /csp-report",
    )
)
"""Of pages for people: our own files, and nothing that stands in a page itself."""

OF_PAGES: Mapping[str, str] = {
    "Content-Security-Policy": PAGE_POLICY,
    # With no-referrer browsers send `Origin: null` with forms, which the check against forged requests refuses.
    "Referrer-Policy": "same-origin",
}

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
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        for name, value in {**ALWAYS, **(OF_PAGES if is_page else {})}.items():
            response.headers.setdefault(name, value)
        return response
