"""What is known about whatever somebody types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.role import Permission
from visitsync.sync.answers import answer
from visitsync.web.parts import parts
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer


@require_safe
@page(Permission.SEE_VISITS)
def find(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The answers to one question; without one, only the box."""
    query = request.GET.get("q", "").strip()
    if not query:
        return render(request, "find/page.html", {"query": ""})
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        found = answer(transaction, parts().vault, query, now=viewer.now, next_reads={}, office=office)
        note(transaction, request, viewer, "search", details={"query": query})
    return render(request, "find/page.html", {"query": query, "found": found})
