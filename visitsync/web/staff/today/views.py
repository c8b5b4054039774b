"""The day's telemedicine visits: what needs a person first, then everything by time."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.decision import Outcome
from visitsync.domain.role import Permission
from visitsync.sync.day import Days, counts_by_day, days
from visitsync.sync.day import today as today_of
from visitsync.sync.office import Office
from visitsync.web.parts import parts
from visitsync.web.staff.page import page
from visitsync.web.staff.today.choosing import Chosen, chosen_in, locations, options, providers
from visitsync.web.staff.today.picture import by_day, readings, shares, strip, title_of
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

REFRESH_SECONDS = 20
STRIP_DAYS = 7


@require_safe
@page(Permission.SEE_VISITS)
def today(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One day, or a week from a day on; filtered by location and provider. Asked by htmx: only the list."""
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        chosen = chosen_in(request, office)
        found = days(transaction, parts().vault, office, chosen.first, chosen.last, chosen.filters)
        begins = today_of(office)
        near = counts_by_day(
            transaction, parts().vault, office, begins, begins + timedelta(days=STRIP_DAYS - 1), chosen.filters
        )
        if not is_part:
            note(transaction, request, viewer, "view-day", object_kind="day", object_id=chosen.first.isoformat())
    context = _context(office, chosen, found, near)
    return render(request, "today/list.html" if is_part else "today/page.html", context)


def _context(office: Office, chosen: Chosen, found: Days, near: Mapping[date, Mapping[Outcome, int]]) -> dict[str, Any]:
    return {
        "chosen": chosen,
        "title": title_of(chosen),
        "shares": shares(found.counts),
        "strip": strip(chosen, near),
        "urgent": found.urgent,
        "by_day": by_day(found, chosen),
        "total": len(found.lines),
        "readings": readings(office),
        "locations": options(locations(office), chosen.location),
        "providers": options(providers(office), chosen.provider),
        "week": chosen.address(day="", span="week"),
        "here": chosen.address(),
        "refresh_seconds": REFRESH_SECONDS,
        "now": office.now,
    }
