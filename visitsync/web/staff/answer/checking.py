"""Check again: puts it in, and shows how far it is until what came of it can be shown."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from visitsync.domain.role import Permission
from visitsync.sync.asked_checks import can_check
from visitsync.web.parts import parts
from visitsync.web.staff.answer.asking import ask_for_check, refused_words
from visitsync.web.staff.answer.leading_back import back_to
from visitsync.web.staff.answer.picture import answer_in, picture_in
from visitsync.web.staff.answer.progress import progress_of
from visitsync.web.staff.page import page
from visitsync.web.staff.viewer import Viewer


@require_POST
@page(Permission.ACT_ON_VISITS)
def check(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """Asks for it; however often the button is pressed, the EMR is asked once."""
    with parts().database.practice(viewer.practice_id) as transaction:
        _, desk = answer_in(transaction, viewer, connection, appointment)
        refused: str | None = f"{desk.manifest.name} cannot be asked at the moment. Connections says why."
        if can_check(desk):
            refused = refused_words(ask_for_check(transaction, request, viewer, connection, appointment), viewer)
    if not request.htmx:  # type: ignore[attr-defined]
        if refused:
            messages.warning(request, refused)
        return back_to(viewer, connection, appointment)
    with parts().database.practice(viewer.practice_id) as transaction:
        shown = picture_in(transaction, viewer, connection, appointment)
    return render(request, "answer/body.html", {"shown": shown, "refused": refused})


@require_safe
@page(Permission.SEE_VISITS)
def check_progress(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """Asked by the open page every second: how far it is; the whole answer anew once it has ended."""
    with parts().database.practice(viewer.practice_id) as transaction:
        _, desk = answer_in(transaction, viewer, connection, appointment)
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect("answer", practice=viewer.slug, connection=connection, appointment=appointment)
        progress = progress_of(transaction, viewer, desk, appointment)
        if progress is not None and progress.is_under_way:
            return render(request, "answer/progress.html", {"progress": progress, "poll": request.path})
        shown = picture_in(transaction, viewer, connection, appointment)
    answer = render(request, "answer/body.html", {"shown": shown, "is_news": True})
    answer.headers["HX-Retarget"] = "#answer"
    answer.headers["HX-Reswap"] = "outerHTML"
    return answer
