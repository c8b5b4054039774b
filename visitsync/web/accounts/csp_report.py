"""Takes browsers' reports of what the content security policy kept out of a page."""

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = structlog.get_logger()
LARGEST_REPORT = 20_000


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Logs which rule was broken, and nothing that a stranger could make us write down."""
    try:
        report = msgspec.json.decode(request.body[:LARGEST_REPORT], type=dict[str, dict[str, object]])
    except msgspec.DecodeError:
        return HttpResponse(status=400)
    broken = str(report.get("csp-report", {}).get("effective-directive", ""))
    log.warning("a page held something foreign", kind=broken if broken in DIRECTIVES else "other")
    return HttpResponse(status=204)


DIRECTIVES = frozenset(
    f"{kind}-src{suffix}"
    for kind in ("script", "style", "img", "font", "connect", "frame", "default")
    for suffix in ("", "-elem", "-attr")
) | {"form-action", "frame-ancestors", "base-uri", "manifest-src"}
