"""When a session ends: half an hour after the last thing its person did, and after twelve hours in any case."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from visitsync.web.parts import parts

IDLE = timedelta(minutes=30)
AT_MOST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
"""The last use is written down this often, not at every request."""
BY_ITSELF = "X-By-Itself"
"""The header of what a page asks without anybody touching it: an open tab is no person at a desk."""


class SessionRules:
    """Middleware behind Django's sessions and sign-in."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = parts().clock()
            if is_over(request, now):
                request.ended_because = "left alone"  # type: ignore[attr-defined]  # for the audit trail
                logout(request)
            else:
                _note_use(request, now)
        return self._answer(request)


def is_over(request: HttpRequest, now: datetime) -> bool:
    """Whether the session has been idle, or has lasted, for too long."""
    began, used = (_instant(request, name) for name in ("began_at", "used_at"))
    return (began is not None and now - began >= AT_MOST) or (used is not None and now - used >= IDLE)


def _note_use(request: HttpRequest, now: datetime) -> None:
    session, used = request.session, _instant(request, "used_at")
    if "began_at" not in session:
        session["began_at"] = now.isoformat()
    if used is None or (BY_ITSELF not in request.headers and now - used >= NOTED_EVERY):
        session["used_at"] = now.isoformat()


def _instant(request: HttpRequest, name: str) -> datetime | None:
    text = request.session.get(name)
    return None if text is None else datetime.fromisoformat(text)
