"""One box, and what is known about whatever is typed into it; the results come as somebody types."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from visitsync.domain.role import Permission
from visitsync.storage.database import Transaction
from visitsync.sync.find import find as find_in
from visitsync.sync.jobs import sync_is_due_at
from visitsync.sync.office import Office
from visitsync.web.parts import parts
from visitsync.web.staff.find.results import Results, results_of
from visitsync.web.staff.find.typed import sealed, typed_in
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.SEE_VISITS)
def find(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The results of one question; without one, only the box. What is typed travels in the body, or sealed."""
    typed = typed_in(request, viewer)
    address = reverse("find", kwargs={"practice": viewer.slug})
    address += f"?s={sealed(viewer, typed)}" if typed else ""
    if not request.htmx and (request.method == "POST" or "q" in request.GET):  # type: ignore[attr-defined]
        return redirect(address)
    context = {"typed": typed, "results": _searched(request, viewer, typed) if typed else None}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "find/page.html", context)
    answer = render(request, "find/results.html", context)
    answer.headers["HX-Replace-Url"] = address
    return answer


def _searched(request: HttpRequest, viewer: Viewer, typed: str) -> Results:
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        next_reads = _next_reads(transaction, office)
        found = find_in(transaction, parts().vault, office, typed, next_reads=next_reads)
        note(transaction, request, viewer, "search", details={"query": typed})
    return results_of(found, office, viewer)


def _next_reads(transaction: Transaction, office: Office) -> dict[UUID, datetime | None]:
    """As the queue has it; what is overdue there is left to the connection's rhythm."""
    due = {one: sync_is_due_at(transaction.connection, one) for one in office.desks}
    return {one: at if at is not None and at > office.now else None for one, at in due.items()}
