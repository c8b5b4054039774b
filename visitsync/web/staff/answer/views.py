"""Everything about one appointment."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.role import Permission
from visitsync.web.parts import parts
from visitsync.web.staff.answer.picture import picture_in
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer


@require_safe
@page(Permission.SEE_VISITS)
def answer(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """How it stands, what to do, the seven checks, and what happened to it."""
    with parts().database.practice(viewer.practice_id) as transaction:
        shown = picture_in(transaction, viewer, connection, appointment)
        note(transaction, request, viewer, "view-answer", object_kind="appointment", object_id=appointment)
    return render(request, "answer/page.html", {"shown": shown})
