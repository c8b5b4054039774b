"""Did this answer your question? Counts yes and no; a no leads on to asking for help."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from visitsync.domain.role import Permission
from visitsync.storage import answer_votes
from visitsync.web.parts import parts
from visitsync.web.staff.answer.leading_back import back_to
from visitsync.web.staff.answer.picture import answer_in
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer


@require_POST
@page(Permission.ACT_ON_VISITS)
def vote(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """The latest word of each person counts."""
    is_helpful = request.POST.get("helped") == "yes"
    with parts().database.practice(viewer.practice_id) as transaction:
        found, _ = answer_in(transaction, viewer, connection, appointment)
        answer_votes.vote(
            transaction,
            connection,
            appointment,
            staff_id=viewer.staff_id,
            is_helpful=is_helpful,
            outcome=found.outcome,
            codes=[one.code for one in found.explanations],
            now=viewer.now,
        )
        note(transaction, request, viewer, "vote", object_kind="appointment", object_id=appointment)
    if is_helpful:
        messages.success(request, "Thank you, that is good to know.")
        return back_to(viewer, connection, appointment)
    named = {"practice": viewer.slug, "connection": connection, "appointment": appointment}
    return redirect(reverse("help-requests-new", kwargs=named))
