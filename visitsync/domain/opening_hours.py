"""A practice's opening hours, as an admin writes them: `mon-fri 08:00-17:30 | sat 09:00-12:00`."""

import re
from datetime import time

from visitsync.domain.practice import OpeningHours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(_DAYS)
_TIME = r"(\d{1,2}):(\d{2})"
_PART = re.compile(rf"({_DAY})(?:-({_DAY}))?\s+{_TIME}\s*-\s*{_TIME}", re.ASCII | re.IGNORECASE)


def read_opening_hours(text: str) -> tuple[OpeningHours, ...]:
    """Wall times of the practice's zone; of one day there may be several. Empty: not restricted. Raises ValueError."""
    return tuple(hours for part in text.split("|") if part.strip() for hours in _read(part.strip()))


def _read(part: str) -> list[OpeningHours]:
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError(f"Opening hours are written like mon-fri 08:00-17:30, not {part!r}.")
    first, last = found[1].lower(), (found[2] or found[1]).lower()
    opens, closes = (time(int(hour), int(minute)) for hour, minute in ((found[3], found[4]), (found[5], found[6])))
    days = range(_DAYS.index(first), _DAYS.index(last) + 1)
    if not days or opens >= closes:
        raise ValueError(f"Days and times must follow one another, and do not in {part!r}.")
    return [OpeningHours(weekday=day, opens=opens, closes=closes) for day in days]
