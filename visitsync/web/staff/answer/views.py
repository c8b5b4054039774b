"""Everything about one appointment."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.role import Permission
from visitsync.sync.answers import answer_to
from visitsync.web.parts import parts
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer


@require_safe
@page(Permission.SEE_VISITS)
def answer(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """The appointment, its seven checks and its history."""
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        found = answer_to(transaction, parts().vault, office, connection, appointment)
        if found is None:
            raise Http404
        note(transaction, request, viewer, "view-answer", object_kind="appointment", object_id=found.appointment_id)
    return render(request, "answer/page.html", {"answer": found, "now": viewer.now})
