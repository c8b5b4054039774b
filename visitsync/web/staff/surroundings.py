"""What the layout around every page needs: who is looking, where they are, and where they may go."""

from typing import Any

from django.http import HttpRequest

from visitsync.web.staff.navigation import navigation
from visitsync.web.staff.viewer import Viewer


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; without anybody signed in at a practice it is empty."""
    viewer = getattr(request, "viewer", None)
    if not isinstance(viewer, Viewer):
        return {"viewer": None}
    match = request.resolver_match
    return {"viewer": viewer, "navigation": navigation(viewer, (match.url_name or "") if match else "")}
