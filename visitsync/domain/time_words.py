"""Times as staff read them, on the clocks of their own zone; the same on every machine, whatever its language."""

from datetime import date, datetime, timedelta

from visitsync.domain.local_time import zone_named

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEAR_DAYS = {0: "today", 1: "tomorrow", -1: "yesterday"}
_DAYS_WITH_TIME = 6
"""Nearer than this, in either direction, the time of day matters, too."""


def in_words(instant: datetime, zone: str, now: datetime) -> str:
    """An aware instant: "today 10:42", "Thu 26 Nov 10:42" within a week, else "Wed 12 Aug 2026". Raises UnknownZone."""
    tz = zone_named(zone)
    local, today = instant.astimezone(tz), now.astimezone(tz).date()
    distance = (local.date() - today).days
    if near := _NEAR_DAYS.get(distance):
        return f"{near} {_time(local)}"
    if abs(distance) <= _DAYS_WITH_TIME:
        return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {_time(local)}"
    return day_in_words(local.date(), today)


def day_in_words(day: date, today: date) -> str:
    """A date: "today", "tomorrow", "yesterday", else "Wed 12 Aug 2026"."""
    near = _NEAR_DAYS.get((day - today) // timedelta(days=1))
    return near or f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def wall_in_words(wall: datetime) -> str:
    """A wall time as the EMR's screen shows it: "Sun 8 Mar 2026 02:30"."""
    return f"{_DAYS[wall.weekday()]} {wall.day} {_MONTHS[wall.month - 1]} {wall.year} {_time(wall)}"


def _time(wall: datetime) -> str:
    return f"{wall.hour:02}:{wall.minute:02}"
