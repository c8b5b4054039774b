"""Looks up in the EMR, now, one appointment that was never received: asks for it, and says what comes of it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from visitsync.domain.role import Permission
from visitsync.sync.asked_checks import Stage, can_look_up, may_be_an_id
from visitsync.sync.office import Office
from visitsync.web.parts import parts
from visitsync.web.staff.answer.asking import ask_for_check, connection_named, refused_words
from visitsync.web.staff.answer.progress import progress_of
from visitsync.web.staff.find.typed import sealed
from visitsync.web.staff.page import page
from visitsync.web.staff.viewer import Viewer

NO_NUMBER = "Type the appointment's number as it stands in {emr}: digits, perhaps with letters, and no name."
CANNOT = "{emr} cannot be asked at the moment. Connections says why."


@require_POST
@page(Permission.ACT_ON_VISITS)
def begin_to_look_up(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Puts it in and leads to how far it is."""
    number = request.POST.get("number", "").strip()
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        connection_id = connection_named(request.POST.get("connection", ""), office)
        refused = _refused(office, connection_id, number)
        if refused is None:
            asking = ask_for_check(transaction, request, viewer, connection_id, number)
            refused = refused_words(asking, viewer)
    if refused is not None:
        messages.warning(request, refused)
    if not may_be_an_id(number, viewer.now):
        address = reverse("find", kwargs={"practice": viewer.slug})
        return redirect(f"{address}?s={sealed(viewer, number)}" if number else address)
    named = {"practice": viewer.slug, "connection": connection_id, "appointment": number}
    return redirect(reverse("find-look-up", kwargs=named))


@require_safe
@page(Permission.SEE_VISITS)
def looking_up(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """How far it is; asked by htmx: only that. Once it is found, its answer."""
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        if connection not in office.desks:
            raise Http404
        desk = office.desks[connection]
        shown = progress_of(transaction, viewer, desk, appointment)
    if shown is None:
        raise Http404
    is_found = shown.stage in (Stage.FOUND, Stage.SAME, Stage.CHANGED, Stage.TURNED)
    context = {"shown": shown, "desk": desk, "number": appointment, "connection": connection, "is_found": is_found}
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, "find/looking_up_part.html" if is_part else "find/looking_up.html", context)


def _refused(office: Office, connection_id: UUID, number: str) -> str | None:
    desk = office.desks[connection_id]
    if not may_be_an_id(number, office.now):
        return NO_NUMBER.format(emr=desk.manifest.name)
    return None if can_look_up(desk) else CANNOT.format(emr=desk.manifest.name)
