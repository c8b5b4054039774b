"""The day's telemedicine visits: what needs a person first, then everything by time."""

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from visitsync.domain.decision import Outcome
from visitsync.domain.role import Permission
from visitsync.sync.day import counts_by_day, days
from visitsync.sync.office import Office
from visitsync.web.parts import parts
from visitsync.web.staff.page import page
from visitsync.web.staff.today.choosing import WEEK, Chosen, chosen_in, locations, options, providers
from visitsync.web.staff.today.connections import Connections, connections_of
from visitsync.web.staff.today.picture import Picture, lede_of, picture_of, strip, title_of
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

REFRESH_SECONDS = 20

Counts = Mapping[date, Mapping[Outcome, int]]


@require_safe
@page(Permission.SEE_VISITS)
def today(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One day, or a week from a day on; filtered by location and provider.

    An open page asks by itself (X-By-Itself) and says what it has `seen`: it gets 204 where nothing changed.
    """
    asks_by_itself = request.headers.get("X-By-Itself") == "1"
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        chosen = chosen_in(request, office)
        found = days(transaction, parts().vault, office, chosen.first, chosen.last, chosen.filters)
        ends = chosen.strip_begins + timedelta(days=WEEK - 1)
        near = counts_by_day(transaction, parts().vault, office, chosen.strip_begins, ends, chosen.filters)
        connections = connections_of(transaction, office)
        if not asks_by_itself:
            note(transaction, request, viewer, "view-day", object_kind="day", object_id=chosen.first.isoformat())
    picture = picture_of(found, chosen, office)
    context = _context(office, chosen, picture, near, connections)
    shown = _shown(context | {"viewer": viewer})
    if asks_by_itself:
        return _news(request, shown, picture)
    answer = render(request, "today/page.html", context | shown | {"news": _filtered_words(request, picture)})
    answer.headers["HX-Push-Url"] = request.path + (chosen.address() if chosen.address() != "?" else "")
    return answer


@require_safe
@page(Permission.SEE_VISITS)
def printed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The same days and filters as one plain list for paper."""
    with parts().database.practice(viewer.practice_id) as transaction:
        office = parts().offices.office(transaction, parts().vault, viewer.now)
        chosen = chosen_in(request, office)
        found = days(transaction, parts().vault, office, chosen.first, chosen.last, chosen.filters)
        note(transaction, request, viewer, "print-day", object_kind="day", object_id=chosen.first.isoformat())
    context = _of_choice(office, chosen) | {"picture": picture_of(found, chosen, office), "printed_at": viewer.now}
    return render(request, "today/print.html", context)


def _context(
    office: Office, chosen: Chosen, picture: Picture, near: Counts, connections: Connections
) -> dict[str, Any]:
    return _of_choice(office, chosen) | {
        "picture": picture,
        "strip": strip(chosen, near),
        "connections": connections,
        "has_connection": bool(office.desks),
        "week": chosen.address(day="", span="week"),
        "back_to_today": chosen.on_day(chosen.today) if chosen.strip_begins != chosen.today else "",
        "refresh_seconds": REFRESH_SECONDS,
    }


def _of_choice(office: Office, chosen: Chosen) -> dict[str, Any]:
    by_location, by_provider = locations(office), providers(office)
    return {
        "chosen": chosen,
        "title": title_of(chosen),
        "lede": lede_of(chosen),
        "here": chosen.address(),
        "everything": chosen.address(location="", provider=""),
        "locations": options(by_location, chosen.location),
        "providers": options(by_provider, chosen.provider),
        "location_name": by_location.get(chosen.location, ""),
        "provider_name": by_provider.get(chosen.provider, ""),
    }


def _shown(context: dict[str, Any]) -> dict[str, str]:
    """The live parts as they are sent, and what tells them from other ones."""
    visits = render_to_string("today/visits.html", context)
    quiet = render_to_string("today/quiet.html", context)
    days_ahead = render_to_string("today/counts.html", context)
    return {
        "visits": visits,
        "quiet": quiet,
        "counts": days_ahead,
        "seen": f"{_digest(visits)}.{_digest(quiet + days_ahead)}",
    }


def _news(request: HttpRequest, shown: dict[str, str], picture: Picture) -> HttpResponse:
    """Nothing, or the live parts; said aloud only if the visits are other ones."""
    seen = request.GET.get("seen", "")
    if seen == shown["seen"]:
        return HttpResponse(status=204)
    has_changed = seen.partition(".")[0] != shown["seen"].partition(".")[0]
    news = f"Updated: {picture.in_words}." if has_changed else ""
    return render(request, "today/live.html", shown | {"news": news, "is_news": True})


def _filtered_words(request: HttpRequest, picture: Picture) -> str:
    is_asked_by_filter = bool(request.htmx)  # type: ignore[attr-defined]
    return f"Filtered: {picture.in_words}." if is_asked_by_filter else ""


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
