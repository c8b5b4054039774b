"""How many days the address asks for; nonsense is a month."""

from django.http import HttpRequest

from visitsync.sync.activity import SPANS

USUAL = 30


def span_in(request: HttpRequest) -> int:
    """One of SPANS."""
    asked = request.GET.get("days", "")
    return next((days for days in SPANS if str(days) == asked), USUAL)
