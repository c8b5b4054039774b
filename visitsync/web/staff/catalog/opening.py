"""Opening hours as a week of seven boxes, and as they are kept: `mon-fri 08:00-17:30 | sat 09:00-12:00`."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from visitsync.domain.opening_hours import read_opening_hours
from visitsync.web.staff.catalog.asked import CannotBeAsked

DAYS: Mapping[str, str] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_TIME = r"(\d{1,2})(?::(\d{2}))?\s*(am|pm)?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|–|to)\s*{_TIME}", re.ASCII | re.IGNORECASE)


def week_of(text: str) -> dict[str, str]:
    """Day → its hours as one writes them in a box: "08:00-12:00, 13:00-17:30"; "" where it is closed."""
    week: dict[str, list[str]] = {day: [] for day in DAYS}
    for hours in read_opening_hours(text):
        week[list(DAYS)[hours.weekday]].append(f"{hours.opens:%H:%M}-{hours.closes:%H:%M}")
    return {day: ", ".join(spans) for day, spans in week.items()}


def kept_as(week: Mapping[str, str]) -> str:
    """The boxes as they are kept; "" where all are empty. Raises CannotBeAsked, naming the day."""
    spans = {day: tuple(_spans(day, week.get(day, ""))) for day in DAYS}
    parts = []
    for hours, together in groupby(DAYS, key=lambda day: spans[day]):
        days = list(together)
        named = days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
        parts += [f"{named} {span}" for span in hours]
    text = " | ".join(parts)
    try:
        read_opening_hours(text)
    except ValueError:
        raise CannotBeAsked("A day must open before it closes.") from None
    return text


def _spans(day: str, text: str) -> Sequence[str]:
    return [_span(day, part.strip()) for part in re.split(r"[,;]", text) if part.strip()]


def _span(day: str, part: str) -> str:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise CannotBeAsked(f"{DAYS[day]}: write hours like 8:00-17:30, or 8:00-12:00, 1 pm-5 pm. Not “{part}”.")
    opens, closes = _hour(day, *found.groups()[:3]), _hour(day, *found.groups()[3:])
    if opens >= closes:
        raise CannotBeAsked(f"{DAYS[day]}: it must open before it closes.")
    return f"{opens}-{closes}"


def _hour(day: str, hour: str, minute: str | None, half: str | None) -> str:
    number = int(hour)
    if half:
        number = number % 12 + (12 if half.lower() == "pm" else 0)
    if number > 23 or int(minute or 0) > 59:
        raise CannotBeAsked(f"{DAYS[day]}: there is no such time of day.")
    return f"{number:02}:{int(minute or 0):02}"
