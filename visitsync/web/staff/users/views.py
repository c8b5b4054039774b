"""The list of people, and whose an address is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from visitsync.domain.role import Permission
from visitsync.web.parts import parts
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.users.address import Holders, holders_of
from visitsync.web.staff.users.people import people
from visitsync.web.staff.viewer import Viewer


@require_safe
@page(Permission.SEE_USERS)
def users(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Everybody who works here."""
    return _shown(request, viewer, None)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.SEE_USERS)
def address(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Whose an address is. It is posted, so that it stands in no address and no log."""
    typed = request.POST.get("address", "").strip()
    if request.method != "POST" or not typed:
        return redirect("users", practice=viewer.slug)
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        found = holders_of(transaction, parts().vault, office, typed)
        note(transaction, request, viewer, "search-address", object_kind="address", details={"address": found.typed})
    return _shown(request, viewer, found)


def _shown(request: HttpRequest, viewer: Viewer, found: Holders | None) -> HttpResponse:
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        everybody = people(transaction, parts().vault, office)
    context = {
        "everybody": everybody,
        "found": found,
        "may_manage": viewer.may(Permission.MANAGE_USERS),
        "zone": viewer.zone,
        "now": viewer.now,
    }
    return render(request, "users/page.html", context)
