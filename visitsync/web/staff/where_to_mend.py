"""Which page of this app a reason is put right on, for whoever may go there."""

from collections.abc import Mapping

import msgspec

from visitsync.domain.role import Permission
from visitsync.web.staff.viewer import Viewer


class Place(msgspec.Struct, frozen=True):
    """A page."""

    view: str
    """Name of its address in the site map."""
    name: str
    permission: Permission


_TYPES = Place("catalog", "Appointment types", Permission.SEE_SETTINGS)
_LOCATIONS = Place("catalog-locations", "Locations", Permission.SEE_SETTINGS)
_PROVIDERS = Place("catalog-providers", "Providers", Permission.SEE_SETTINGS)
_SETTINGS = Place("catalog-settings", "Settings", Permission.SEE_SETTINGS)
_USERS = Place("users", "Users", Permission.SEE_USERS)

_PLACES: Mapping[str, Place] = {
    "type-not-connected": _TYPES,
    "type-name-changed": _TYPES,
    "type-has-new-id": _TYPES,
    "location-not-connected": _LOCATIONS,
    "resource-excluded": _SETTINGS,
    "provider-not-enabled": _PROVIDERS,
    "provider-linked-wrong": _PROVIDERS,
    "provider-number-reused": _PROVIDERS,
    "status-unclear": _SETTINGS,
    "email-is-staff": _USERS,
}
"""By reason; where nothing stands it is put right in the EMR."""


def where_to_mend(code: str, viewer: Viewer) -> Place | None:
    """None where it is put right elsewhere, or this person may not go there."""
    place = _PLACES.get(code)
    return place if place is not None and viewer.may(place.permission) else None
