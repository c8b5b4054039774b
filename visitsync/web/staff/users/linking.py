"""Who of the EMR's practitioners somebody is: their visits link by themselves."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from visitsync.domain.role import Permission
from visitsync.storage.database import Transaction
from visitsync.storage.practice_settings import Author
from visitsync.storage.staff import StaffMember
from visitsync.sync.admin.carrying_out import preview
from visitsync.sync.admin.entries import enable_practitioner, link_practitioner
from visitsync.web.parts import parts
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.users.changing import carried_out, found_here
from visitsync.web.staff.users.people import Practitioner, practitioners
from visitsync.web.staff.viewer import Viewer

Making = Callable[[Transaction, Author, Practitioner], int]


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_USERS)
def link(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> HttpResponse:
    """Says what would follow, then enables the practitioner and links them."""

    def make(transaction: Transaction, author: Author, one: Practitioner) -> int:
        return enable_practitioner(transaction, one.connection_id, author, one.id, staff_id)

    return _asked_once(request, viewer, staff_id, make, "practitioner-linked")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_USERS)
def unlink(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> HttpResponse:
    """Says what would follow, then takes the link away; the practitioner stays enabled."""

    def make(transaction: Transaction, author: Author, one: Practitioner) -> int:
        return link_practitioner(transaction, one.connection_id, author, one.id, None)

    return _asked_once(request, viewer, staff_id, make, "practitioner-unlinked")


def _asked_once(request: HttpRequest, viewer: Viewer, staff_id: UUID, make: Making, act: str) -> HttpResponse:
    member, one = _chosen(request, viewer, staff_id)
    author = parts().engine.author(viewer.name)
    if request.method != "POST":
        found = preview(
            parts().engine, viewer.practice_id, one.connection_id, lambda transaction: make(transaction, author, one)
        )
        context = {"member": member, "practitioner": one, "preview": found, "is_link": act == "practitioner-linked"}
        return render(request, "users/link.html", context)

    def noted(transaction: Transaction) -> int:
        change = make(transaction, author, one)
        note(transaction, request, viewer, act, object_kind="user", object_id=str(staff_id),
             details={"practitioner": one.id})  # fmt: skip
        return change

    carried_out(request, viewer, noted)
    return redirect("users-person", practice=viewer.slug, staff_id=staff_id)


def _chosen(request: HttpRequest, viewer: Viewer, staff_id: UUID) -> tuple[StaffMember, Practitioner]:
    """Raises Http404 for a person or a practitioner of another practice."""
    wanted = (request.POST if request.method == "POST" else request.GET).get("practitioner", "")
    with found_here(request, viewer, staff_id) as (transaction, member):
        office = parts().offices.office(transaction, parts().vault, viewer.now)
    for one in practitioners(office):
        if one.value == wanted:
            return member, one
    raise Http404
