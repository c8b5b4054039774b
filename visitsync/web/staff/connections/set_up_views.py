"""The guided path of setting up a connection: each step has its page, and one can leave at any."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from visitsync.domain.role import Permission
from visitsync.storage.practices import StoredConnection
from visitsync.sync.admin import set_up as setting_up
from visitsync.sync.admin.set_up import SetUp, Step, next_step, steps_of
from visitsync.web.parts import parts
from visitsync.web.staff.connections.finding import connection_in, connection_of, manifest_of
from visitsync.web.staff.connections.step_access import access
from visitsync.web.staff.connections.step_marks import marks
from visitsync.web.staff.connections.step_people import places, providers
from visitsync.web.staff.connections.step_reading import reading
from visitsync.web.staff.connections.step_sender import sender
from visitsync.web.staff.connections.stepping import Place
from visitsync.web.staff.page import page
from visitsync.web.staff.viewer import Viewer

PAGES: Mapping[Step, Callable[..., HttpResponse]] = {
    Step.ACCESS: access,
    Step.SENDER: sender,
    Step.MARKS: marks,
    Step.PLACES: places,
    Step.PROVIDERS: providers,
    Step.READING: reading,
}


@require_safe
@page(Permission.MANAGE_CONNECTIONS)
def set_up(request: HttpRequest, viewer: Viewer, connection: UUID) -> HttpResponse:
    """Leads to where somebody left off."""
    there = connection_of(viewer, connection)
    place = _place(viewer, there, Step.ACCESS)
    if place is None:
        return redirect("connections-one", practice=viewer.slug, connection=connection)
    step = next_step(manifest_of(there), place.set_up)
    return redirect("connections-step", practice=viewer.slug, connection=connection, step=step.value)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_CONNECTIONS)
def set_up_step(request: HttpRequest, viewer: Viewer, connection: UUID, step: str) -> HttpResponse:
    """One step; those after the access only once that works."""
    there = connection_of(viewer, connection)
    wanted = next((one for one in steps_of(manifest_of(there)) if one == step), None)
    if wanted is None:
        raise Http404
    place = _place(viewer, there, wanted)
    if place is None:
        return redirect("connections-one", practice=viewer.slug, connection=connection)
    if wanted is not Step.ACCESS and Step.ACCESS not in place.set_up.done:
        return redirect("connections-step", practice=viewer.slug, connection=connection, step=Step.ACCESS.value)
    return PAGES[wanted](request, viewer, place=place)


def _place(viewer: Viewer, connection: StoredConnection, step: Step) -> Place | None:
    """None: this connection is not being set up. Who may send is changed later, too."""
    with parts().database.practice(viewer.practice_id) as transaction:
        found = setting_up.find(transaction, connection_in(transaction, connection.connection_id))
    if found is None and step is Step.SENDER:
        found = SetUp(done=frozenset(Step), is_finished=True)
    return None if found is None else Place(connection=connection, set_up=found, step=step)
