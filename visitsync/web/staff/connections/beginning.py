"""The first step of setting up: which EMR; and giving up what never worked."""

from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from visitsync.connector_kit.manifest import Feed, Manifest
from visitsync.connectors import connector_for, supported_emrs
from visitsync.domain.role import Permission
from visitsync.storage import practices
from visitsync.storage.practices import StoredConnection
from visitsync.sync.admin import set_up as setting_up
from visitsync.sync.admin.connecting import credential_fields
from visitsync.sync.admin.set_up import StartedToRead
from visitsync.sync.admin.sign_in import has_sign_in_page
from visitsync.web.parts import parts
from visitsync.web.staff.connections.finding import connection_in, manifest_of
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

STANDARDS = {
    "fhir_r4": "For other systems that have a FHIR server.",
    "hl7v2": "For other systems that can send HL7 messages.",
}
"""Not one EMR but a way that many speak; listed last."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One EMR that may be chosen."""

    emr: str
    name: str
    how: str
    needs: str
    there: StoredConnection | None
    is_begun: bool


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_CONNECTIONS)
def new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The EMRs to choose from; choosing one begins a connection that is not read yet."""
    emr = request.POST.get("emr", "")
    if request.method == "POST" and emr in supported_emrs():
        with parts().database.practice(viewer.practice_id) as transaction:
            connection = setting_up.begin(transaction, emr, parts().engine.author(viewer.name))
            note(transaction, request, viewer, "begin-connection", object_kind="connection", object_id=str(connection),
                 details={"emr": emr})  # fmt: skip
        return redirect("connections-step", practice=viewer.slug, connection=connection, step="access")
    return render(request, "connections/new.html", {"choices": _choices(viewer)})


@require_POST
@page(Permission.MANAGE_CONNECTIONS)
def give_up(request: HttpRequest, viewer: Viewer, connection: UUID) -> HttpResponse:
    """Removes a set-up that was never tried."""
    with parts().database.practice(viewer.practice_id) as transaction:
        there = connection_in(transaction, connection)
        try:
            setting_up.give_up(transaction, there, parts().engine.author(viewer.name))
        except StartedToRead as refusal:
            messages.error(request, str(refusal))
            return redirect("connections-one", practice=viewer.slug, connection=connection)
        note(transaction, request, viewer, "remove-connection", object_kind="connection", object_id=str(connection))
    messages.success(request, f"The set-up of {manifest_of(there).name} was removed.")
    return redirect("connections", practice=viewer.slug)


def _choices(viewer: Viewer) -> list[Choice]:
    with parts().database.practice(viewer.practice_id) as transaction:
        found = {one.emr: one for one in practices.connections(transaction)}
        begun = {emr for emr, one in found.items() if setting_up.find(transaction, one) is not None}
    ordered = sorted(supported_emrs(), key=lambda emr: (emr in STANDARDS, emr))
    return [_choice(connector_for(emr).MANIFEST, found.get(emr), is_begun=emr in begun) for emr in ordered]


def _choice(manifest: Manifest, there: StoredConnection | None, *, is_begun: bool) -> Choice:
    needed = [one.label for one in credential_fields(manifest) if one.is_required]
    if manifest.emr in STANDARDS:
        how = STANDARDS[manifest.emr]
    elif manifest.feed is Feed.PUSH:
        how = "It sends us its appointments by itself."
    elif has_sign_in_page(manifest.emr):
        how = f"Asked every {manifest.poll_minutes} minutes; you sign in on its own page."
    else:
        how = f"Asked every {manifest.poll_minutes} minutes."
    return Choice(
        emr=manifest.emr,
        name=manifest.name,
        how=how,
        needs=", ".join(needed) or "somebody who looks after its interface",
        there=there,
        is_begun=is_begun,
    )
