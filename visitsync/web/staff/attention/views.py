"""Everything within the sync window that is blocked or waits for a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.role import Permission
from visitsync.sync.dealing import who_is_on_it
from visitsync.sync.needs_attention import needs_attention
from visitsync.web.parts import parts
from visitsync.web.staff.attention.cards import sections
from visitsync.web.staff.attention.families import families
from visitsync.web.staff.attention.history import lately
from visitsync.web.staff.attention.together import folded
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

MOST_LINES = 12
"""Of what happened lately."""


@require_safe
@page(Permission.SEE_VISITS)
def attention(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All groups, the soonest first; `open` in the address names the one that is unfolded."""
    vault = parts().vault
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, vault, viewer.now)
        needs = needs_attention(transaction, vault, office)
        dealings = who_is_on_it(transaction, vault, needs, viewer.now)
        shared = families(transaction, vault, needs.groups)
        happened = folded(lately(transaction, vault, office, viewer))[:MOST_LINES]
        note(transaction, request, viewer, "view-attention")
    context = {
        "sections": sections(needs, office, viewer, dealings, shared, opened=request.GET.get("open", "")),
        "needs": needs,
        "happened": happened,
        "may_act": viewer.may(Permission.ACT_ON_VISITS),
        "has_connection": bool(office.desks),
    }
    return render(request, "attention/page.html", context)
