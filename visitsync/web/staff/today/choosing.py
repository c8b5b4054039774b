"""What the address of Today asks for: which days, which location, which provider; nonsense falls back to today."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.http import HttpRequest

from visitsync.domain.practice import CatalogEntry
from visitsync.sync.day import Filters
from visitsync.sync.day import today as today_of
from visitsync.sync.office import Office

WEEK = 7
FURTHEST = timedelta(days=400)


class Option(msgspec.Struct, frozen=True):
    """One line of a filter."""

    value: str
    label: str
    is_chosen: bool


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """The days and filters that somebody wants to see."""

    today: date
    first: date
    is_week: bool
    location: str = ""
    provider: str = ""
    """As in the address: `<connection>:<id>`; "" for all."""

    @property
    def last(self) -> date:
        return self.first + timedelta(days=WEEK - 1) if self.is_week else self.first

    @property
    def is_today(self) -> bool:
        return self.first == self.today and not self.is_week

    @property
    def strip_begins(self) -> date:
        """The first of the days that are one tap away: today, unless the chosen day is far from it."""
        return self.today if timedelta() <= self.first - self.today < timedelta(days=WEEK) else self.first

    @property
    def how_many_filters(self) -> int:
        return bool(self.location) + bool(self.provider)

    @property
    def filters(self) -> Filters:
        location, provider = _pair(self.location), _pair(self.provider)
        connection = (location or provider or (None, ""))[0]
        if location and provider and location[0] != provider[0]:
            return Filters(location_id="\0", connection_id=connection)  # of two EMRs: nothing is both
        return Filters(
            location_id=location[1] if location else None,
            practitioner_id=provider[1] if provider else None,
            connection_id=connection,
        )

    def address(self, **instead: str) -> str:
        """The query of the same choice with something else in it; "" takes away."""
        given = {
            "day": "" if self.first == self.today else self.first.isoformat(),
            "span": "week" if self.is_week else "",
            "location": self.location,
            "provider": self.provider,
        } | instead
        return "?" + urlencode({name: value for name, value in given.items() if value})

    def on_day(self, day: date) -> str:
        """The query of that one day, with the same filters."""
        return self.address(day="" if day == self.today else day.isoformat(), span="")


def chosen_in(request: HttpRequest, office: Office) -> Chosen:
    """What the request asks for, as far as it makes sense."""
    today = today_of(office)
    return Chosen(
        today=today,
        first=_day(request.GET.get("day", ""), today),
        is_week=request.GET.get("span") == "week",
        location=_known(request.GET.get("location", ""), locations(office)),
        provider=_known(request.GET.get("provider", ""), providers(office)),
    )


def locations(office: Office) -> dict[str, str]:
    """Value in the address → name, of all connected EMRs."""
    return _named((connection, desk.practice.locations) for connection, desk in office.desks.items())


def providers(office: Office) -> dict[str, str]:
    """The same for practitioners who see patients."""
    return _named(
        (connection, {key: one for key, one in desk.practice.practitioners.items() if one.is_clinician})
        for connection, desk in office.desks.items()
    )


def options(named: Mapping[str, str], chosen: str) -> list[Option]:
    """The lines of a filter, by name."""
    ordered = sorted(named.items(), key=lambda item: item[1].casefold())
    return [Option(value, label, value == chosen) for value, label in ordered]


def _named(lists: Iterable[tuple[UUID, Mapping[str, CatalogEntry]]]) -> dict[str, str]:
    return {
        f"{connection}:{entry.id}": entry.name
        for connection, entries in lists
        for entry in entries.values()
        if entry.is_active
    }


def _known(value: str, named: Mapping[str, str]) -> str:
    return value if value in named else ""


def _pair(value: str) -> tuple[UUID, str] | None:
    connection, _, identity = value.partition(":")
    return (UUID(connection), identity) if identity else None


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs(day - today) <= FURTHEST else today
