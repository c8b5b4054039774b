"""Writes into the practice's audit trail what a person does on a page."""

from collections.abc import Mapping

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest

from visitsync.storage import audit
from visitsync.storage.audit_entry import Entry, Who, WhoKind
from visitsync.storage.database import Transaction
from visitsync.web.parts import parts
from visitsync.web.staff.viewer import Viewer


def note(
    transaction: Transaction,
    request: HttpRequest,
    viewer: Viewer,
    act: str,
    *,
    object_kind: str = "",
    object_id: str = "",
    details: Mapping[str, str] | None = None,
) -> None:
    """Who does or sees what, and on which page. Call it last in the transaction: others who write to the trail wait.

    `details` are sealed; nothing that a person typed goes anywhere else.
    """
    match = request.resolver_match
    entry = Entry(
        at=viewer.now,
        who=Who(WhoKind.STAFF, str(viewer.staff_id), viewer.name),
        act=act,
        object_kind=object_kind,
        object_id=object_id,
        why=(match.view_name or "") if match else "",
        details=details or {},
        address=get_client_ip(request) or "",
    )
    audit.record(transaction, parts().vault, entry)
