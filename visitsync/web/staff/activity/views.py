"""Activity: figures about the past, without patients."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.role import Permission
from visitsync.sync.activity import SPANS, Activity
from visitsync.sync.activity import activity as activity_of
from visitsync.sync.office import Office
from visitsync.web.parts import parts
from visitsync.web.staff.activity.choosing import span_in
from visitsync.web.staff.activity.pictures import cause_bars, distributions, starts_picture
from visitsync.web.staff.activity.tables import short_words, tables_of
from visitsync.web.staff.page import page
from visitsync.web.staff.viewer import Viewer


@require_safe
@page(Permission.SEE_INSIGHTS)
def activity(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The last days in pictures, with the numbers beside."""
    days = span_in(request)
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        found = activity_of(transaction, office, days)
    return render(request, "activity/page.html", _context(viewer, office, found, days))


def _context(viewer: Viewer, office: Office, found: Activity, days: int) -> dict[str, Any]:
    return {
        "days": days,
        "spans": SPANS,
        "found": found,
        "whole": f"{short_words_of(found)}, {found.last.year}",
        "tables": tables_of(found, short_words),
        "starts": starts_picture(found),
        "distributions": distributions(found.speeds),
        "causes": cause_bars(found.causes),
        "share_ready": _percent(found.all_starts.ready, found.all_starts.begun),
        "found_only": sum(one.found_only_by_sweep for one in found.sweeps),
        "changed": sum(one.changed for one in found.sweeps),
        "has_connection": bool(office.desks),
        "may_export": viewer.may(Permission.EXPORT),
        "may_see_trail": viewer.may(Permission.SEE_AUDIT),
        "today": found.last,
    }


def short_words_of(found: Activity) -> str:
    """All days together."""
    return short_words(type(found.periods[0])(found.first, found.last))


def _percent(part: int, whole: int) -> str:
    """Rounded down: nothing is called all that is not."""
    return f"{100 * part // whole} %" if whole else "–"
