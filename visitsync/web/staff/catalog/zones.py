"""Time zones as people of a United States practice know them."""

from collections.abc import Mapping
from datetime import datetime

from visitsync.domain.local_time import UnknownZone, zone_named
from visitsync.web.staff.catalog.asked import CannotBeAsked

SUGGESTED: Mapping[str, str] = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona (no daylight saving)",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Puerto Rico and Virgin Islands",
    "America/Detroit": "Eastern, Michigan",
    "America/Indiana/Indianapolis": "Eastern, Indiana",
    "America/Kentucky/Louisville": "Eastern, Kentucky",
    "America/Boise": "Mountain, Idaho",
    "Pacific/Guam": "Guam and Northern Marianas",
    "Pacific/Pago_Pago": "American Samoa",
}
"""Name → how people call it."""


def known_zone(text: str) -> str:
    """The zone that somebody entered, by its name. Raises CannotBeAsked."""
    name = text.strip()
    try:
        zone_named(name)
    except UnknownZone:
        raise CannotBeAsked(f"“{name}” is not the name of a time zone. Write it like America/Chicago.") from None
    return name


def zone_in_words(zone: str, now: datetime) -> str:
    """ "America/Chicago (it is 8:30 AM there)", so that a wrong one shows."""
    try:
        there = now.astimezone(zone_named(zone))
    except UnknownZone:
        return f"{zone} (no such time zone)"
    return f"{zone}, {there.hour % 12 or 12}:{there.minute:02} {'AM' if there.hour < 12 else 'PM'} there now"
