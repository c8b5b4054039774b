"""Setting up: the time zones of the locations, and the providers who hold video visits."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from visitsync.connector_kit.pages import RecordKind
from visitsync.domain.practice import CatalogEntry
from visitsync.storage import catalog
from visitsync.storage.database import Transaction
from visitsync.storage.practices import UnknownZone
from visitsync.sync.admin.carrying_out import carry_out
from visitsync.sync.admin.entries import enable_practitioner, set_zone
from visitsync.web.parts import parts
from visitsync.web.staff.connections.stepping import Place, onward, shown, went_on
from visitsync.web.staff.trail import note
from visitsync.web.staff.viewer import Viewer

ZONES = (
    ("America/New_York", "Eastern"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Arizona, no daylight saving"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Puerto Rico"),
)


def places(request: HttpRequest, viewer: Viewer, place: Place) -> HttpResponse:
    """One line per location, the practice's zone where the EMR names none."""
    found = _listed(viewer, place, RecordKind.LOCATION)
    if request.method != "POST":
        rows = [(one, one.zone or viewer.zone) for one in found]
        return shown(
            request, viewer, place, {"rows": rows, "zones": _offered({viewer.zone, *(zone for _, zone in rows)})}
        )
    wanted = dict(zip(request.POST.getlist("place"), request.POST.getlist("zone"), strict=False))
    try:
        for one in found:
            zone = wanted.get(one.id, "")
            if zone and zone != (one.zone or viewer.zone):
                _change(viewer, _zone_change(viewer, place, one.id, zone))
    except UnknownZone:
        messages.error(request, "That is not the name of a time zone. Choose one from the list.")
        return redirect(request.path)
    return _done(request, viewer, place, "choose-time-zones")


def providers(request: HttpRequest, viewer: Viewer, place: Place) -> HttpResponse:
    """Ticked: this provider holds video visits."""
    found = [one for one in _listed(viewer, place, RecordKind.PRACTITIONER) if one.is_clinician]
    if request.method != "POST":
        return shown(request, viewer, place, {"rows": found, "enabled": sum(one.is_connected for one in found)})
    ticked = set(request.POST.getlist("provider"))
    for one in found:
        if (one.id in ticked) != one.is_connected:
            _change(viewer, _switch(viewer, place, one.id, is_enabled=one.id in ticked))
    return _done(request, viewer, place, "choose-providers")


def _offered(needed: set[str]) -> list[tuple[str, str]]:
    """The zones of the United States from east to west, and before them whatever else is in use here."""
    others = [(zone, zone) for zone in sorted(needed - dict(ZONES).keys())]
    return [*others, *((zone, f"{name} ({zone})") for zone, name in ZONES)]


def _listed(viewer: Viewer, place: Place, kind: RecordKind) -> list[CatalogEntry]:
    """What the EMR lists and has not retired, by name."""
    with parts().database.practice(viewer.practice_id) as transaction:
        found = catalog.entries(transaction, place.connection.connection_id, kind).values()
    return sorted((one for one in found if one.is_active), key=lambda one: one.name.casefold())


def _zone_change(viewer: Viewer, place: Place, location_id: str, zone: str) -> Callable[[Transaction], int]:
    author, identity = parts().engine.author(viewer.name), place.connection.connection_id
    return lambda transaction: set_zone(transaction, identity, author, RecordKind.LOCATION, location_id, zone)


def _switch(viewer: Viewer, place: Place, provider_id: str, *, is_enabled: bool) -> Callable[[Transaction], int]:
    author, identity = parts().engine.author(viewer.name), place.connection.connection_id
    return lambda transaction: enable_practitioner(
        transaction, identity, author, provider_id, None, is_enabled=is_enabled
    )


def _change(viewer: Viewer, change: Callable[[Transaction], int]) -> None:
    carry_out(parts().engine, viewer.practice_id, change)


def _done(request: HttpRequest, viewer: Viewer, place: Place, act: str) -> HttpResponse:
    with parts().database.practice(viewer.practice_id) as transaction:
        went_on(transaction, viewer, place)
        note(transaction, request, viewer, act, object_kind="connection",
             object_id=str(place.connection.connection_id))  # fmt: skip
    return onward(viewer, place)
