"""The diagnostic bundle: a file for the EMR's support or ours, without a word about any patient."""

from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from visitsync.domain.role import Permission
from visitsync.storage.practices import Tenant
from visitsync.sync.diagnostics import diagnostics
from visitsync.web.parts import parts
from visitsync.web.staff.connections.finding import connection_of
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer


@require_GET
@page(Permission.MANAGE_CONNECTIONS)
def bundle(request: HttpRequest, viewer: Viewer, connection: UUID) -> HttpResponse:
    """A JSON file to download."""
    there = connection_of(viewer, connection)
    tenant = Tenant(practice_id=viewer.practice_id, slug=viewer.slug)
    found = diagnostics(parts().engine, tenant, connection)
    with parts().database.practice(viewer.practice_id) as transaction:
        note(transaction, request, viewer, "export-diagnostics", object_kind="connection", object_id=str(connection))
    body = msgspec.json.format(msgspec.json.encode(found), indent=2)
    name = f"visitsync-{there.emr}-{viewer.now:%Y%m%d-%H%M}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type="application/json", headers=headers)
