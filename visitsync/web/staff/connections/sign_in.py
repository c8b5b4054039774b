"""Signing a connection in again, with credentials or on the EMR's own page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from visitsync.domain.role import Permission
from visitsync.storage.practices import ConnectionState
from visitsync.sync.admin.connecting import missing_credentials, reconnect
from visitsync.web.accounts.fresh import proven_lately
from visitsync.web.parts import parts
from visitsync.web.staff.connections.credential_form import fields_of, given_in, merged, stored_credentials
from visitsync.web.staff.connections.finding import connection_of, manifest_of
from visitsync.web.staff.connections.sign_in_there import begin, begun, signs_in_there
from visitsync.web.staff.connections.trouble_words import TRIED, in_words
from visitsync.web.staff.connections.trying import tell_how_it_went
from visitsync.web.staff.page import page
from visitsync.web.staff.viewer import Viewer


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_CONNECTIONS)
@proven_lately
def sign_in(request: HttpRequest, viewer: Viewer, connection: UUID) -> HttpResponse:
    """The form; what is posted is tried, and kept only if the EMR lets us in."""
    there = connection_of(viewer, connection)
    manifest = manifest_of(there)
    stored = stored_credentials(viewer, connection)
    given, missing, trouble = None, [], ""
    if request.method == "POST":
        given = given_in(request, manifest)
        wanted = merged(manifest, stored, given)
        missing = missing_credentials(manifest, wanted)
        if not missing and signs_in_there(manifest, wanted):
            begin(request, viewer, there, wanted, is_set_up=False)
            return redirect("connections-leave", practice=viewer.slug, connection=connection)
        if not missing:
            try:
                done = reconnect(
                    parts().engine, viewer.practice_id, connection, wanted, parts().engine.author(viewer.name)
                )
                tell_how_it_went(request, viewer, manifest.name, done)
                return redirect("connections-one", practice=viewer.slug, connection=connection)
            except TRIED as error:
                trouble = in_words(error, manifest.name) + " Nothing was changed."
    context = {
        "connection": there,
        "manifest": manifest,
        "fields": fields_of(manifest, stored, given, missing),
        "signs_in_there": signs_in_there(manifest, {}),
        "trouble": trouble,
        "is_paused": there.state is ConnectionState.PAUSED,
    }
    return render(request, "connections/sign_in.html", context, status=422 if given is not None else 200)


@require_safe
@page(Permission.MANAGE_CONNECTIONS)
def leave(request: HttpRequest, viewer: Viewer, connection: UUID) -> HttpResponse:
    """The last page before the EMR's own: a link, because a form may lead to nobody but us."""
    there = connection_of(viewer, connection)
    found = begun(request, connection)
    if found is None:
        return redirect("connections-one", practice=viewer.slug, connection=connection)
    context = {"connection": there, "manifest": manifest_of(there), "address": found.address, "host": found.host}
    return render(request, "connections/leave.html", context)
