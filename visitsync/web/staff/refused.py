"""Keeps that somebody asked for what is not theirs, in the audit trail of the practice they asked about."""

import structlog
from django.http import HttpRequest

from visitsync.storage import audit, practices
from visitsync.storage.audit_entry import Entry, Who, WhoKind
from visitsync.storage.practices import NoSuchPractice
from visitsync.web.accounts.models import User
from visitsync.web.parts import parts
from visitsync.web.staff.viewer import Viewer

log = structlog.get_logger()


def note_refusal(request: HttpRequest, practice: str, viewer: Viewer | None = None) -> None:
    """Who asked for what kind of page; never the address itself, in which anything may stand.

    Without a viewer it is somebody who does not work there: to that practice a stranger, known by their account's id.
    """
    match = request.resolver_match
    asked = (match.view_name or "") if match else ""
    log.warning("refused", kind=asked, status=404 if viewer is None else 403)
    try:
        tenant = practices.find_tenant(parts().database, practice)
    except NoSuchPractice:
        return
    entry = Entry(
        at=parts().clock(),
        who=_who(request, viewer),
        act="refused",
        object_kind="page",
        object_id=asked,
        why="not allowed by their role" if viewer else "does not work here",
        address=request.META.get("REMOTE_ADDR", ""),
    )
    with parts().database.practice(tenant.practice_id) as transaction:
        audit.record(transaction, parts().vault, entry)


def _who(request: HttpRequest, viewer: Viewer | None) -> Who:
    if viewer is not None:
        return Who(WhoKind.STAFF, str(viewer.staff_id), viewer.name)
    return Who(WhoKind.STRANGER, str(request.user.pk) if isinstance(request.user, User) else "")
