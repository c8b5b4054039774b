"""Reads appointments by days, some at a time, fewer where CareCloud refuses so many (reference, section 3.1)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from visitsync.connector_kit.errors import RequestRefused
from visitsync.connector_kit.limits import Urgency
from visitsync.connectors.carecloud.lists import Lists

_DAY = timedelta(days=1)


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reading some days goes on."""

    day: date
    """The first day that is not read to its end."""
    next: Mapping[str, str] = {}
    """Which page of the days from there on; {}: the first."""
    days: int = 0
    """How many days at a time CareCloud was found to accept; 0: as many as the setting says."""


class WindowPage(NamedTuple):
    """One page's bytes, and where reading goes on after it."""

    body: bytes
    after: Place
    is_last: bool


class Windows:
    """Reads whole days, both ends always given: with one or none CareCloud shows today only."""

    def __init__(self, lists: Lists, days: int, more: Mapping[str, str] | None = None) -> None:
        """`days`: at most so many in one request. `more`: further filters."""
        self._lists = lists
        self._days = days
        self._more = dict(more or {})

    def read(
        self, first: date, last: date, *, urgency: Urgency, at: Place | None = None, unfiltered: bool = False
    ) -> Iterator[WindowPage]:
        """Every page of these days (both included), from `at` on. Raises RequestRefused where a single day is."""
        place = at if at is not None and first <= at.day <= last else Place(day=first, days=at.days if at else 0)
        more = {} if unfiltered else self._more
        while place.day <= last:
            end = min(place.day + ((place.days or self._days) - 1) * _DAY, last)
            asked = {"start_date": place.day.isoformat(), "end_date": end.isoformat(), **more}
            after = Place(day=end + _DAY, days=place.days)
            try:
                for page in self._lists.pages("appointments", asked, urgency=urgency, resume=place.next):
                    goes_on = msgspec.structs.replace(place, next=page.next) if page.next else after
                    yield WindowPage(page.body, goes_on, not page.next and end == last)
            except RequestRefused:
                if end == place.day:
                    raise
                after = Place(day=place.day, days=((end - place.day).days + 1) // 2)
            place = after
