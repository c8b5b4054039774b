"""The trail of a practice: who did what, when and why; and whether it is as it was written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.role import Permission
from visitsync.rules.calendar import local_date
from visitsync.storage import audit, staff
from visitsync.storage.audit_tail import check_tail
from visitsync.web.parts import parts
from visitsync.web.staff.audit_trail.acts import ACTS
from visitsync.web.staff.audit_trail.choosing import chosen_in
from visitsync.web.staff.audit_trail.rows import by_day
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

AT_ONCE = 50
CHECKED = 2_000
"""So many entries are compared each time the page is shown: a few hundredths of a second."""


@require_safe
@page(Permission.SEE_AUDIT)
def trail(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The latest entries that fit; `before` leads on to older ones. Looking is an entry, too."""
    chosen = chosen_in(request)
    with parts().database.practice(viewer.practice_id) as transaction:
        wanted = chosen.selection(viewer.zone)
        found = audit.entries(transaction, parts().vault, wanted, limit=AT_ONCE + 1)
        people = {str(one.staff_id): one.name for one in staff.staff_members(transaction, parts().vault)}
        check = check_tail(transaction, parts().vault, at_most=CHECKED)
        if check.is_end_sound:
            note(transaction, request, viewer, "view-trail")
    shown, has_more = found[:AT_ONCE], len(found) > AT_ONCE
    context = {
        "chosen": chosen,
        "days": by_day(shown, viewer.zone, local_date(viewer.now, viewer.zone), people),
        "check": check,
        "people": sorted(people.items(), key=lambda one: one[1].casefold()),
        "acts": sorted(ACTS.items(), key=lambda one: one[1]),
        "older": chosen.address(shown[-1].number) if has_more else "",
        "newest": chosen.address() if chosen.before else "",
    }
    return render(request, "audit_trail/page.html", context)
