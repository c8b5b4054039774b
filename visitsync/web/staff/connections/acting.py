"""What a person does to a connection that works: pause, resume, read it now."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from visitsync.domain.role import Permission
from visitsync.domain.time_words import time_in_words
from visitsync.sync.admin.asked_of_a_connection import ReadAMomentAgo, pause_because, read_now, resume_reading
from visitsync.sync.admin.refusals import FinishConnectingFirst
from visitsync.web.parts import parts
from visitsync.web.staff.connections.finding import connection_in, manifest_of
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer


@require_POST
@page(Permission.MANAGE_CONNECTIONS)
def pause(request: HttpRequest, viewer: Viewer, connection: UUID) -> HttpResponse:
    """The EMR is not asked any more; why is kept for whoever comes next."""
    reason = " ".join(request.POST.get("reason", "").split())
    if not reason:
        messages.error(request, "Say why, in a few words: whoever comes next will want to know. Nothing was changed.")
        return _back(viewer, connection)
    with parts().database.practice(viewer.practice_id) as transaction:
        there = connection_in(transaction, connection)
        try:
            pause_because(transaction, parts().vault, connection, parts().engine.author(viewer.name), reason)
        except FinishConnectingFirst as refusal:
            messages.error(request, str(refusal))
            return _back(viewer, connection)
        details = {"reason": reason[:300]}
        note(transaction, request, viewer, "pause-connection", object_kind="connection", object_id=str(connection),
             details=details)  # fmt: skip
    messages.success(request, f"{manifest_of(there).name} is paused. Nothing new arrives until it is resumed.")
    return _back(viewer, connection)


@require_POST
@page(Permission.MANAGE_CONNECTIONS)
def resume(request: HttpRequest, viewer: Viewer, connection: UUID) -> HttpResponse:
    """The EMR is asked again, at once."""
    with parts().database.practice(viewer.practice_id) as transaction:
        there = connection_in(transaction, connection)
        try:
            resume_reading(transaction, connection, parts().engine.author(viewer.name))
        except FinishConnectingFirst as refusal:
            messages.error(request, str(refusal))
            return _back(viewer, connection)
        note(transaction, request, viewer, "resume-connection", object_kind="connection", object_id=str(connection))
    messages.success(request, f"{manifest_of(there).name} is read again, starting now.")
    return _back(viewer, connection)


@require_POST
@page(Permission.MANAGE_CONNECTIONS)
def read_at_once(request: HttpRequest, viewer: Viewer, connection: UUID) -> HttpResponse:
    """Puts in a reading; nobody waits for the EMR here."""
    with parts().database.practice(viewer.practice_id) as transaction:
        there = connection_in(transaction, connection)
        try:
            read_now(transaction, there, now=viewer.now)
        except ReadAMomentAgo as refusal:
            again = time_in_words(refusal.again_at, viewer.zone)
            messages.warning(request, f"Somebody asked for a reading a moment ago. You can ask again at {again}.")
            return _back(viewer, connection)
        except FinishConnectingFirst as refusal:
            messages.error(request, str(refusal))
            return _back(viewer, connection)
        note(transaction, request, viewer, "read-connection", object_kind="connection", object_id=str(connection))
    messages.success(request, f"{manifest_of(there).name} is read as soon as possible, usually within a minute.")
    return _back(viewer, connection)


def _back(viewer: Viewer, connection: UUID) -> HttpResponse:
    return redirect("connections-one", practice=viewer.slug, connection=connection)
