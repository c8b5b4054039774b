"""Times as staff read them, on the clocks of their own zone; the same on every machine, whatever its language."""

from datetime import date, datetime, timedelta

from visitsync.domain.local_time import UnknownZone, zone_named

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEAR_DAYS = {0: "today", 1: "tomorrow", -1: "yesterday"}
_DAYS_WITH_TIME = 6
"""Nearer than this, in either direction, the time of day matters, too."""


def in_words(instant: datetime, zone: str, now: datetime) -> str:
    """An aware instant: "today 2:30 PM", "Thu, Nov 26, 2:30 PM" within a week, else "Wed, Aug 12, 2026".

    Raises UnknownZone.
    """
    tz = zone_named(zone)
    local, today = instant.astimezone(tz), now.astimezone(tz).date()
    distance = (local.date() - today).days
    if near := _NEAR_DAYS.get(distance):
        return f"{near} {_time(local)}"
    if abs(distance) <= _DAYS_WITH_TIME:
        return f"{_short_day(local)}, {_time(local)}"
    return day_in_words(local.date(), today)


def day_in_words(day: date, today: date) -> str:
    """A date: "today", "tomorrow", "yesterday", else "Wed, Aug 12, 2026"."""
    near = _NEAR_DAYS.get((day - today) // timedelta(days=1))
    return near or f"{_short_day(day)}, {day.year}"


def wall_in_words(wall: datetime) -> str:
    """A wall time as the EMR's screen shows it: "Sun, Mar 8, 2026, 2:30 AM"."""
    return f"{_short_day(wall)}, {wall.year}, {_time(wall)}"


def time_in_words(instant: datetime, zone: str) -> str:
    """The time of day of an aware instant: "2:30 PM". Raises UnknownZone."""
    return _time(instant.astimezone(zone_named(zone)))


def zone_letters(instant: datetime, zone: str) -> str:
    """What people call the zone at that instant: "EST"; its name where it has no letters, or nobody knows it."""
    try:
        letters = instant.astimezone(zone_named(zone)).tzname() or ""
    except UnknownZone:
        return zone
    return letters if letters.isalpha() else zone


def stamp_in_words(instant: datetime, zone: str) -> str:
    """An aware instant to the second, for histories: "Tue, Nov 24, 2:30:07 PM". Raises UnknownZone."""
    local = instant.astimezone(zone_named(zone))
    hour, half = _hour(local)
    return f"{_short_day(local)}, {hour}:{local.minute:02}:{local.second:02} {half}"


def short_day_in_words(day: date) -> str:
    """A date of this year: "Tue, Nov 24"."""
    return _short_day(day)


def _short_day(day: date) -> str:
    return f"{_DAYS[day.weekday()]}, {_MONTHS[day.month - 1]} {day.day}"


def _time(wall: datetime) -> str:
    hour, half = _hour(wall)
    return f"{hour}:{wall.minute:02} {half}"


def _hour(wall: datetime) -> tuple[int, str]:
    return wall.hour % 12 or 12, "AM" if wall.hour < 12 else "PM"
