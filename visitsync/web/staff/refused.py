"""Keeps that somebody asked for what is not theirs, in the audit trail of the practice they asked about."""

from collections.abc import Mapping
from uuid import UUID

import structlog
from allauth.core.internal.httpkit import get_client_ip
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
    log.warning("refused", kind=_page(request), status=404 if viewer is None else 403)
    try:
        tenant = practices.find_tenant(parts().database, practice)
    except NoSuchPractice:
        return
    why = "not allowed by their role" if viewer else "does not work here"
    _keep(request, tenant.practice_id, _who(request, viewer), why)


def note_missing(request: HttpRequest, viewer: Viewer, named: Mapping[str, object]) -> None:
    """Somebody of the practice asked for an id that nothing of theirs has: a link that died, or a guess."""
    log.warning("refused", kind=_page(request), status=404)
    asked_for = {name: str(value) for name, value in named.items()}
    _keep(request, viewer.practice_id, _who(request, viewer), "nothing there, or not theirs", asked_for)


def _keep(
    request: HttpRequest, practice_id: UUID, who: Who, why: str, details: Mapping[str, str] | None = None
) -> None:
    entry = Entry(
        at=parts().clock(),
        who=who,
        act="refused",
        object_kind="page",
        object_id=_page(request),
        why=why,
        details=details or {},
        address=get_client_ip(request) or "",
    )
    with parts().database.practice(practice_id) as transaction:
        audit.record(transaction, parts().vault, entry)


def _page(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or "") if match else ""


def _who(request: HttpRequest, viewer: Viewer | None) -> Who:
    if viewer is not None:
        return Who(WhoKind.STAFF, str(viewer.staff_id), viewer.name)
    return Who(WhoKind.STRANGER, str(request.user.pk) if isinstance(request.user, User) else "")
