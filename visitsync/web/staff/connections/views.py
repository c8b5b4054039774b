"""The overview of all connections, and the page of one."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.role import Permission
from visitsync.storage import connection_history
from visitsync.sync.admin.connection_settings import GENERAL_SETTINGS
from visitsync.sync.desk import screen_for
from visitsync.web.parts import parts
from visitsync.web.staff.connections.cards import Card, card_of, cards
from visitsync.web.staff.connections.finding import connection_of
from visitsync.web.staff.connections.hooks import webhook_address
from visitsync.web.staff.connections.runs import in_lines
from visitsync.web.staff.connections.unreadable_words import lines_of
from visitsync.web.staff.page import page
from visitsync.web.staff.viewer import Viewer

REFRESH_SECONDS = 20
RUNS = 25


@require_safe
@page(Permission.SEE_CONNECTIONS)
def overview(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A card for each connection. Asked by htmx: only the cards."""
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    context = {
        "cards": cards(viewer),
        "may_manage": viewer.may(Permission.MANAGE_CONNECTIONS),
        "refresh_seconds": REFRESH_SECONDS,
        "now": viewer.now,
    }
    return render(request, "connections/cards.html" if is_part else "connections/page.html", context)


@require_safe
@page(Permission.SEE_CONNECTIONS)
def one(request: HttpRequest, viewer: Viewer, connection: UUID) -> HttpResponse:
    """Everything about one connection; what may be done only for those who may. Asked by htmx: how it is."""
    card = card_of(viewer, connection_of(viewer, connection))
    may_manage = viewer.may(Permission.MANAGE_CONNECTIONS)
    context = {"card": card, "may_manage": may_manage, "refresh_seconds": REFRESH_SECONDS, "now": viewer.now}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "connections/how_it_is.html", context)
    return render(request, "connections/one.html", context | _past(viewer, card) | _set(viewer, card, may_manage))


def _past(viewer: Viewer, card: Card) -> dict[str, Any]:
    connection = card.connection
    with parts().database.practice(viewer.practice_id) as transaction:
        runs = connection_history.recent_runs(transaction, connection.connection_id, at_most=RUNS)
        unreadable = connection_history.unreadable(transaction, connection.connection_id)
    screen = screen_for(card.manifest, viewer.zone, viewer.now)
    return {"runs": in_lines(runs, screen), "unreadable": lines_of(unreadable)}


def _set(viewer: Viewer, card: Card, may_manage: bool) -> dict[str, Any]:
    """Settings of the connection as they are; addresses that must not be known to everybody only for managers."""
    known = {setting.name: setting.help for setting in card.manifest.settings} | dict(GENERAL_SETTINGS)
    settings = [
        (name.replace("_", " ").capitalize(), value, known.get(name, ""))
        for name, value in sorted(card.connection.settings.items())
    ]
    return {
        "settings": settings,
        "webhook": webhook_address(viewer, card.connection) if may_manage else "",
        "listening": parts().listening,
    }
