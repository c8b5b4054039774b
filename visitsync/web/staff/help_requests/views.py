"""All requests for help of the practice, and how each stands."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from visitsync.domain.role import Permission
from visitsync.storage import answer_votes, help_requests
from visitsync.storage.help_requests import STATES, NoSuchRequest
from visitsync.web.parts import parts
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

MOST_SHOWN = 100
COUNTED_FOR = timedelta(days=30)
SAID = {"open": "Open again", "answered": "Marked as answered", "closed": "Closed"}


@require_safe
@page(Permission.SEE_VISITS)
def requests(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Open ones first, the newest on top."""
    with parts().database.practice(viewer.practice_id) as transaction:
        found = help_requests.latest(transaction, parts().vault, at_most=MOST_SHOWN)
        helpful, not_helpful = answer_votes.counts(transaction, since=viewer.now - COUNTED_FOR)
        note(transaction, request, viewer, "view-help-requests")
    return render(
        request,
        "help_requests/page.html",
        {
            "requests": found,
            "helpful": helpful,
            "votes": helpful + not_helpful,
            "is_mailed": bool(parts().support_address),
            "may_act": viewer.may(Permission.ACT_ON_VISITS),
            "is_cut": len(found) == MOST_SHOWN,
        },
    )


@require_POST
@page(Permission.ACT_ON_VISITS)
def say_state(request: HttpRequest, viewer: Viewer, request_id: UUID) -> HttpResponse:
    """Somebody says how it stands."""
    state = request.POST.get("state", "")
    if state not in STATES:
        raise Http404
    with parts().database.practice(viewer.practice_id) as transaction:
        try:
            one = help_requests.find(transaction, parts().vault, request_id)
            help_requests.set_state(transaction, request_id, state, staff_id=viewer.staff_id, now=viewer.now)
        except NoSuchRequest:
            raise Http404 from None
        note(transaction, request, viewer, f"help-request-{state}", object_kind="help request", object_id=one.case_id)
    messages.success(request, f"{SAID[state]}: {one.case_id}.")
    return redirect(reverse("help-requests", kwargs={"practice": viewer.slug}))
