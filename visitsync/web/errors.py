"""What is answered when something does not work: a status and a word, never a detail."""

from typing import Any

from django.http import HttpRequest, JsonResponse


def refusal(status: int, word: str) -> JsonResponse:
    """A status with one word for whoever reads the log at the other end."""
    return JsonResponse({"error": word}, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> JsonResponse:
    return refusal(400, "bad request")


def forbidden(request: HttpRequest, exception: Any = None) -> JsonResponse:
    return refusal(403, "forbidden")


def not_found(request: HttpRequest, exception: Any = None) -> JsonResponse:
    return refusal(404, "not found")


def server_error(request: HttpRequest) -> JsonResponse:
    return refusal(500, "server error")
