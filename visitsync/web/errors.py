"""What is answered when something does not work: a page for people, a word for programs, never a detail."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

WORDS: Mapping[int, tuple[str, str]] = {
    400: ("That did not make sense to us", "Go back and try again. If it happens again, ask for help."),
    403: ("Your role does not include this", "Ask an admin of your practice; they can change your role on Users."),
    404: ("There is nothing here", "It may have been moved, or it is not yours to see. Start again from Today."),
    500: ("Something broke on our side", "Nothing was lost. Try again in a minute; if it stays, ask for help."),
    503: ("We cannot reach our database", "Nothing was lost, and it is being looked after. Try again in a minute."),
}


def refusal(status: int, word: str) -> JsonResponse:
    """A status with one word for whoever reads the log at the other end."""
    return JsonResponse({"error": word}, status=status)


def told(request: HttpRequest, status: int, word: str) -> HttpResponse:
    """The same for whoever asks: browsers get a page."""
    if "text/html" not in request.headers.get("Accept", ""):
        return refusal(status, word)
    title, advice = WORDS[status]
    page = render_to_string("trouble.html", {"title": title, "advice": advice})
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return told(request, 400, "bad request")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return told(request, 403, "forbidden")


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return told(request, 404, "not found")


def server_error(request: HttpRequest) -> HttpResponse:
    return told(request, 500, "server error")


def form_out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token that we gave it: sent from elsewhere, or after signing in again in another tab."""
    if "text/html" not in request.headers.get("Accept", ""):
        return refusal(403, "form out of date")
    context = {
        "title": "This form is out of date",
        "advice": "Nothing was changed. Open the page again and repeat what you did.",
    }
    return HttpResponse(render_to_string("trouble.html", context), status=403)
