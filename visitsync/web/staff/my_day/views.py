"""The provider's own visits of a day, and one of them; what is not theirs does not exist."""

from datetime import date, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.role import Permission
from visitsync.domain.time_words import day_in_words
from visitsync.domain.visit import VisitState
from visitsync.storage import appointment_lists
from visitsync.sync.day import Filters, days
from visitsync.sync.day import today as today_of
from visitsync.sync.lines import lines_of
from visitsync.web.parts import parts
from visitsync.web.staff.my_day.standing import next_of, own_visits
from visitsync.web.staff.page import page
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

REFRESH_SECONDS = 20
TOMORROW = "tomorrow"


@require_safe
@page(Permission.SEE_OWN_VISITS)
def my_day(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Today or tomorrow. Asked by htmx: only the list."""
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    is_tomorrow = request.GET.get("day") == TOMORROW
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        day = today_of(office) + timedelta(days=is_tomorrow)
        found = days(transaction, parts().vault, office, day, day, Filters(staff_id=viewer.staff_id))
        if not is_part:
            note(transaction, request, viewer, "view-day", object_kind="own day", object_id=day.isoformat())
    visits = own_visits(found.lines, viewer.now)
    context = {
        "visits": visits,
        "next": None if is_tomorrow else next_of(visits),
        "title": _title(day, today_of(office)),
        "is_tomorrow": is_tomorrow,
        "left": sum(not one.is_over for one in visits),
        "refresh_seconds": REFRESH_SECONDS,
    }
    return render(request, "my_day/list.html" if is_part else "my_day/page.html", context)


@require_safe
@page(Permission.SEE_OWN_VISITS)
def visit(request: HttpRequest, viewer: Viewer, connection: UUID, appointment: str) -> HttpResponse:
    """One visit of their own."""
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        listed = appointment_lists.listed(transaction, parts().vault, [(connection, appointment)])
        line = next(iter(lines_of(transaction, parts().vault, office, listed)), None)
        is_own = line is not None and line.staff_id == viewer.staff_id and line.visit_state != VisitState.CANCELLED
        if line is None or not is_own:
            raise Http404
        note(transaction, request, viewer, "view-answer", object_kind="appointment", object_id=appointment)
    [shown] = own_visits([line], viewer.now)
    day = day_in_words(line.day, today_of(office))
    return render(request, "my_day/visit.html", {"one": shown, "day": day[0].upper() + day[1:]})


def _title(day: date, today: date) -> str:
    words = day_in_words(day, today)
    return words[0].upper() + words[1:]
