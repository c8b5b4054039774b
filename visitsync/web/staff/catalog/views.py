"""The tabs: types, locations, providers, settings, changes; and the page about one provider."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visitsync.domain.role import Permission
from visitsync.storage import practice_settings
from visitsync.storage.database import Transaction
from visitsync.sync.desk import Desk
from visitsync.web.parts import parts
from visitsync.web.staff.catalog import history, rows
from visitsync.web.staff.catalog.asking import active_staff
from visitsync.web.staff.catalog.location_rows import is_any_chosen, location_rows
from visitsync.web.staff.catalog.marks_shown import accepted, near_misses, other_marks
from visitsync.web.staff.catalog.place import Place, place_of
from visitsync.web.staff.catalog.provider_rows import is_number_reused, likely_staff, provider_row, provider_rows
from visitsync.web.staff.catalog.settings_shown import of_connection, of_practice
from visitsync.web.staff.catalog.type_rows import type_rows
from visitsync.web.staff.catalog.uses import use_of_lists
from visitsync.web.staff.catalog.zones import SUGGESTED
from visitsync.web.staff.page import page
from visitsync.web.staff.viewer import Viewer


@require_safe
@page(Permission.SEE_SETTINGS)
def types(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What marks telemedicine, and what might."""
    with parts().database.practice(viewer.practice_id) as transaction:
        place = _place(transaction, request, viewer, "catalog")
        found = _types(transaction, place, place.desk) if place.desk else {}
        made = _made(transaction, request, place)
    return render(request, "catalog/types.html", place.context() | made | found)


@require_safe
@page(Permission.SEE_SETTINGS)
def locations(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Where appointments take place."""
    with parts().database.practice(viewer.practice_id) as transaction:
        place = _place(transaction, request, viewer, "catalog-locations")
        found = _locations(transaction, place, place.desk) if place.desk else {}
        made = _made(transaction, request, place)
    return render(request, "catalog/locations.html", place.context() | made | found)


@require_safe
@page(Permission.SEE_SETTINGS)
def providers(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Who is enabled for telemedicine, and who sees their visits."""
    with parts().database.practice(viewer.practice_id) as transaction:
        place = _place(transaction, request, viewer, "catalog-providers")
        found = _providers(transaction, place, place.desk) if place.desk else {}
        made = _made(transaction, request, place)
    return render(request, "catalog/providers.html", place.context() | made | found)


@require_safe
@page(Permission.CHANGE_SETTINGS)
def provider(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One provider: enabled or not, and who sees the visits."""
    with parts().database.practice(viewer.practice_id) as transaction:
        place = _place(transaction, request, viewer, "catalog-providers")
        found = _provider(transaction, request, place, place.desk) if place.desk else None
        made = _made(transaction, request, place)
    if found is None:
        raise Http404
    return render(request, "catalog/provider.html", place.context() | made | found)


@require_safe
@page(Permission.SEE_SETTINGS)
def settings(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """How the practice and its connections are set."""
    with parts().database.practice(viewer.practice_id) as transaction:
        place = _place(transaction, request, viewer, "catalog-settings")
        use = use_of_lists(transaction, place.office)
        made = _made(transaction, request, place)
    found = of_practice(place) | (of_connection(place, place.desk, use) if place.desk else {})
    return render(request, "catalog/settings.html", place.context() | made | found | {"zones": SUGGESTED})


@require_safe
@page(Permission.SEE_SETTINGS)
def changes(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Who changed what, and taking it back."""
    with parts().database.practice(viewer.practice_id) as transaction:
        place = _place(transaction, request, viewer, "catalog-changes")
        made = _made(transaction, request, place)
        latest = history.latest(transaction, place.office)
    listed = [(one, place.ask("undo", change=str(one.change_id))) for one in latest]
    return render(request, "catalog/changes.html", place.context() | made | {"changes": listed})


def _place(transaction: Transaction, request: HttpRequest, viewer: Viewer, view: str) -> Place:
    return place_of(request, viewer, parts().offices.office(transaction, parts().vault, viewer.now), view)


def _made(transaction: Transaction, request: HttpRequest, place: Place) -> dict[str, Any]:
    """The change that somebody has just made, if the address tells of one."""
    number = request.GET.get("done", "")
    is_told = bool(number) and place.may_change
    return {"done": history.done(transaction, place.office, number) if is_told else None, "view": place.view}


def _types(transaction: Transaction, place: Place, desk: Desk) -> dict[str, Any]:
    approvals = practice_settings.approvals(transaction, desk.connection.connection_id)
    use = use_of_lists(transaction, place.office)
    listed = type_rows(place, desk, approvals, use)
    return {
        "leaf": place.leaf(rows.chosen(listed, place.search, place.show)),
        "total": len(listed),
        "is_nothing_approved": not approvals,
        "near_misses": near_misses(place, desk, approvals, use),
        "accepted": accepted(place, approvals),
        "other_marks": other_marks(place, desk, approvals),
        "mark_word": desk.screen.words.get(desk.manifest.marks[0], "appointment type"),
        "kinds": [(kind.value, desk.screen.words.get(kind, kind.value)) for kind in desk.manifest.marks],
    }


def _locations(transaction: Transaction, place: Place, desk: Desk) -> dict[str, Any]:
    listed = location_rows(place, desk, use_of_lists(transaction, place.office))
    return {
        "leaf": place.leaf(rows.chosen(listed, place.search, place.show)),
        "total": len(listed),
        "is_any_chosen": is_any_chosen(desk),
        "zones": SUGGESTED,
    }


def _providers(transaction: Transaction, place: Place, desk: Desk) -> dict[str, Any]:
    use, staff = use_of_lists(transaction, place.office), active_staff(transaction)
    listed = provider_rows(place, desk, use, staff)
    return {"leaf": place.leaf(rows.chosen(listed, place.search, place.show)), "total": len(listed)}


def _provider(transaction: Transaction, request: HttpRequest, place: Place, desk: Desk) -> dict[str, Any] | None:
    entry = desk.practice.practitioners.get(request.GET.get("provider", ""))
    if entry is None:
        return None
    use, staff = use_of_lists(transaction, place.office), active_staff(transaction)
    chosen = entry.staff_id if entry.staff_id in staff else likely_staff(entry, staff)
    return {
        "entry": entry,
        "row": provider_row(place, desk, entry, use, staff, place.viewer.now),
        "staff": [(identity, name, identity == chosen) for identity, name in staff.items()],
        "is_suggested": bool(chosen) and chosen != entry.staff_id,
        "is_number_reused": is_number_reused(entry),
        "may_invite": place.viewer.may(Permission.MANAGE_USERS),
        "list_href": place.to("catalog-providers"),
    }
