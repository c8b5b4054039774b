"""Keeps that somebody asked for what is not theirs."""

import structlog
from django.http import HttpRequest

from visitsync.web.staff.viewer import Viewer

log = structlog.get_logger()


def note_refusal(request: HttpRequest, practice: str, viewer: Viewer | None = None) -> None:
    """Who and what kind of page; never the address itself, in which anything may stand."""
    match = request.resolver_match
    log.warning("refused", kind=match.view_name if match else "", status=404 if viewer is None else 403)
